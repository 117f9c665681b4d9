using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What scorers make of a <see cref="MatchBenchmark"/>.</summary>
/// <param name="benchmark">The items that were scored: those of which a picture was skipped are not among them.</param>
/// <param name="scorers">Who scored.</param>
/// <param name="scores">[scorers][items][images · captions], picture by picture.</param>
/// <param name="skipped">The pictures that were left out, a sentence each with the place and the reason.</param>
public sealed class MatchScores(
    MatchBenchmark benchmark,
    IReadOnlyList<ScorerDescription> scorers,
    IReadOnlyList<double[][]> scores,
    IReadOnlyList<string> skipped
)
{
    /// <summary>The items that were scored: those of which a picture was skipped are not among them.</summary>
    public MatchBenchmark Benchmark { get; } = benchmark;

    /// <summary>Who scored.</summary>
    public IReadOnlyList<ScorerDescription> Scorers { get; } = scorers;

    /// <summary>[scorers][items][images · captions], picture by picture.</summary>
    public IReadOnlyList<double[][]> Scores { get; } = scores;

    /// <summary>The pictures that were left out, a sentence each with the place and the reason.</summary>
    public IReadOnlyList<string> Skipped { get; } = skipped;

    /// <summary>Captions that are longer than a scorer reads; of each scorer that cuts some.</summary>
    public IReadOnlyList<CutCaptions> Cut { get; init; } = [];
}
