using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>How intervals and differences are computed.</summary>
public sealed record BenchmarkStatisticsOptions
{
    /// <summary>How ties count in accuracies.</summary>
    public TieRule Ties { get; init; } = TieRule.Strict;

    /// <summary>How ties count in recalls.</summary>
    public RecallRule RecallTies { get; init; } = RecallRule.Strict;

    /// <summary>Confidence of the intervals.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>Draws of each bootstrap.</summary>
    public int Resamples { get; init; } = Bootstrap.DefaultResamples;

    /// <summary>Seed of the bootstrap.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The key of a figure of a benchmark of choices under <see cref="Ties"/>: "direct.strict.accuracy" for "accuracy".</summary>
    public string ChoiceKey(string figure) => $"direct.{Ties.ToString().ToLowerInvariant()}.{figure}";
}
