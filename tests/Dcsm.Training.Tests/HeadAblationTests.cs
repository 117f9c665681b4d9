using Dcsm.Head;
using Dcsm.Scoring;
using Dcsm.Training.Ablation;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Tests;

public sealed class HeadAblationTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    private static readonly HeadTrainingOptions Options = new()
    {
        Steps = 3,
        SamplesPerStream = 4,
        TextTokens = 12,
        Hidden = 16,
        ValidationSamples = 0,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shared_encodings_change_nothing()
    {
        var ablation = new HeadAblation(small.Clip, small.Scenes(), 6, Options);
        foreach (HeadVariant variant in HeadVariants.Find(["rows-word-index", "whole-batch", "mlp", "without-size"]))
        {
            DcsmHead shared = ablation.Train(variant, 5, _folder[variant.Name]);
            var source = new SubsetTrainingSource(small.Scenes(), 6, variant.Without);
            DcsmHead alone = HeadTrainer.Train(small.Clip, source, variant.Change(Options) with { Seed = 5, PoolSamples = 6 });
            Assert.Equal(alone.Weights.Fc1Weight.ToArray(), shared.Weights.Fc1Weight.ToArray());
            Assert.Equal(alone.Weights.Conv2Weight.ToArray(), shared.Weights.Conv2Weight.ToArray());
        }
    }

    [Fact]
    public void Each_sample_is_read_once_for_all_variants_and_seeds()
    {
        var watched = new WatchedSource(small.Scenes());
        var ablation = new HeadAblation(small.Clip, watched, 6, Options);
        foreach (HeadVariant variant in HeadVariants.Find(["rows-off", "conv-3", "scenes-125", "without-color"]))
        {
            for (ulong seed = 1; seed <= 2; seed++)
                ablation.Train(variant, seed, Path.Combine(_folder.Path, variant.Name, $"{seed}"));
        }
        Assert.Equal(4 * 6, watched.Reads.Count);
        Assert.All(watched.Reads.Values, reads => Assert.Equal(1, reads));
        Assert.Equal(4 * 6, ablation.Encoded);
    }

    [Fact]
    public void Every_variant_gives_a_head_that_is_saved_and_scored()
    {
        var ablation = new HeadAblation(small.Clip, small.Scenes(), 4, Options with { Steps = 1 });
        Assert.Equal(HeadVariants.All.Count, HeadVariants.All.Select(variant => variant.Name).Distinct().Count());
        DcsmHead baseline = ablation.Train(HeadVariants.All[0], 1, _folder["baseline"]);
        foreach (HeadVariant variant in HeadVariants.All.Skip(1))
        {
            ablation.Train(variant, 1, _folder[variant.Name]);
            var scorer = new DcsmScorer(small.Clip, DcsmHead.Load(_folder[variant.Name]));
            Assert.Equal(1, scorer.Head.Config.Training["options"]!["steps"]!.GetValue<int>());
            Assert.Equal(variant.Without is null ? 4 : 3, scorer.Head.Config.Training["data"]!["subset"]!["streams"]!.AsArray().Count);
            bool differs = !scorer.Head.Weights.Fc1Weight.ToArray().SequenceEqual(baseline.Weights.Fc1Weight.ToArray());
            // Fewer scenes than there are is what the baseline has here.
            Assert.Equal(variant.Samples is null, differs);
        }
    }

    [Fact]
    public void Unknown_variants_and_streams_are_named()
    {
        Assert.Contains(
            "'mpl' is none of the variants baseline",
            Assert.Throws<ArgumentException>(() => HeadVariants.Find(["mpl"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no stream 'shape'",
            Assert.Throws<ArgumentException>(() => new SubsetTrainingSource(small.Scenes(), 3, "shape")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_subset_is_the_first_samples_of_the_streams_that_are_left()
    {
        SceneTrainingSource scenes = small.Scenes();
        var subset = new SubsetTrainingSource(scenes, 3, "size");
        Assert.Equal(["color", "spatial", "negation"], subset.Streams);
        Assert.Equal(3, subset.Count(0));
        Assert.Equal(scenes.Read(2, 1).Captions, subset.Read(1, 1).Captions);
        Assert.Equal(scenes.Validation.Keys, subset.Validation.Keys);
        Assert.Equal(2, new SubsetTrainingSource(new WatchedSource(scenes, count: 2), 3).Count(0));
    }
}
