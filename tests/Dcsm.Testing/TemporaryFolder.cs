using System.Security.Cryptography;

namespace Dcsm.Testing;

/// <summary>An empty folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("dcsm-test-").FullName;

    /// <summary>The path of a file or folder in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>A copy of the files of another folder, without those in its folders.</summary>
    public static TemporaryFolder CopyOf(string directory)
    {
        var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(directory))
            File.Copy(file, folder[System.IO.Path.GetFileName(file)]);
        return folder;
    }

    /// <summary>Writes a file in it, and the folders that it is in.</summary>
    /// <returns>The path.</returns>
    public string Write(string name, string text)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>What the files of a folder in it hold, by their names; two folders of the same are equal.</summary>
    public Dictionary<string, string> Digests(string name) =>
        Directory
            .GetFiles(this[name])
            .ToDictionary(
                file => System.IO.Path.GetFileName(file),
                file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))),
                StringComparer.Ordinal
            );

    /// <summary>Deletes it with all that is in it.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
