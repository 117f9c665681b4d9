using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What a scorer costs that takes every pair of a picture and a caption through its network.</summary>
/// <param name="Scorer">The scorer's name.</param>
/// <param name="Pairs">How many pairs there are.</param>
/// <param name="Multiplications">How many multiplications they cost at most.</param>
public sealed record PairCost(string Scorer, long Pairs, double Multiplications)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Scorer} takes every pair through its network: {NumberText.Count(Pairs, "pair")}, at most "
        + NumberText.Count((long)Math.Ceiling(Multiplications / 1e9), "billion multiplication");

    /// <summary>Of each of the scorers that does so; none for those that compare embeddings.</summary>
    /// <param name="benchmark">What is to be scored.</param>
    /// <param name="scorers">The scorers.</param>
    public static IReadOnlyList<PairCost> Of(Benchmark benchmark, IReadOnlyList<IScorer> scorers)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return Of(PairsOf(benchmark), scorers);
    }

    /// <summary>Of each of the scorers that does so; none for those that compare embeddings.</summary>
    /// <param name="pairs">How many pairs there are.</param>
    /// <param name="scorers">The scorers.</param>
    public static IReadOnlyList<PairCost> Of(long pairs, IReadOnlyList<IScorer> scorers)
    {
        ArgumentNullException.ThrowIfNull(scorers);
        return
        [
            .. scorers
                .Where(scorer => scorer.CostOfPair > 0)
                .Select(scorer => new PairCost(scorer.Name, pairs, (double)pairs * scorer.CostOfPair)),
        ];
    }

    private static long PairsOf(Benchmark benchmark) =>
        benchmark switch
        {
            ChoiceBenchmark choices => choices.Items.Sum(item => (long)item.Options.Count),
            MatchBenchmark matches => matches.Items.Sum(item => (long)item.Matches.Count),
            RetrievalBenchmark retrieval => (long)retrieval.Captions.Count * retrieval.Images.Count,
            _ => throw new ArgumentException($"There is no cost of a {benchmark.GetType().Name}.", nameof(benchmark)),
        };
}
