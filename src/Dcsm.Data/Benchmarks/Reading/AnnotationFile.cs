using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>An annotation file in memory: UTF-8, without byte order mark.</summary>
internal sealed class AnnotationFile
{
    private AnnotationFile(string path, string root, byte[] bytes)
    {
        (Path, Bytes) = (path, bytes);
        var folders = new List<string>();
        for (
            string? folder = System.IO.Path.GetDirectoryName(path);
            folder is not null && folder.Length >= root.Length;
            folder = System.IO.Path.GetDirectoryName(folder)
        )
        {
            folders.Add(folder);
        }

        folders.Reverse();
        Folders = folders;
    }

    public string Path { get; }

    /// <summary>The folders from the root down to that of the file: where the paths of pictures may begin.</summary>
    public IReadOnlyList<string> Folders { get; }

    public byte[] Bytes { get; }

    /// <summary>The content as JSON.</summary>
    public JsonField Json() => JsonField.Parse(Bytes, Path);

    /// <summary>The content as a table.</summary>
    /// <param name="required">Columns that must be there.</param>
    public CsvTable Table(params IReadOnlyList<string> required) => CsvTable.Parse(Bytes, Path, required);

    /// <summary>The first of the files that exists; the root may also be the file itself.</summary>
    public static string? Find(string root, IReadOnlyList<string> names) =>
        File.Exists(root)
            ? names.Any(name => System.IO.Path.GetFileName(name) == System.IO.Path.GetFileName(root))
                ? root
                : null
            : names.Select(name => System.IO.Path.Combine(root, name)).FirstOrDefault(File.Exists);

    /// <summary>The first byte of a file that is no blank; 0 where there is none.</summary>
    public static byte FirstByte(string path)
    {
        Span<byte> start = stackalloc byte[64];
        using FileStream file = RegularFile.OpenRead(path);
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        int at = start.IndexOfAnyExcept(" \t\r\n\uFEFF"u8);
        return at < 0 ? (byte)0 : start[at];
    }

    public static AnnotationFile Open(string root, IReadOnlyList<string> names)
    {
        root = System.IO.Path.TrimEndingDirectorySeparator(root);
        if (File.Exists(root))
            return Read(root, System.IO.Path.GetDirectoryName(root) ?? "");
        if (!Directory.Exists(root))
            throw new FileNotFoundException($"{root}: there is no such folder; it should hold {names[0]}", root);
        string first = System.IO.Path.Combine(root, names[0]);
        return Find(root, names) is { } path
            ? Read(path, root)
            : throw new FileNotFoundException(
                names.Count == 1
                    ? $"{first}: there is no such file"
                    : $"{first}: there is no such file, nor {string.Join(" or ", names.Skip(1))} under {root}",
                first
            );
    }

    private static AnnotationFile Read(string path, string root) => new(path, root, Utf8File.Read(path));
}
