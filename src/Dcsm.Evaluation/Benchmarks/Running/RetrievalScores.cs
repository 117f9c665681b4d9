using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What scorers make of a <see cref="RetrievalBenchmark"/>.</summary>
/// <param name="Benchmark">The pictures and captions that were scored: those that were skipped are not among them.</param>
/// <param name="Scorers">Who scored.</param>
/// <param name="Scores">[scorers][captions][images].</param>
/// <param name="Skipped">The pictures that were left out, a sentence each with the place and the reason.</param>
public sealed record RetrievalScores(
    RetrievalBenchmark Benchmark,
    IReadOnlyList<ScorerDescription> Scorers,
    IReadOnlyList<float[][]> Scores,
    IReadOnlyList<string> Skipped
)
{
    /// <summary>Captions that are longer than a scorer reads; of each scorer that cuts some.</summary>
    public IReadOnlyList<CutCaptions> Cut { get; init; } = [];
}
