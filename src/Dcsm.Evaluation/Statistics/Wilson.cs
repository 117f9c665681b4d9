namespace Dcsm.Evaluation.Statistics;

/// <summary>Wilson's score interval of a proportion (Wilson 1927), without continuity correction.</summary>
internal static class Wilson
{
    /// <summary>The share <paramref name="right"/> / <paramref name="count"/> with its interval; NaN when there are no items.</summary>
    /// <param name="right">How many are right; may be fractional where ties count in part.</param>
    /// <param name="count">How many independent items there are.</param>
    /// <param name="confidence">0.95 for the 95 % interval.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="right"/> lies outside 0 to <paramref name="count"/>, or the confidence outside 0 to 1.
    /// </exception>
    public static Estimate Interval(double right, int count, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(right);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(right, count);
        NormalDistribution.RequireConfidence(confidence);
        if (count == 0)
            return new Estimate(double.NaN, double.NaN, double.NaN);

        double z = NormalDistribution.Quantile((1 + confidence) / 2);
        double share = right / count;
        double scale = 1 / (1 + z * z / count);
        double center = scale * (share + z * z / (2 * count));
        double half = scale * z * Math.Sqrt(share * (1 - share) / count + z * z / (4.0 * count * count));
        // At 0 and 1 the end is exactly the share; rounding must not put the share outside.
        return new Estimate(share, Math.Min(share, Math.Max(0, center - half)), Math.Max(share, Math.Min(1, center + half)));
    }
}
