using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What scorers make of a <see cref="ChoiceBenchmark"/>.</summary>
/// <param name="Benchmark">The items that were scored: those whose picture was skipped are not among them.</param>
/// <param name="Scorers">Who scored.</param>
/// <param name="Scores">[scorers][items][options].</param>
/// <param name="Skipped">The items that were left out, a sentence each with the place and the reason.</param>
public sealed record ChoiceScores(
    ChoiceBenchmark Benchmark,
    IReadOnlyList<ScorerDescription> Scorers,
    IReadOnlyList<double[][]> Scores,
    IReadOnlyList<string> Skipped
)
{
    /// <summary>Captions that are longer than a scorer reads; of each scorer that cuts some.</summary>
    public IReadOnlyList<CutCaptions> Cut { get; init; } = [];
}
