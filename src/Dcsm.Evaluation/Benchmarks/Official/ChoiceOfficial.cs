using Dcsm.Evaluation.Benchmarks.Metrics;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>
/// What the own programs of SugarCrepe, VALSE and VL-CheckList give, which go through their files one by one and count a tie as wrong, and
/// of CREPE, which sorts scores: where several are equal the place of the right one is left open.
/// </summary>
internal static class ChoiceOfficial
{
    private static readonly int[] Ks = [1, 3, 5, 10];

    /// <summary>None for other benchmarks.</summary>
    public static IEnumerable<BenchmarkFigure> Of(ChoiceResult result)
    {
        string name = result.Benchmark.Name;
        if (BenchmarkNames.IsCrepe(name))
            return result.Items.GroupBy(item => item.Group, StringComparer.Ordinal).SelectMany(group => Crepe(result, group.Key));
        (string Figure, double Factor)? own = name switch
        {
            BenchmarkNames.SugarCrepe => ("accuracy", 1),
            BenchmarkNames.Valse => ("pairwise_accuracy_percent", 100),
            BenchmarkNames.VlCheckList => ("itc_accuracy", 1),
            _ => null,
        };
        return own is not { } found
            ? []
            : result.Strict.Groups.Select(group =>
                BenchmarkFigure.Of($"official.{group.Group}.{found.Figure}", found.Factor * group.Accuracy)
            );
    }

    private static IEnumerable<BenchmarkFigure> Crepe(ChoiceResult result, string group)
    {
        QueryRank[] ranks = [.. result.Ranks.Where((_, i) => result.Items[i].Group == group)];
        string prefix = $"official.{group}.image_to_text_";
        foreach (int k in Ks)
        {
            yield return BenchmarkFigure.Between(
                prefix + FormattableString.Invariant($"R@{k}"),
                ranks.Average(rank => rank.Strict(k) ? 1.0 : 0),
                ranks.Average(rank => rank.Optimistic(k) ? 1.0 : 0)
            );
        }

        yield return BenchmarkFigure.Between(
            prefix + "mean_rank",
            ranks.Average(rank => rank.Higher + 1.0),
            ranks.Average(rank => rank.Higher + rank.OtherTied + 1.0)
        );
    }
}
