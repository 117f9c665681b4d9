using System.Globalization;

namespace Dcsm.Goldens;

/// <summary>What a walk through goldens or fixtures found.</summary>
/// <param name="Passed">Checks that passed.</param>
/// <param name="Failed">Those that did not.</param>
/// <param name="Lines">A line for each that failed.</param>
public sealed record GoldenSummary(int Passed, int Failed, IReadOnlyList<string> Lines)
{
    /// <summary>"N passed, N failed".</summary>
    public string Totals => string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed");

    /// <summary>Sums checks up.</summary>
    public static GoldenSummary Of(IEnumerable<GoldenCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        GoldenCheck[] all = [.. checks];
        return new GoldenSummary(
            all.Count(check => check.Passed), all.Count(check => !check.Passed),
            [.. all.Where(check => !check.Passed).Select(check => $"{check.Case}  {check.Compared}: {check.Remark}")]);
    }
}
