using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What scorers make of a <see cref="RetrievalBenchmark"/>.</summary>
/// <param name="benchmark">The pictures and captions that were scored: those that were skipped are not among them.</param>
/// <param name="scorers">Who scored.</param>
/// <param name="ranks">[scorers]; the scores of all pairs are not held.</param>
/// <param name="skipped">The pictures that were left out, a sentence each with the place and the reason.</param>
public sealed class RetrievalScores(
    RetrievalBenchmark benchmark,
    IReadOnlyList<ScorerDescription> scorers,
    IReadOnlyList<RetrievalRanks> ranks,
    IReadOnlyList<string> skipped
)
{
    /// <summary>The pictures and captions that were scored: those that were skipped are not among them.</summary>
    public RetrievalBenchmark Benchmark { get; } = benchmark;

    /// <summary>Who scored.</summary>
    public IReadOnlyList<ScorerDescription> Scorers { get; } = scorers;

    /// <summary>[scorers]; the scores of all pairs are not held.</summary>
    public IReadOnlyList<RetrievalRanks> Ranks { get; } = ranks;

    /// <summary>The pictures that were left out, a sentence each with the place and the reason.</summary>
    public IReadOnlyList<string> Skipped { get; } = skipped;

    /// <summary>Captions that are longer than a scorer reads; of each scorer that cuts some.</summary>
    public IReadOnlyList<CutCaptions> Cut { get; init; } = [];
}
