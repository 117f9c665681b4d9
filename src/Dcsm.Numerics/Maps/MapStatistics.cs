namespace Dcsm.Numerics.Maps;

/// <summary>Count, mean and summed squares of deviations of a map's values, which can be merged (Chan, Golub, LeVeque 1979).</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="SquaredDeviations">Sum of their squared distances from the mean.</param>
public readonly record struct MapStatistics(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>
    /// A map whose standard deviation is not above this share of its mean is constant up to rounding, and becomes all zeros.
    /// </summary>
    private const double ConstantBelow = 1e-6;

    /// <summary>The unbiased standard deviation; 0 where there is none.</summary>
    public double Deviation => Count > 1 ? Math.Sqrt(SquaredDeviations / (Count - 1)) : 0;

    /// <summary>What deviations are multiplied by; 0 for values that are all the same but for rounding.</summary>
    public double Scale =>
        Deviation is var deviation && deviation > Math.Abs(Mean) * ConstantBelow && deviation > 1e-30 ? 1 / deviation : 0;

    /// <summary>Whether all values were numbers.</summary>
    public bool IsFinite => double.IsFinite(Mean) && double.IsFinite(SquaredDeviations);

    /// <summary>The statistics of some values.</summary>
    /// <param name="values">The values.</param>
    /// <param name="parameter">Under which name the caller got them, for errors.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static MapStatistics Of(ReadOnlySpan<float> values, string parameter)
    {
        double sum = 0.0;
        for (int i = 0; i < values.Length; i++)
            sum += values[i];
        if (!double.IsFinite(sum))
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]))
                    throw new ArgumentException($"Value {i} of the map is {values[i]}; only finite values can be standardized.", parameter);
            }
        }
        double mean = sum / Math.Max(1, values.Length);
        double squares = 0.0;
        for (int i = 0; i < values.Length; i++)
            squares += (values[i] - mean) * (values[i] - mean);
        return new MapStatistics(values.Length, mean, squares);
    }

    /// <summary>From squared distances that were taken from the mean rounded to a float.</summary>
    /// <param name="count">Number of values.</param>
    /// <param name="mean">Their mean, not rounded.</param>
    /// <param name="squares">Sum of their squared distances from <paramref name="mean"/> as a float.</param>
    public static MapStatistics FromRounded(long count, double mean, double squares)
    {
        double rounding = mean - (float)mean;
        return new MapStatistics(count, mean, Math.Max(0, squares - (count * rounding * rounding)));
    }

    /// <summary>The statistics of both sets of values together.</summary>
    public MapStatistics Merge(MapStatistics other)
    {
        if (Count == 0 || other.Count == 0)
            return Count == 0 ? other : this;
        long count = Count + other.Count;
        double delta = other.Mean - Mean;
        return new MapStatistics(
            count,
            Mean + (delta * other.Count / count),
            SquaredDeviations + other.SquaredDeviations + (delta * delta * ((double)Count * other.Count / count))
        );
    }

    /// <summary>Brings values to mean 0 and deviation 1.</summary>
    public void Standardize(Span<float> values)
    {
        (double mean, double scale) = (Mean, Scale);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((values[i] - mean) * scale);
    }
}
