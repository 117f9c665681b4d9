using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>What a choice counts.</summary>
internal static class Credits
{
    public static double Of(Choice choice, TieRule rule) =>
        rule switch
        {
            TieRule.First => choice.Official ? 1 : 0,
            TieRule.Strict => choice.Strict ? 1 : 0,
            TieRule.Fractional => choice.Expected,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such rule for ties."),
        };
}
