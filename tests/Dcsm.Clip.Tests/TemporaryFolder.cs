namespace Dcsm.Clip.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("dcsm-clip-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>A copy of a golden folder's files.</summary>
    public static TemporaryFolder CopyOf(params string[] golden)
    {
        var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(Goldens.Path(golden)))
            File.Copy(file, folder[System.IO.Path.GetFileName(file)]);
        return folder;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
