using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Dcsm.Scoring;

namespace Dcsm.Tests;

public sealed class DcsmTelemetryTests : IDisposable
{
    private readonly TinyClip _clip = new();

    public void Dispose() => _clip.Dispose();

    [Fact]
    public async Task Who_listens_hears_of_stages_pictures_and_pairs()
    {
        var activities = new ConcurrentBag<string>();
        var stages = new ConcurrentBag<string>();
        var counts = new ConcurrentDictionary<string, long>();
        using var activityListener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DcsmTelemetry.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => activities.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(activityListener);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == DcsmTelemetry.Name)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        meters.SetMeasurementEventCallback<double>(
            (_, seconds, tags, _) =>
            {
                Assert.InRange(seconds, 0, 1000);
                stages.Add($"{tags[0].Value}");
            }
        );
        meters.Start();

        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        string[] pictures = _clip.Pictures(2);
        CaptionSet captions = scorer.Encode(["a cat", "a dog"]);
        scorer.Score(pictures[0], captions);
        await scorer.ScoreAsync(pictures[1], captions);

        Assert.Contains("dcsm.encode", activities);
        Assert.Contains("dcsm.score", activities);
        foreach (string stage in new[] { "captions", "images", "head" })
            Assert.Contains(stage, stages);
        // Others may score at the same time.
        Assert.InRange(counts["dcsm.images"], 2, long.MaxValue);
        Assert.InRange(counts["dcsm.pairs"], 4, long.MaxValue);
    }
}
