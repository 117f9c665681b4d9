namespace Dcsm.Testing;

/// <summary>The repository that the running program was built in.</summary>
public static class Repository
{
    /// <summary>The folder that holds Dcsm.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below <see cref="Root"/>.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Copies a folder with all that is below it.</summary>
    /// <param name="folder">The folder, absolute or below <see cref="Root"/>.</param>
    /// <param name="destination">Where its files are to lie; made where there is no such folder.</param>
    public static void Copy(string folder, string destination)
    {
        string from = Path(folder);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string to = System.IO.Path.Combine(destination, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
            File.Copy(file, to, overwrite: true);
        }
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Dcsm.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException($"Dcsm.sln is in no folder above {AppContext.BaseDirectory}.");
    }
}
