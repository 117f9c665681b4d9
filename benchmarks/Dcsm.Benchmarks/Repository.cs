namespace Dcsm.Benchmarks;

internal static class Repository
{
    /// <summary>A path below the folder that holds Dcsm.sln.</summary>
    public static string Find(params string[] parts)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dcsm.sln")))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine([folder ?? throw new DirectoryNotFoundException("run the benchmarks inside the repository"), .. parts]);
    }
}
