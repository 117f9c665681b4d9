using Dcsm.IO.Files;

namespace Dcsm.Cli.Output;

/// <summary>Files that a person asked for: whole or not at all, their folder made.</summary>
internal static class TextOutput
{
    public static void Write(string path, string text) => AtomicFile.Write(Place(path), text);

    public static void Write(string path, byte[] bytes) => AtomicFile.Write(Place(path), bytes);

    /// <summary>Writes a file as its content comes.</summary>
    public static void Write(string path, Action<Stream> write) => AtomicFile.Write(Place(path), write);

    private static string Place(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new ArgumentException($"{path}: is a folder; name a file");
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
