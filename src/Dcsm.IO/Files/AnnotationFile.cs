using System.Text.Unicode;

namespace Dcsm.IO.Files;

/// <summary>An annotation file in memory: UTF-8, without byte order mark.</summary>
public sealed class AnnotationFile
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

    /// <summary>The first of the files that exists; the root may also be the file itself.</summary>
    public static string? Find(string root, IReadOnlyList<string> names) =>
        File.Exists(root)
            ? names.Any(name => System.IO.Path.GetFileName(name) == System.IO.Path.GetFileName(root))
                ? root
                : null
            : names.Select(name => System.IO.Path.Combine(root, name)).FirstOrDefault(File.Exists);

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

    private static AnnotationFile Read(string path, string root)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new InvalidDataException($"{path}: the file is UTF-16, not UTF-8; save it as UTF-8");
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
            bytes = bytes[3..];
        if (bytes.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
            throw new InvalidDataException($"{path}: the file is empty");
        if (!Utf8.IsValid(bytes))
            throw NotUtf8(path, bytes);
        return new AnnotationFile(path, root, bytes);
    }

    private static InvalidDataException NotUtf8(string path, byte[] bytes)
    {
        int valid = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes.AsSpan(valid), out _, out int length) == System.Buffers.OperationStatus.Done)
            valid += length;
        int line = bytes.AsSpan(0, valid).Count((byte)'\n') + 1;
        int column = valid - bytes.AsSpan(0, valid).LastIndexOf((byte)'\n');
        return new InvalidDataException(
            $"{path}, line {line}: the bytes are not UTF-8 (0x{bytes[valid]:X2} at byte {column} of the line); save the file as UTF-8"
        );
    }
}
