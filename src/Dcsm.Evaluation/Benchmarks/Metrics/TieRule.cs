namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>What an item counts whose highest score several options share.</summary>
public enum TieRule
{
    /// <summary>As published code counts: the lowest place among the tied options is the answer (argmax).</summary>
    First,

    /// <summary>A tie at the top is never right.</summary>
    Strict,

    /// <summary>A tie of m options earns 1/m when the right one is among them: what choosing at random gives on average.</summary>
    Fractional,
}
