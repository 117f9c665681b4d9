using Dcsm.Data.Pictures;
using Dcsm.IO.Files;

namespace Dcsm.Data.Classes.Readers;

/// <summary>
/// A folder of class folders. A file <c>classnames.txt</c> or <c>classnames.json</c> in it, as <see cref="ClassNames"/> reads it, says what
/// the classes are called; otherwise their folders' names do.
/// </summary>
internal static class ClassFolder
{
    private static readonly string[] NamesFiles = ["classnames.txt", "classnames.json"];

    public static ClassifiedSet Read(string source, string path, ClassifiedDataOptions options)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"{path}: there is no such folder");
        string[] folders = [.. Directory.EnumerateDirectories(path).Where(IsShown).Order(StringComparer.Ordinal)];
        if (folders.Length == 0)
            throw new InvalidDataException($"{path}: holds no folders; there should be one for each class, with its pictures in it");
        string[] keys = [.. folders.Select(folder => Path.GetFileName(folder)!)];
        var pictures = new List<ClassifiedPicture>();
        for (int i = 0; i < folders.Length; i++)
        {
            string[] files =
            [
                .. Directory
                    .EnumerateFiles(folders[i], "*", new EnumerationOptions { RecurseSubdirectories = true })
                    .Where(PictureFile.HasEndingOfPicture)
                    .Order(StringComparer.Ordinal),
            ];
            if (files.Length == 0)
                throw new InvalidDataException($"{folders[i]}: the class '{keys[i]}' has no pictures");
            int label = i;
            pictures.AddRange(
                files.Select(file => new ClassifiedPicture(
                    Path.GetRelativePath(path, file).Replace('\\', '/'),
                    [label],
                    () => RegularFile.ReadAll(file)
                ))
            );
        }

        return new ClassifiedSet(source, NamesOf(path, keys, options), pictures);
    }

    /// <summary>Classes of these keys, with names from a file where there is one.</summary>
    public static IReadOnlyList<PictureClass> NamesOf(string? folder, IReadOnlyList<string> keys, ClassifiedDataOptions options)
    {
        string? file = FileOf(folder, options);
        return file is not null ? ClassNames.Read(file).Of(keys) : [.. keys.Select(key => new PictureClass(key, [key.Replace('_', ' ')]))];
    }

    /// <summary>The file of class names; null where there is none.</summary>
    public static string? FileOf(string? folder, ClassifiedDataOptions options) =>
        options.NamesFile ?? (folder is null ? null : NamesFiles.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists));

    private static bool IsShown(string folder) => !Path.GetFileName(folder).StartsWith('.');
}
