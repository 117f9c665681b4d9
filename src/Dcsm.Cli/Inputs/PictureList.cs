using System.IO.Enumeration;
using Dcsm.Cli.Output;
using Dcsm.Data.Pictures;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Inputs;

/// <summary>Pictures as a person names them: files, folders, patterns, and a list on the standard input.</summary>
internal static class PictureList
{
    /// <summary>The files that are meant, each name's in order.</summary>
    /// <param name="names">
    /// Files; folders, and tars (WebDataset), whose pictures are meant; patterns with <c>*</c>, <c>?</c> and <c>**</c> (folders in
    /// folders), which shells leave as they are where they are quoted or match nothing; <c>-</c> for names on the standard input, one a
    /// line.
    /// </param>
    /// <param name="recursive">Whether folders in folders are meant, too.</param>
    /// <param name="allowMissing">Whether a file may be missing.</param>
    /// <exception cref="FileNotFoundException">There is no such picture, or a folder or pattern has none.</exception>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> names, bool recursive, bool allowMissing) =>
        [
            .. names.SelectMany(name =>
                name == StandardInput.Name
                    ? TextLines
                        .Parse(StandardInput.ReadAll(), StandardInput.Title, "pictures")
                        .SelectMany(line => Find(line.Text, recursive, allowMissing))
                    : Find(name, recursive, allowMissing)
            ),
        ];

    private static string[] Find(string name, bool recursive, bool allowMissing)
    {
        if (ContainedFile.Exists(name))
            return [.. Inside(name)];
        if (Directory.Exists(name))
        {
            string[] inside = [.. Files(name, recursive).Where(IsTaken).SelectMany(Inside)];
            return inside.Length > 0
                ? inside
                : throw new FileNotFoundException(
                    $"{name}: is a folder without pictures ({string.Join(", ", PictureFile.Endings.Select(ending => ending[1..]))})"
                        + (recursive ? "" : "; --recursive looks into its folders, too"),
                    name
                );
        }

        if (name.AsSpan().ContainsAny('*', '?'))
        {
            string[] matching = [.. Match(name).SelectMany(Inside)];
            return matching.Length > 0 ? matching : throw new FileNotFoundException($"{name}: no picture has such a name", name);
        }

        return allowMissing ? [name] : throw new FileNotFoundException($"{name}: there is no such picture", name);
    }

    private static bool IsTaken(string file) => PictureFile.HasEndingOfPicture(file) || ContainedFile.IsTar(file);

    // Of a tar the pictures in it.
    private static IEnumerable<string> Inside(string file)
    {
        if (!ContainedFile.IsTar(file))
            return [file];
        string[] inside = [.. ContainedFile.Names(file).Where(PictureFile.HasEndingOfPicture)];
        return inside.Length > 0 ? inside : throw new FileNotFoundException($"{file}: is a tar without pictures", file);
    }

    private static IEnumerable<string> Files(string directory, bool recursive) =>
        Directory
            .EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = recursive })
            .Order(StringComparer.Ordinal);

    // Folder by folder, so that a pattern may stand in any part of the path.
    private static IEnumerable<string> Match(string pattern)
    {
        string[] parts = pattern.Replace(Path.DirectorySeparatorChar, '/').Split('/');
        IEnumerable<string> folders = [""];
        foreach (string part in parts[..^1])
        {
            folders = folders.SelectMany(folder =>
                part == "**" ? [folder, .. Folders(folder, recursive: true)]
                : part.AsSpan().ContainsAny('*', '?') ? Folders(folder, recursive: false).Where(found => Matches(part, found))
                : (IEnumerable<string>)[folder + part + "/"]
            );
        }

        return folders
            .Where(folder => folder.Length == 0 || Directory.Exists(folder))
            .SelectMany(folder =>
                Files(folder.Length == 0 ? "." : folder, recursive: parts[^1] == "**")
                    .Where(file => parts[^1] == "**" ? IsTaken(file) : Matches(parts[^1], file))
                    .Select(file => folder.Length == 0 ? Path.GetRelativePath(".", file) : file)
            )
            .Distinct();
    }

    private static IEnumerable<string> Folders(string folder, bool recursive) =>
        folder.Length > 0 && !Directory.Exists(folder)
            ? []
            : Directory
                .EnumerateDirectories(folder.Length == 0 ? "." : folder, "*", new EnumerationOptions { RecurseSubdirectories = recursive })
                .Order(StringComparer.Ordinal)
                .Select(found => (folder.Length == 0 ? Path.GetRelativePath(".", found) : found) + "/");

    private static bool Matches(string pattern, string path) =>
        FileSystemName.MatchesSimpleExpression(
            pattern,
            Path.GetFileName(Path.TrimEndingDirectorySeparator(path.AsSpan())),
            ignoreCase: OperatingSystem.IsWindows()
        );
}
