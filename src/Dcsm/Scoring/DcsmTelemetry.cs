using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Dcsm.Scoring;

/// <summary>
/// What scorers tell of their work: an <see cref="ActivitySource"/> and a <see cref="Meter"/>, both called <see cref="Name"/>. Nothing is
/// sent anywhere by itself; OpenTelemetry or <c>dotnet-counters</c> listens to the name.
/// </summary>
/// <remarks>
/// Activities: <c>dcsm.encode</c> (captions), <c>dcsm.score</c> (a picture or a batch). Meters: <c>dcsm.images</c>, <c>dcsm.pairs</c>,
/// <c>dcsm.queue</c> (waiting now), <c>dcsm.stage.duration</c> in seconds by the tag <c>stage</c>: queue, captions, images, head.
/// </remarks>
public static class DcsmTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Dcsm";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Images = Meter.CreateCounter<long>("dcsm.images", "{image}", "Pictures that were scored.");
    private static readonly Counter<long> Pairs = Meter.CreateCounter<long>("dcsm.pairs", "{pair}", "Pairs that were scored.");
    private static readonly UpDownCounter<int> Queue = Meter.CreateUpDownCounter<int>("dcsm.queue", "{call}", "Calls that wait.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "dcsm.stage.duration",
        "s",
        "Seconds by stage.",
        tags: null,
        // OpenTelemetry's own are for milliseconds.
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] }
    );

    internal static Activity? Start(string name, int images, int captions)
    {
        Activity? activity = Source.StartActivity(name);
        activity?.SetTag("dcsm.images", images).SetTag("dcsm.captions", captions);
        return activity;
    }

    internal static void Scored(int images, int captions)
    {
        Images.Add(images);
        Pairs.Add((long)images * captions);
    }

    internal static void Waiting(int change) => Queue.Add(change);

    /// <summary>Runs a stage, and tells how long it took.</summary>
    internal static T Stage<T>(string stage, Func<T> work)
    {
        if (!Duration.Enabled)
            return work();
        long start = Stopwatch.GetTimestamp();
        T result = work();
        Took(stage, start);
        return result;
    }

    internal static void Took(string stage, long start) =>
        Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("stage", stage));
}
