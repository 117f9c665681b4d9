using System.Text;

namespace Dcsm.IO.Files;

/// <summary>Files that came in place of what was meant, told by how they begin.</summary>
public static class ForeignFile
{
    private const int Looked = 64;

    /// <summary>What a file is and what to do about it, in a clause; null where it may be what it seems.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static string? Describe(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("version https://git-lfs"u8))
            return "is a Git LFS pointer, not the file itself; 'git lfs pull' in the clone fetches it";
        ReadOnlySpan<byte> text = start.TrimStart(" \t\r\n\uFEFF"u8);
        string begin = Encoding.Latin1.GetString(text[..Math.Min(text.Length, Looked)]);
        string[] pages = ["<!doctype html", "<html", "<head"];
        return Array.Exists(pages, page => begin.StartsWith(page, StringComparison.OrdinalIgnoreCase))
            ? "is an HTML page, as a proxy or a login sends it in place of a file; fetch the file again"
            : null;
    }

    /// <summary>Refuses a file that came in place of another.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">Its first bytes.</param>
    /// <exception cref="InvalidDataException">It is one; the message says which.</exception>
    internal static void Refuse(string path, ReadOnlySpan<byte> start)
    {
        if (Describe(start) is { } what)
            throw new InvalidDataException($"{path}: {what}");
    }

    /// <summary>Why there is no file: it is a folder, a link that leads nowhere, or just not there.</summary>
    /// <param name="path">The file.</param>
    public static FileNotFoundException Missing(string path)
    {
        string what =
            Directory.Exists(path) ? "is a folder; a file was meant."
            : new FileInfo(path).LinkTarget is { } target ? $"is a link to {target}, and nothing is there."
            : "there is no such file.";
        return new FileNotFoundException($"{path}: {what}", path);
    }
}
