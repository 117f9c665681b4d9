using Dcsm.Data.Scenes;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Tests;

public sealed class StatementTrainingTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    private static readonly SceneSplit Split = SceneSplit.Create([.. SmallRun.Library.Objects.Select(o => o.Name)], 1, 0.4, 0.1);

    private static readonly HeadTrainingOptions Options = HeadTrainingOptions.Statements with
    {
        Steps = 10,
        SamplesPerStream = 2,
        PoolSamples = 4,
        Reuse = 2,
        WarmUpSteps = 2,
        TextTokens = 12,
        Hidden = 16,
        ValidationSamples = 3,
        ReportEvery = 1,
        // Seventeen image tokens are CLS and a square of patches.
        RowValues = FunctionalRowValues.Structured,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private StatementTrainingSource Source(ulong seed = 1) => new(SmallRun.Library, Split, small.Clip.ImageSize, seed);

    [Fact]
    public void A_head_learns_statements_with_a_level_and_a_probability()
    {
        DcsmHead head = HeadTrainer.Train(small.Clip, Source(), Options);
        Assert.Equal(MapStandardization.Fixed, head.Config.Standardization);
        Assert.Equal(CaptionForm.Canonical, head.Config.CaptionForm);
        Assert.InRange(head.Config.MapDeviation, 0.01, 1);
        Assert.NotNull(head.Config.Calibration);
        Assert.InRange(head.Config.Metrics["calibration"]!["expectedCalibrationError"]!.GetValue<double>(), 0, 0.5);
        Assert.Contains("across", head.Config.Metrics["validation"]!["unseen_objects"]!.AsObject().Select(figure => figure.Key));
    }

    [Fact]
    public void A_few_groups_are_learned_by_heart()
    {
        var accuracy = new List<double>();
        HeadTrainer.Train(
            small.Clip,
            new WatchedGroups(Source(), 2),
            Options with
            {
                Steps = 200,
                Hidden = 64,
                LearningRate = 5e-3,
                ValidationSamples = 0,
                PoolSamples = 2,
            },
            progress: new Watch(p => accuracy.Add(p.Accuracy))
        );
        Assert.InRange(accuracy[^1], 0.9, 1);
    }

    [Fact]
    public void A_run_that_is_stopped_ends_bit_for_bit_like_an_uninterrupted_one()
    {
        DcsmHead whole = HeadTrainer.Train(small.Clip, Source(), Options);
        using var stop = new CancellationTokenSource();
        var watch = new Watch(p =>
        {
            if (p.Step == 5)
                stop.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() =>
            HeadTrainer.Train(small.Clip, Source(), Options, _folder.Path, watch, stop.Token)
        );
        DcsmHead parts = HeadTrainer.Train(small.Clip, Source(), Options, _folder.Path);
        Assert.Equal(whole.Weights.Fc1Weight.ToArray(), parts.Weights.Fc1Weight.ToArray());
        Assert.Equal(whole.Config.Calibration, parts.Config.Calibration);
        Assert.Equal(whole.Config.FixedStatistics, parts.Config.FixedStatistics);
    }

    [Fact]
    public void Training_goes_on_from_a_head()
    {
        DcsmHead first = HeadTrainer.Train(small.Clip, Source(), Options);
        // What the options say of words and layout does not count.
        DcsmHead second = HeadTrainer.Train(
            small.Clip,
            Source(seed: 2),
            new HeadTrainingOptions
            {
                Loss = HeadLoss.Statements,
                Steps = 2,
                SamplesPerStream = 2,
                PoolSamples = 4,
                ValidationSamples = 3,
                LearningRate = 1e-6,
                From = first,
            }
        );
        Assert.Equal(first.Config.FixedStatistics, second.Config.FixedStatistics);
        Assert.Equal(first.Config.Words.Words, second.Config.Words.Words);
        Assert.Equal(CaptionForm.Canonical, second.Config.CaptionForm);
        Assert.Equal(first.Weights.FunctionalRows.ToArray(), second.Weights.FunctionalRows.ToArray());
        Assert.NotEqual(first.Weights.Fc1Weight.ToArray(), second.Weights.Fc1Weight.ToArray());
        Assert.Equal(first.Weights.Fc1Weight.ToArray(), second.Weights.Fc1Weight.ToArray(), (a, b) => Math.Abs(a - b) <= 1e-4f);

        var other = new DcsmHead(first.Config with { ClipFingerprint = "sha256:0" }, first.Weights);
        Assert.Contains(
            "sha256:0",
            Assert.Throws<ArgumentException>(() => HeadTrainer.Train(small.Clip, Source(), Options with { From = other })).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Without_the_absolute_term_there_is_no_probability() =>
        Assert.Null(HeadTrainer.Train(small.Clip, Source(), Options with { SigmoidWeight = 0, Steps = 2 }).Config.Calibration);

    [Fact]
    public void Sources_of_twins_train_on_statements_too()
    {
        DcsmHead head = HeadTrainer.Train(small.Clip, small.Scenes(), Options with { Steps = 3 });
        Assert.All(head.Weights.Fc1Weight.ToArray(), weight => Assert.True(float.IsFinite(weight)));
    }

    [Fact]
    public void Statements_train_twins_too()
    {
        DcsmHead head = HeadTrainer.Train(
            small.Clip,
            Source(),
            new HeadTrainingOptions
            {
                Steps = 3,
                SamplesPerStream = 4,
                PoolSamples = 8,
                TextTokens = 12,
                Hidden = 16,
                ValidationSamples = 3,
            }
        );
        Assert.Null(head.Config.Calibration);
    }

    [Fact]
    public void A_group_knows_its_captions()
    {
        HeadTrainingGroup group = Source().ReadGroup(0, 7);
        Assert.Equal(8, group.Images.Count);
        Assert.Equal(34, group.Captions.Count);
        Assert.Equal(2, group.Kinds.Count(kind => kind == "empty"));
        for (int caption = 0; caption < 32; caption++)
            Assert.Equal(caption % 2 == 0 ? 1 : 0, group.Targets[group.Image[caption], caption]);
        Assert.Equal(group.Captions, Source().ReadGroup(0, 7).Captions);
        Assert.NotEqual(group.Captions, Source(2).ReadGroup(0, 7).Captions);
    }

    [Fact]
    public void Standardizing_together_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            HeadTrainer.Train(small.Clip, Source(), Options with { Standardization = MapStandardization.WholeBatch })
        );

    /// <summary>The first groups of a source.</summary>
    private sealed class WatchedGroups(IHeadTrainingSource source, long count) : IHeadTrainingSource
    {
        public IReadOnlyList<string> Streams => source.Streams;

        public IReadOnlyDictionary<string, IHeadTrainingSource> Validation => source.Validation;

        public long? Count(int stream) => count;

        public HeadTrainingSample Read(int stream, long index) => source.Read(stream, index);

        public HeadTrainingGroup ReadGroup(int stream, long index) => source.ReadGroup(stream, index);

        public System.Text.Json.Nodes.JsonObject Describe() => source.Describe();
    }

    private sealed class Watch(Action<HeadTrainingProgress> at) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value) => at(value);
    }
}
