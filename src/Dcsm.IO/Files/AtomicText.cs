using System.Text;

namespace Dcsm.IO.Files;

/// <summary>Files that appear whole or not at all, in a folder that is made for them.</summary>
public static class AtomicText
{
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    public static void Write(string path, byte[] bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, bytes);
    }
}
