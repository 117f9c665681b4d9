namespace Dcsm.Maps;

/// <summary>Count, mean and summed squares of deviations, which can be merged (Chan, Golub, LeVeque 1979).</summary>
internal readonly record struct MapStatistics(long Count, double Mean, double SquaredDeviations)
{
    /// <summary>The unbiased standard deviation; 0 where there is none.</summary>
    internal double Deviation => Count > 1 ? Math.Sqrt(SquaredDeviations / (Count - 1)) : 0;

    /// <summary>What deviations are multiplied by; 0 for values that are all the same but for rounding.</summary>
    internal double Scale =>
        Deviation is var deviation && deviation > Math.Abs(Mean) * DenseMap.ConstantBelow && deviation > 1e-30 ? 1 / deviation : 0;

    internal bool IsFinite => double.IsFinite(Mean) && double.IsFinite(SquaredDeviations);

    internal static MapStatistics Of(ReadOnlySpan<float> values, string parameter)
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

    internal MapStatistics Merge(MapStatistics other)
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

    internal void Standardize(Span<float> values)
    {
        (double mean, double scale) = (Mean, Scale);
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((values[i] - mean) * scale);
    }
}
