using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>All figures of one scorer.</summary>
/// <param name="Scorer">The scorer's name.</param>
/// <param name="Figures">
/// By key, in the order of <see cref="BenchmarkFigures"/>: a number, a text, two numbers where ties leave a figure open, or null where
/// there is nothing to count.
/// </param>
/// <param name="Estimates">Figures with their intervals.</param>
public sealed record ScorerFigures(string Scorer, IReadOnlyDictionary<string, object?> Figures, IReadOnlyList<FigureEstimate> Estimates)
{
    /// <summary>
    /// By key, in the order of <see cref="BenchmarkFigures"/>: a number, a text, two numbers where ties leave a figure open, or null where
    /// there is nothing to count.
    /// </summary>
    public IReadOnlyDictionary<string, object?> Figures
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Figures);

    /// <summary>Figures with their intervals.</summary>
    public IReadOnlyList<FigureEstimate> Estimates
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Estimates);

    /// <summary>The figure of a key with its interval; null where there is none.</summary>
    public FigureEstimate? Find(string key) => Estimates.FirstOrDefault(estimate => estimate.Key == key);
}
