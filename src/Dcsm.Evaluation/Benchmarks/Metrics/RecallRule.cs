namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Where equal scores are put in a ranking.</summary>
public enum RecallRule
{
    /// <summary>Ties fall for what is sought.</summary>
    Optimistic,

    /// <summary>Ties fall against it.</summary>
    Strict,

    /// <summary>The mean over all orders of the tied ones.</summary>
    Expected,
}
