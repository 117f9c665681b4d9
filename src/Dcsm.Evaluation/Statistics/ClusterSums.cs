namespace Dcsm.Evaluation.Statistics;

/// <summary>
/// What belongs together in a bootstrap: per cluster the sum of its items' values and how many items it has.
/// A scene sample is one cluster of four items (image and opposite image, each with two paraphrases), since those
/// four share objects and background and are not independent.
/// </summary>
internal sealed class ClusterSums
{
    /// <param name="sums">[clusters] sum of the items' values (for an accuracy: how many are right).</param>
    /// <param name="counts">[clusters] number of items, at least one each.</param>
    /// <exception cref="ArgumentException">The lengths differ, a count is not positive, or a sum is not finite.</exception>
    public ClusterSums(double[] sums, double[] counts)
    {
        ArgumentNullException.ThrowIfNull(sums);
        ArgumentNullException.ThrowIfNull(counts);
        if (sums.Length != counts.Length)
            throw new ArgumentException($"{sums.Length} sums do not go with {counts.Length} counts.", nameof(counts));
        for (int i = 0; i < sums.Length; i++)
        {
            if (!double.IsFinite(sums[i]))
                throw new ArgumentException($"The sum of cluster {i} is {sums[i]}; it must be a finite number.", nameof(sums));
            if (!(counts[i] > 0))
                throw new ArgumentException($"Cluster {i} has {counts[i]} items; it must have at least one.", nameof(counts));
        }

        Sums = sums;
        Counts = counts;
    }

    /// <summary>[clusters] sum of each cluster's values.</summary>
    public double[] Sums { get; }

    /// <summary>[clusters] number of each cluster's items.</summary>
    public double[] Counts { get; }

    /// <summary>Number of clusters.</summary>
    public int Clusters => Sums.Length;

    /// <summary>The mean over items; NaN when there are none.</summary>
    public double Mean => Sums.Length == 0 ? double.NaN : Sums.Sum() / Counts.Sum();

    /// <summary>Cluster by cluster, these values less <paramref name="other"/>'s: what a paired bootstrap draws from.</summary>
    /// <exception cref="ArgumentException">The two do not have the same clusters.</exception>
    public ClusterSums Minus(ClusterSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Counts.AsSpan().SequenceEqual(other.Counts))
            throw new ArgumentException("Only the same clusters with the same items can be paired.", nameof(other));
        double[] sums = new double[Sums.Length];
        for (int i = 0; i < sums.Length; i++)
            sums[i] = Sums[i] - other.Sums[i];
        return new ClusterSums(sums, Counts);
    }
}
