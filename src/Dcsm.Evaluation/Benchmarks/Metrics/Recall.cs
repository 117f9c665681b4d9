namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>R@k in one direction: the share of queries with a hit among the k best.</summary>
/// <param name="Direction">What searches what.</param>
/// <param name="K">The k asked for.</param>
/// <param name="Queries">How many queries there are.</param>
/// <param name="Gallery">How much there is to search in.</param>
/// <param name="Optimistic">Ties fall for what is sought.</param>
/// <param name="Strict">Ties fall against it.</param>
/// <param name="Expected">The mean over random orders of ties.</param>
/// <param name="Chance">What a random order gives.</param>
public sealed record Recall(
    RecallDirection Direction,
    int K,
    int Queries,
    int Gallery,
    double Optimistic,
    double Strict,
    double Expected,
    double Chance
)
{
    /// <summary>The k used: at most what there is to search in, where published code stops.</summary>
    public int UsedK => Math.Min(K, Gallery);

    /// <summary>Whether <see cref="K"/> was larger than what there is to search in.</summary>
    public bool IsCapped => UsedK < K;

    /// <summary>Name with the direction: "text→image R@5".</summary>
    public string Name =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{(Direction == RecallDirection.TextToImage ? "text→image" : "image→text")} R@{K}"
        );

    /// <summary>The recall under a way to put ties.</summary>
    public double Under(RecallRule rule) =>
        rule switch
        {
            RecallRule.Optimistic => Optimistic,
            RecallRule.Strict => Strict,
            RecallRule.Expected => Expected,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "No such rule for ties."),
        };
}
