namespace Dcsm.Cli.Inputs;

/// <summary>Finds what ships with the toolkit: beside the program, or in the repository above it or above the working directory.</summary>
internal static class ShippedFiles
{
    /// <summary>The folder of the small CLIP.</summary>
    public const string ClipName = "clip-small";

    /// <summary>The folder of the head that was trained on it.</summary>
    public const string HeadName = "head-small";

    /// <summary>The small CLIP.</summary>
    public static string Clip => Find(ClipName);

    /// <summary>The head that was trained on it.</summary>
    public static string Head => Find(HeadName);

    /// <summary>The rendered objects of the scenes.</summary>
    public static string Objects => Find("objects");

    /// <summary>The folder <c>data/name</c>.</summary>
    /// <exception cref="DirectoryNotFoundException">It is nowhere.</exception>
    public static string Find(string name) =>
        TryFind(name)
        ?? throw new DirectoryNotFoundException(
            $"data/{name} is neither beside the program nor in a repository above '{Environment.CurrentDirectory}'; run dcsm "
                + $"from a clone of the repository, or name the directory"
        );

    public static string? TryFind(string name)
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Environment.CurrentDirectory })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                string candidate = Path.Combine(folder.FullName, "data", name);
                if (Directory.Exists(candidate))
                    return candidate;
            }
        }

        return null;
    }
}
