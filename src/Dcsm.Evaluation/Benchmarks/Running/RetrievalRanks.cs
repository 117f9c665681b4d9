using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;

namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>Where a scorer puts captions among pictures and pictures among captions: all that recalls up to R@10 look at.</summary>
public sealed class RetrievalRanks
{
    internal RetrievalRanks(IReadOnlyList<float> own, QueryRank[] texts, QueryRank?[] images) =>
        (Own, Texts, Images) = (own, texts, images);

    /// <summary>The score of each caption with its own picture. [captions]</summary>
    public IReadOnlyList<float> Own { get; }

    /// <summary>The place of each caption's own picture, counted from 1, ties counting against it. [captions]</summary>
    public IReadOnlyList<int> Places => [.. Texts.Select(rank => rank.Higher + rank.OtherTied + 1)];

    /// <summary>[captions]</summary>
    internal QueryRank[] Texts { get; }

    /// <summary>[pictures]; null of those without a caption. Exact as far as <see cref="RankSteps.Deepest"/>.</summary>
    internal QueryRank?[] Images { get; }

    /// <summary>Ranks of scores that are at hand.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="scores">[captions][images]</param>
    /// <exception cref="InvalidDataException">Scores are missing, too many, or not finite; the message names caption and image.</exception>
    public static RetrievalRanks Of(RetrievalBenchmark benchmark, IReadOnlyList<float[]> scores)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        ArgumentNullException.ThrowIfNull(scores);
        (QueryRank[] texts, QueryRank?[] images) = RetrievalResult.Ranks(benchmark, scores);
        return new RetrievalRanks([.. benchmark.Captions.Select((caption, t) => scores[t][caption.Image])], texts, images);
    }
}
