using System.Text.Json;
using Dcsm.Goldens;

namespace Dcsm.Evaluation.Benchmarks.Internals;

/// <summary>Turns what can't be read into a failed check, so that the others are still made.</summary>
internal static class Guard
{
    public static IReadOnlyList<GoldenCheck> Each(string @case, Func<IEnumerable<GoldenCheck>> checks)
    {
        try
        {
            return [.. checks()];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or KeyNotFoundException or InvalidOperationException or NotSupportedException or JsonException or UnauthorizedAccessException)
        {
            return [GoldenCheck.Failed(@case, "reading the fixtures", 0, e.Message)];
        }
    }
}
