using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Two scorers on the same items.</summary>
/// <param name="First">The scorer that is asked about.</param>
/// <param name="Second">The one that it is compared with.</param>
/// <param name="Differences">Figure by figure.</param>
public sealed record ScorerComparison(string First, string Second, IReadOnlyList<FigureDifference> Differences)
{
    /// <summary>Figure by figure.</summary>
    public IReadOnlyList<FigureDifference> Differences
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Differences);
}
