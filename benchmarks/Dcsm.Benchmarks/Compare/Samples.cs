namespace Dcsm.Benchmarks.Compare;

/// <summary>Seconds of one operation, run by run.</summary>
internal sealed record Samples(IReadOnlyList<double> Seconds)
{
    public double Median
    {
        get
        {
            double[] sorted = [.. Seconds.Order()];
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>Median, least and greatest, in another unit.</summary>
    public Measurement As(Func<double, double> unit)
    {
        double[] ends = [unit(Seconds.Min()), unit(Seconds.Max())];
        return new Measurement(unit(Median), ends.Min(), ends.Max());
    }
}
