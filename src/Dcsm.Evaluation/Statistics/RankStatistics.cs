namespace Dcsm.Evaluation.Statistics;

/// <summary>Measures that depend on the order of values only.</summary>
internal static class RankStatistics
{
    /// <summary>
    /// Area under the ROC curve: the chance that a value of <paramref name="positives"/> lies above one of
    /// <paramref name="negatives"/>, ties counting half (Mann and Whitney's U over the number of pairs). NaN when a side is empty.
    /// </summary>
    /// <exception cref="ArgumentException">A value is NaN.</exception>
    public static double Auc(ReadOnlySpan<float> positives, ReadOnlySpan<float> negatives)
    {
        if (positives.IsEmpty || negatives.IsEmpty)
            return double.NaN;
        float[] sorted = negatives.ToArray();
        foreach (float value in sorted)
            RequireNumber(value, nameof(negatives));
        Array.Sort(sorted);

        double above = 0;
        foreach (float value in positives)
        {
            RequireNumber(value, nameof(positives));
            int smaller = LowerBound(sorted, value, inclusive: false);
            int notLarger = LowerBound(sorted, value, inclusive: true);
            above += smaller + 0.5 * (notLarger - smaller);
        }

        return above / ((double)positives.Length * negatives.Length);
    }

    // How many of the sorted values are below the value (inclusive: or equal to it).
    private static int LowerBound(float[] sorted, float value, bool inclusive)
    {
        int low = 0,
            high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool left = inclusive ? sorted[middle] <= value : sorted[middle] < value;
            if (left)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void RequireNumber(float value, string name)
    {
        if (float.IsNaN(value))
            throw new ArgumentException("A value is NaN; ranks need numbers.", name);
    }
}
