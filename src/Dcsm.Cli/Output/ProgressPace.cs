using System.Diagnostics;
using System.Globalization;

namespace Dcsm.Cli.Output;

/// <summary>How far a piece of work is, how fast it goes and how long it still takes.</summary>
/// <remarks>Counted from the first report, so a run that goes on from a checkpoint shows its own pace.</remarks>
internal sealed class ProgressPace(string unit, Func<TimeSpan>? clock = null)
{
    private readonly Func<TimeSpan> _clock = clock ?? StopwatchClock();
    private readonly Lock _lock = new();
    private TimeSpan _firstTime;
    private double _firstFraction = double.NaN;
    private long _firstDone;
    private TimeSpan _lastTime;
    private double _fraction;
    private long _done;
    private string? _note;

    /// <summary>0 to 1.</summary>
    public double Fraction
    {
        get
        {
            lock (_lock)
                return _fraction;
        }
    }

    public void Report(double fraction, long done, string? note)
    {
        lock (_lock)
        {
            _lastTime = _clock();
            _fraction = double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1);
            (_done, _note) = (done, note);
            if (double.IsNaN(_firstFraction))
                (_firstTime, _firstFraction, _firstDone) = (_lastTime, _fraction, done);
        }
    }

    /// <summary>"650 steps, 12 steps/s, 1:03 left, loss 0.21".</summary>
    public string Describe()
    {
        lock (_lock)
        {
            var parts = new List<string>();
            if (_done > 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{_done} {unit}"));
            double seconds = (_lastTime - _firstTime).TotalSeconds;
            if (seconds > 0.5 && _done > _firstDone)
                parts.Add($"{Rate((_done - _firstDone) / seconds)} {unit}/s");
            if (seconds > 1 && _fraction > _firstFraction && _fraction < 1)
                parts.Add(Span(TimeSpan.FromSeconds(seconds * (1 - _fraction) / (_fraction - _firstFraction))) + " left");
            if (!string.IsNullOrEmpty(_note))
                parts.Add(_note);
            return string.Join(", ", parts);
        }
    }

    /// <summary>m:ss or h:mm:ss.</summary>
    public static string Span(TimeSpan span) =>
        span.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}:{span.Seconds:00}");

    private static Func<TimeSpan> StopwatchClock()
    {
        var watch = Stopwatch.StartNew();
        return () => watch.Elapsed;
    }

    private static string Rate(double perSecond) => perSecond.ToString(perSecond >= 10 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
