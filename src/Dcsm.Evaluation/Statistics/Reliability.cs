namespace Dcsm.Evaluation.Statistics;

/// <summary>
/// Probabilities beside what was true: how far they can be taken at their word. Items belong to clusters, as in <see cref="Ranking"/>.
/// </summary>
/// <param name="items">Probability, whether it is true, and cluster of each item.</param>
internal sealed class Reliability(IReadOnlyList<(double Probability, bool IsTrue, int Cluster)> items)
{
    /// <summary>Bins of equal width between 0 and 1.</summary>
    public const int Bins = 15;

    /// <summary>
    /// Expected calibration error (Naeini et al. 2015, Guo et al. 2017): the mean over items of how far apart, in an item's bin, the mean
    /// probability and the share of true items are.
    /// </summary>
    /// <param name="weights">[clusters] how often each counts.</param>
    public double ExpectedError(double[] weights)
    {
        (double Items, double Probability, double True)[] bins = Sums(weights);
        return bins.Sum(bin => Math.Abs(bin.Probability - bin.True)) / bins.Sum(bin => bin.Items);
    }

    /// <summary>Brier score: the mean squared distance of the probability from 1 where it is true, and from 0 where it is false.</summary>
    /// <param name="weights">[clusters] how often each counts.</param>
    public double Brier(double[] weights)
    {
        double sum = 0,
            count = 0;
        foreach ((double probability, bool isTrue, int cluster) in items)
        {
            double off = probability - (isTrue ? 1 : 0);
            sum += weights[cluster] * off * off;
            count += weights[cluster];
        }

        return sum / count;
    }

    /// <summary>The bins, with the sums of what lies in them.</summary>
    /// <param name="weights">[clusters] how often each counts.</param>
    /// <returns>[bins] number of items, sum of their probabilities, and how many are true.</returns>
    public (double Items, double Probability, double True)[] Sums(double[] weights)
    {
        var bins = new (double Items, double Probability, double True)[Bins];
        foreach ((double probability, bool isTrue, int cluster) in items)
        {
            ref (double Items, double Probability, double True) bin = ref bins[Math.Min((int)(probability * Bins), Bins - 1)];
            double weight = weights[cluster];
            bin.Items += weight;
            bin.Probability += weight * probability;
            bin.True += isTrue ? weight : 0;
        }

        return bins;
    }
}
