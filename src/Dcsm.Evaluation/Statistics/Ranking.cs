namespace Dcsm.Evaluation.Statistics;

/// <summary>
/// True and false items in the order of their scores, each belonging to a cluster: what one threshold for all of them can tell apart.
/// Figures are told how often each cluster counts, so that a bootstrap can draw clusters without sorting again.
/// </summary>
internal sealed class Ranking
{
    private readonly bool[] _isTrue;
    private readonly int[] _clusters;
    private readonly bool[] _endsTie;

    /// <param name="items">Score, whether it is true, and cluster of each item.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public Ranking(IReadOnlyList<(double Score, bool IsTrue, int Cluster)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Any(item => double.IsNaN(item.Score)))
            throw new ArgumentException("A score is NaN; ranks need numbers.", nameof(items));
        (double Score, bool IsTrue, int Cluster)[] sorted = [.. items.OrderByDescending(item => item.Score)];
        _isTrue = [.. sorted.Select(item => item.IsTrue)];
        _clusters = [.. sorted.Select(item => item.Cluster)];
        _endsTie = [.. sorted.Select((item, i) => i + 1 == sorted.Length || sorted[i + 1].Score != item.Score)];
    }

    /// <summary>The chance that a true item has a higher score than a false one, ties counting half; NaN when a side is empty.</summary>
    /// <param name="weights">[clusters] how often each counts.</param>
    public double Auroc(double[] weights)
    {
        double above = 0,
            truths = 0,
            falsehoods = 0;
        foreach ((double tied, double tiedFalse) in Ties(weights))
        {
            above += tiedFalse * (truths + (0.5 * tied));
            truths += tied;
            falsehoods += tiedFalse;
        }

        return truths * falsehoods > 0 ? above / (truths * falsehoods) : double.NaN;
    }

    /// <summary>
    /// Average precision: the precision at each threshold, weighed by what recall grows there; items of one score share a threshold (as in
    /// scikit-learn). NaN when nothing is true.
    /// </summary>
    /// <param name="weights">[clusters] how often each counts.</param>
    public double AveragePrecision(double[] weights)
    {
        double sum = 0,
            truths = 0,
            all = 0;
        foreach ((double tied, double tiedFalse) in Ties(weights))
        {
            truths += tied;
            all += tied + tiedFalse;
            if (tied > 0)
                sum += tied * truths / all;
        }

        return truths > 0 ? sum / truths : double.NaN;
    }

    // The weights of true and false items of each score, from the highest one down.
    private IEnumerable<(double True, double False)> Ties(double[] weights)
    {
        double right = 0,
            wrong = 0;
        for (int i = 0; i < _isTrue.Length; i++)
        {
            if (_isTrue[i])
                right += weights[_clusters[i]];
            else
                wrong += weights[_clusters[i]];
            if (!_endsTie[i])
                continue;
            yield return (right, wrong);
            (right, wrong) = (0, 0);
        }
    }
}
