namespace Dcsm.Repository.Tests;

/// <summary>The files of the repository, as they lie on disk; what is built or belongs to git is left out.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs = new(
        ["bin", "obj", "out", "Goldens", "Fixtures", "TestResults", "BenchmarkDotNet.Artifacts"],
        StringComparer.Ordinal
    );

    public static string Root { get; } = FindRoot();

    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Relative(string path) => System.IO.Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>Folders below one, itself included.</summary>
    public static IEnumerable<string> Folders(string relative)
    {
        string folder = Path(relative);
        if (!Directory.Exists(folder))
            return [];
        return
        [
            folder,
            .. Directory
                .EnumerateDirectories(folder)
                .Where(below => !NotOurs.Contains(System.IO.Path.GetFileName(below)))
                .Order(StringComparer.Ordinal)
                .SelectMany(below => Folders(Relative(below))),
        ];
    }

    public static IReadOnlyList<string> CSharpFiles(params string[] folders) =>
        [.. folders.SelectMany(Folders).SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs").Order(StringComparer.Ordinal))];

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Dcsm.sln")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new DirectoryNotFoundException("Dcsm.sln is in no folder above the tests.");
    }
}
