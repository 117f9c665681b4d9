using System.Globalization;

namespace Dcsm.Cli.Output;

/// <summary>How many files the process may open. With few, .NET can't load what it is made of, and says so in words of its own.</summary>
internal static class OpenFiles
{
    private const int Least = 128;
    private const string Limits = "/proc/self/limits",
        Line = "Max open files";

    /// <summary>What is wrong, in a sentence; null if nothing is, or it can't be known.</summary>
    public static string? TooFew() => File.Exists(Limits) ? TooFew(File.ReadAllLines(Limits)) : null;

    internal static string? TooFew(IEnumerable<string> limits) =>
        limits.FirstOrDefault(limit => limit.StartsWith(Line, StringComparison.Ordinal)) is { } found
        && found[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var most, ..]
        && int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out int files)
        && files < Least
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"no more than {files} files may be open at a time (ulimit -n); at least {Least} are needed"
            )
            : null;
}
