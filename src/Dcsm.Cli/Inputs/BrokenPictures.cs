using Dcsm.Cli.Output;

namespace Dcsm.Cli.Inputs;

/// <summary>Pictures that can't be read.</summary>
internal static class BrokenPictures
{
    /// <summary>Warns of each.</summary>
    public static void Tell(IEnumerable<string> paths, IReadOnlyDictionary<string, string> broken, Terminal terminal)
    {
        foreach (string path in paths.Distinct(StringComparer.Ordinal).Where(broken.ContainsKey))
            terminal.Warning($"left out: {broken[path]}");
    }
}
