using System.Globalization;
using Dcsm.Goldens;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>What a walk through fixtures found.</summary>
/// <param name="Passed">Figures that agree, and damaged sets with the right error.</param>
/// <param name="Failed">Those that do not.</param>
/// <param name="Lines">A line for each that failed.</param>
public sealed record FixtureSummary(int Passed, int Failed, IReadOnlyList<string> Lines)
{
    /// <summary>"N passed, N failed".</summary>
    public string Totals => string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed");

    /// <summary>Sums checks up.</summary>
    public static FixtureSummary Of(IEnumerable<GoldenCheck> checks)
    {
        ArgumentNullException.ThrowIfNull(checks);
        GoldenCheck[] all = [.. checks];
        return new FixtureSummary(
            all.Count(check => check.Passed), all.Count(check => !check.Passed),
            [.. all.Where(check => !check.Passed).Select(check => $"{check.Case}  {check.Compared}: {check.Remark}")]);
    }
}
