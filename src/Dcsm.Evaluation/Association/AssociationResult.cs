using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Association;

/// <summary>Which labels a CLIP gives to pictures of several groups.</summary>
public sealed class AssociationResult
{
    /// <summary>What was run, always "association".</summary>
    public string Benchmark { get; } = "association";

    /// <summary>Where the pictures are from.</summary>
    public required string Data { get; init; }

    /// <summary>The model's name.</summary>
    public required string Encoder { get; init; }

    /// <summary>Its fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>What was asked for.</summary>
    public required IReadOnlyDictionary<string, string> Arguments { get; init; }

    /// <summary>The groups.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The labels with their categories.</summary>
    public required IReadOnlyList<AssociationLabel> Labels { get; init; }

    /// <summary>Shares by group and category.</summary>
    public required IReadOnlyList<AssociationShare> Shares { get; init; }

    /// <summary>The groups in pairs, by category.</summary>
    public required IReadOnlyList<AssociationGap> Gaps { get; init; }

    /// <summary>Pearson's chi-square of all groups by all categories.</summary>
    public required double PValue { get; init; }

    /// <summary>Groups and labels in pairs.</summary>
    public required IReadOnlyList<AssociationEffect> Effects { get; init; }

    /// <summary>What computed it.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    /// <summary>Asks which label pictures of each group get.</summary>
    /// <param name="pictures">The pictures; their classes are the groups.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="weights">Their class weights, in that order.</param>
    /// <param name="encoder">What made the embeddings.</param>
    /// <param name="arguments">What was asked for.</param>
    /// <param name="resamples">Draws of the bootstrap.</param>
    /// <param name="seed">Its seed.</param>
    /// <exception cref="InvalidDataException">A group has no pictures.</exception>
    public static AssociationResult Of(
        PictureEmbeddings pictures,
        IReadOnlyList<AssociationLabel> labels,
        ClassWeights weights,
        IEncoder encoder,
        IReadOnlyDictionary<string, string> arguments,
        int resamples = Bootstrap.DefaultResamples,
        ulong seed = 1
    )
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(encoder);
        string[] groups = [.. pictures.Set.Classes.Select(own => own.Name)],
            categories = [.. labels.Select(label => label.Category).Distinct()];
        float[][][] scores = [.. groups.Select((_, g) => Scores(pictures, g, weights))];
        int empty = Array.FindIndex(scores, own => own.Length == 0);
        if (empty >= 0)
            throw new InvalidDataException($"{pictures.Set.Source}: the group '{groups[empty]}' has no pictures");
        // [groups][pictures] the category of the best label.
        int[][] chosen =
        [
            .. scores.Select(group =>
                group.Select(own => Array.IndexOf(categories, labels[Array.IndexOf(own, own.Max())].Category)).ToArray()
            ),
        ];
        int[,] counts = new int[groups.Length, categories.Length];
        for (int g = 0; g < groups.Length; g++)
        {
            foreach (int category in chosen[g])
                counts[g, category]++;
        }

        return new AssociationResult
        {
            Data = pictures.Set.Source,
            Encoder = encoder.Name,
            Fingerprint = encoder.Fingerprint,
            Arguments = arguments,
            Groups = groups,
            Labels = labels,
            Shares =
            [
                .. groups.SelectMany(
                    (group, g) =>
                        categories.Select(
                            (category, k) =>
                                new AssociationShare(group, category, chosen[g].Length, Wilson.Interval(counts[g, k], chosen[g].Length))
                        )
                ),
            ],
            Gaps =
            [
                .. Pairs(groups.Length)
                    .SelectMany(pair => categories.Select((category, k) => Gap(groups, pair, category, k, chosen, resamples, seed))),
            ],
            PValue = ChiSquare.P(counts),
            Effects =
            [
                .. Pairs(groups.Length)
                    .SelectMany(pair =>
                        Pairs(labels.Count)
                            .Select(two => new AssociationEffect(
                                groups[pair.First],
                                groups[pair.Second],
                                labels[two.First].Label,
                                labels[two.Second].Label,
                                Effect(scores[pair.First], scores[pair.Second], two.First, two.Second)
                            ))
                    ),
            ],
            Versions = SoftwareVersions.Current(),
        };
    }

    /// <summary>As JSON: camelCase, invariant.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());

    private static AssociationGap Gap(
        string[] groups,
        (int First, int Second) pair,
        string category,
        int place,
        int[][] chosen,
        int resamples,
        ulong seed
    )
    {
        double[] first = [.. chosen[pair.First].Select(own => own == place ? 1.0 : 0)],
            second = [.. chosen[pair.Second].Select(own => own == place ? 1.0 : 0)];
        // The mean over two strata, the other group's counted negative, is half of the difference.
        Estimate half = Bootstrap.MacroMean([Sums(first, 1), Sums(second, -1)], seed, resamples);
        int ones = (int)first.Sum(),
            others = (int)second.Sum();
        return new AssociationGap(
            groups[pair.First],
            groups[pair.Second],
            category,
            new Estimate(2 * half.Value, 2 * half.Low, 2 * half.High),
            ChiSquare.P(
                new[,]
                {
                    { ones, first.Length - ones },
                    { others, second.Length - others },
                }
            )
        );

        static ClusterSums Sums(double[] values, double sign) =>
            new([.. values.Select(value => sign * value)], [.. values.Select(_ => 1.0)]);
    }

    private static double Effect(float[][] first, float[][] second, int label, int against)
    {
        double[] a = [.. first.Select(own => (double)own[label] - own[against])],
            b = [.. second.Select(own => (double)own[label] - own[against])];
        if (a.Length + b.Length < 3)
            return double.NaN;
        double meanA = a.Average(),
            meanB = b.Average();
        double pooled =
            (a.Sum(value => (value - meanA) * (value - meanA)) + b.Sum(value => (value - meanB) * (value - meanB)))
            / (a.Length + b.Length - 2);
        return pooled > 0 ? (meanA - meanB) / Math.Sqrt(pooled) : double.NaN;
    }

    private static float[][] Scores(PictureEmbeddings pictures, int group, ClassWeights weights) =>
        [
            .. Enumerable
                .Range(0, pictures.Set.Pictures.Count)
                .Where(i => pictures.Set.Pictures[i].Labels.Contains(group))
                .Select(i =>
                {
                    float[] scores = new float[weights.Classes.Count];
                    weights.Score(pictures[i], scores);
                    return scores;
                }),
        ];

    private static IEnumerable<(int First, int Second)> Pairs(int count) =>
        Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i + 1, count - i - 1).Select(k => (i, k)));
}
