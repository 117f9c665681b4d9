using System.Numerics;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Recalls of one scorer in both directions.</summary>
public sealed class RetrievalResult
{
    private readonly QueryRank[] _texts;
    private readonly QueryRank?[] _images;

    private RetrievalResult(RetrievalBenchmark benchmark, QueryRank[] texts, QueryRank?[] images, IReadOnlyList<int> ks)
    {
        Benchmark = benchmark;
        _texts = texts;
        _images = images;
        Recalls = [.. ks.SelectMany(k => new[] { TextToImage(k), ImageToText(k) })];
    }

    /// <summary>The k of the published evaluations.</summary>
    public static IReadOnlyList<int> UsualKs { get; } = [1, 5, 10];

    /// <summary>Judges scores.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="scores">[captions][images] in the benchmark's order; higher is better.</param>
    /// <param name="ks">The k of R@k; <see cref="UsualKs"/> where null.</param>
    /// <exception cref="InvalidDataException">
    /// A score is NaN or infinite, or scores are missing or too many; the message names caption and image.
    /// </exception>
    public static RetrievalResult Of(RetrievalBenchmark benchmark, IReadOnlyList<double[]> scores, IReadOnlyList<int>? ks = null)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        ArgumentNullException.ThrowIfNull(scores);
        ks = Checked(ks);
        (QueryRank[] texts, QueryRank?[] images) = Ranks(benchmark, scores);
        return new RetrievalResult(benchmark, texts, images, ks);
    }

    /// <summary>Judges all scorers of a run.</summary>
    /// <param name="scores">The run.</param>
    /// <param name="ks">The k of R@k, up to 10; <see cref="UsualKs"/> where null.</param>
    /// <returns>[scorers]</returns>
    /// <exception cref="ArgumentOutOfRangeException">A k is deeper than a run looks.</exception>
    public static IReadOnlyList<RetrievalResult> Of(RetrievalScores scores, IReadOnlyList<int>? ks = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        foreach (int k in ks ?? [])
            ArgumentOutOfRangeException.ThrowIfGreaterThan(k, RankSteps.Deepest, nameof(ks));
        return [.. scores.Ranks.Select(ranks => new RetrievalResult(scores.Benchmark, ranks.Texts, ranks.Images, Checked(ks)))];
    }

    private static IReadOnlyList<int> Checked(IReadOnlyList<int>? ks)
    {
        foreach (int k in ks ??= UsualKs)
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k, nameof(ks));
        return ks;
    }

    /// <summary>Where captions stand among images, and images among captions.</summary>
    internal static (QueryRank[] Texts, QueryRank?[] Images) Ranks<T>(RetrievalBenchmark benchmark, IReadOnlyList<T[]> scores)
        where T : struct, IFloatingPointIeee754<T>
    {
        ScoreRows.Check(benchmark, scores);

        QueryRank[] texts = [.. benchmark.Captions.Select((caption, t) => QueryRank.Of<T>(scores[t], [caption.Image]))];
        ILookup<int, int> captionsOf = Enumerable.Range(0, texts.Length).ToLookup(t => benchmark.Captions[t].Image);
        var images = new QueryRank?[benchmark.Images.Count];

        // Several columns are gathered at once: they lie side by side in the rows.
        const int Columns = 16;
        T[][] columns = [.. Enumerable.Range(0, Columns).Select(_ => new T[texts.Length])];
        for (int first = 0; first < images.Length; first += Columns)
        {
            int count = Math.Min(Columns, images.Length - first);
            for (int t = 0; t < texts.Length; t++)
            {
                T[] row = scores[t];
                for (int c = 0; c < count; c++)
                    columns[c][t] = row[first + c];
            }

            for (int c = 0; c < count; c++)
            {
                int[] sought = [.. captionsOf[first + c]];
                if (sought.Length > 0)
                    images[first + c] = QueryRank.Of<T>(columns[c], sought);
            }
        }

        return (texts, images);
    }

    /// <summary>The benchmark.</summary>
    public RetrievalBenchmark Benchmark { get; }

    /// <summary>For each k both directions, text→image first.</summary>
    public IReadOnlyList<Recall> Recalls { get; }

    /// <summary>Images without a caption; as queries they are left out, where published code counts them as misses.</summary>
    public int ImagesWithoutCaptions => _images.Count(rank => rank is null);

    /// <summary>Images that the benchmark lists more than once: each but the first is one more wrong place to look for a caption.</summary>
    public int RepeatedImages =>
        Benchmark.Images.Count - Benchmark.Images.Select(image => image.Name).Distinct(StringComparer.Ordinal).Count();

    /// <summary>What has to be known beside the numbers, one sentence each.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            List<string> notes =
            [
                .. Recalls
                    .Where(recall => recall.IsCapped)
                    .Select(recall =>
                        FormattableString.Invariant(
                            $"{recall.Name}: there are only {recall.Gallery} to search in, so k = {recall.UsedK} was used."
                        )
                    ),
            ];
            if (ImagesWithoutCaptions > 0)
                notes.Add($"{NumberText.Count(ImagesWithoutCaptions, "image")} without a caption: left out of image→text.");
            if (RepeatedImages > 0)
                notes.Add($"{NumberText.Count(RepeatedImages, "image")} listed before.");
            return notes;
        }
    }

    /// <summary>
    /// For each query (captions, or the images that have one) its image (the cluster that it belongs to) and what it counts at k.
    /// </summary>
    internal IEnumerable<(int Image, double Credit)> Queries(RecallDirection direction, int k, RecallRule rule) =>
        direction == RecallDirection.TextToImage
            ? _texts.Select((rank, t) => (Benchmark.Captions[t].Image, rank.Credit(Math.Min(k, Benchmark.Images.Count), rule)))
            : _images
                .Select((rank, i) => (Image: i, Rank: rank))
                .Where(query => query.Rank is not null)
                .Select(query => (query.Image, query.Rank!.Value.Credit(Math.Min(k, Benchmark.Captions.Count), rule)));

    private Recall TextToImage(int k)
    {
        int gallery = Benchmark.Images.Count,
            used = Math.Min(k, gallery);
        return new Recall(
            RecallDirection.TextToImage,
            k,
            _texts.Length,
            gallery,
            _texts.Average(rank => rank.Credit(used, RecallRule.Optimistic)),
            _texts.Average(rank => rank.Credit(used, RecallRule.Strict)),
            _texts.Average(rank => rank.Expected(used)),
            used / (double)gallery
        );
    }

    private Recall ImageToText(int k)
    {
        int gallery = Benchmark.Captions.Count,
            used = Math.Min(k, gallery);
        QueryRank[] ranks = [.. _images.OfType<QueryRank>()];
        double chance = Benchmark
            .Captions.GroupBy(caption => caption.Image)
            .Average(own => 1 - QueryRank.NoneDrawn(gallery, gallery - own.Count(), used));
        return new Recall(
            RecallDirection.ImageToText,
            k,
            ranks.Length,
            gallery,
            ranks.Average(rank => rank.Credit(used, RecallRule.Optimistic)),
            ranks.Average(rank => rank.Credit(used, RecallRule.Strict)),
            ranks.Average(rank => rank.Expected(used)),
            chance
        );
    }
}
