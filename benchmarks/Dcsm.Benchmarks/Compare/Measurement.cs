namespace Dcsm.Benchmarks.Compare;

/// <summary>A measured number: the median of its runs, the least and the greatest.</summary>
internal readonly record struct Measurement(double Median, double Least, double Greatest)
{
    public static Measurement Exactly(double value) => new(value, value, value);
}
