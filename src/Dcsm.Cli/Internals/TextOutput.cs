namespace Dcsm.Cli.Internals;

/// <summary>Files that a person asked for.</summary>
internal static class TextOutput
{
    /// <summary>Writes a file whole or not at all, and makes its folder.</summary>
    public static void Write(string path, string text) => Replace(path, temporary => File.WriteAllText(temporary, text));

    /// <inheritdoc cref="Write(string, string)"/>
    public static void Write(string path, byte[] bytes) => Replace(path, temporary => File.WriteAllBytes(temporary, bytes));

    /// <summary>Writes a file whole or not at all, as its content comes.</summary>
    public static void Write(string path, Action<Stream> write) => Replace(path, temporary =>
    {
        using FileStream stream = File.Create(temporary);
        write(stream);
    });

    private static void Replace(string path, Action<string> write)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new ArgumentException($"{path}: is a folder; name a file");
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        string temporary = full + ".tmp";
        try
        {
            write(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
