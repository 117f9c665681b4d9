namespace Dcsm.Reporting.Pictures;

/// <summary>The range of an axis, where its ticks are, and where a value lies on it.</summary>
internal sealed class ChartAxis
{
    private readonly bool _logarithmic;
    private readonly double _low,
        _high,
        _base;

    /// <param name="values">What lies on it.</param>
    /// <param name="logarithmic">Whether it goes by powers of ten, or of two where all values are such.</param>
    /// <param name="tight">Whether it ends at the values, and not at ticks.</param>
    /// <param name="most">The highest value that there can be: the axis does not go on beyond.</param>
    public ChartAxis(IReadOnlyList<double> values, bool logarithmic, bool tight, double most = double.PositiveInfinity)
    {
        _logarithmic = logarithmic;
        (double low, double high) = values.Count == 0 ? (logarithmic ? 1 : 0, 1) : (values.Min(), values.Max());
        if (logarithmic)
        {
            _base = values.Count > 1 && values.All(value => double.IsPow2(value)) ? 2 : 10;
            (_low, _high) = (Math.Floor(Math.Log(low, _base) + 1e-9), Math.Ceiling(Math.Log(high, _base) - 1e-9));
            _high = Math.Max(_high, _low + 1);
            Ticks = [.. Enumerable.Range((int)_low, (int)(_high - _low) + 1).Select(power => Math.Pow(_base, power))];
            return;
        }
        if (high - low < 1e-9 * Math.Max(1, Math.Abs(high)))
            (low, high) = (low - Math.Max(0.5, Math.Abs(low) / 20), high + Math.Max(0.5, Math.Abs(high) / 20));
        double step = NiceStep(high - low);
        // Between two steps there is none.
        if (tight && values.All(double.IsInteger))
            step = Math.Max(1, step);
        // Rounded outwards to ticks, but an axis of steps or time ends where it ends.
        (_low, _high) = tight ? (low, high) : (Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step);
        if (_low < most)
            _high = Math.Min(_high, most);
        long first = (long)Math.Ceiling((_low / step) - 1e-9),
            last = (long)Math.Floor((_high / step) + 1e-9);
        Ticks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
    }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>0 at the low end, 1 at the high one.</summary>
    public double Place(double value) => ((_logarithmic ? Math.Log(value, _base) : value) - _low) / (_high - _low);

    // 1, 2 or 5 times a power of ten, so that there are about five.
    private static double NiceStep(double range)
    {
        double raw = range / 5,
            power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power
            * (raw / power) switch
            {
                <= 1 => 1,
                <= 2 => 2,
                <= 5 => 5,
                _ => 10,
            };
    }
}
