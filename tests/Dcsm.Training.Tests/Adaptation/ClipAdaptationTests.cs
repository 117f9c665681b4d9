using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Adaptation;
using Dcsm.Training.Adaptation.LowRank;
using Dcsm.Training.Adaptation.Probing;
using Dcsm.Training.Heads;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Samples;
using Dcsm.Training.Sources;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Tests.Adaptation;

public sealed class ClipAdaptationTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    private static readonly AdaptationOptions Options = new()
    {
        Steps = 3,
        SamplesPerStream = 2,
        Samples = 8,
        Rank = 2,
        LearningRate = 0.01,
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Methods => new(AdaptationMethods.All.Select(method => method.Name));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_CLIP_that_is_opened_for_training_gives_what_the_frozen_one_gives()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var model = TorchClip.Load(small.Clip);
        float[] pixels = Pixels(3);
        string[] captions = ["a picture of a car", "an apple", "a picture of a red bus and a blue key"];

        float[] images = [.. model.EncodeImages(ClipTuningMethod.Patches(pixels, small.Clip.Config.Vision)).contiguous().data<float>()];
        float[] texts = [.. ClipTuningMethod.EncodeTexts(model, small.Clip, captions).contiguous().data<float>()];

        Near(small.Clip.EncodePixels(pixels, 3).Tokens.Values.ToArray(), images);
        Near(small.Clip.EncodeTexts(captions, small.Clip.Config.Text.ContextLength).Pooled.Values.ToArray(), texts);
    }

    [Fact]
    public void Low_rank_updates_begin_at_nothing_and_merge_into_the_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var model = TorchClip.Load(small.Clip);
        Tensor patches = ClipTuningMethod.Patches(Pixels(2), small.Clip.Config.Vision);
        float[] before = Values(model.EncodeImages(patches));

        TrainedParameters trained = new LowRankMethod().Choose(model, Options, generator: null);
        Assert.Equal(before, Values(model.EncodeImages(patches)));
        // Queries and values of one layer in either tower, widths 64 and 32: A and B of rank 2 each.
        Assert.Equal(2 * 2 * 2 * (64 + 32), trained.Parameters.Values.Sum(p => p.numel()));

        foreach (Parameter update in trained.Parameters.Where(p => p.Key.EndsWith(".B", StringComparison.Ordinal)).Select(p => p.Value))
            update.copy_(randn_like(update));
        float[] updated = Values(model.EncodeImages(patches));
        Assert.True(Difference(before, updated) > 1e-3);
        trained.Merge!();
        Assert.Empty(model.Additions);
        Near(updated, Values(model.EncodeImages(patches)));
    }

    [Theory]
    [InlineData("projection", (32 * 64) + (32 * 32))]
    [InlineData("lora", 2 * 2 * 2 * (64 + 32))]
    [InlineData("full", null)]
    public void Only_what_a_method_trains_is_changed(string method, int? parameters)
    {
        AdaptationRun run = Train(method, Options);
        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(small.Folder, "model.safetensors")),
            after = SafetensorsFile.Open(_folder["model.safetensors"]);
        string[] changed = [.. before.Names.Where(name => !before.ReadFloat32(name).SequenceEqual(after.ReadFloat32(name)))];

        Func<string, bool> isMeant = method switch
        {
            "projection" => name => name is "visual_projection.weight" or "text_projection.weight",
            "lora" => name =>
                name.EndsWith("q_proj.weight", StringComparison.Ordinal) || name.EndsWith("v_proj.weight", StringComparison.Ordinal),
            // Attention does not change when a bias of its keys does.
            _ => name => !name.EndsWith("k_proj.bias", StringComparison.Ordinal),
        };
        Assert.All(
            changed.Where(name => !name.EndsWith("k_proj.bias", StringComparison.Ordinal)),
            name => Assert.True(isMeant(name), name)
        );
        Assert.Equal(before.Names.Count(isMeant), changed.Count(isMeant));
        using var adapted = ClipModel.Load(_folder.Path);
        Assert.NotEqual(small.Clip.Fingerprint, adapted.Fingerprint);
        Assert.Equal(parameters ?? before.Names.Sum(name => (long)before.ReadFloat32(name).Length), run.Parameters);
    }

    [Theory]
    [InlineData("projection")]
    [InlineData("lora")]
    [InlineData("full")]
    public async Task The_bias_of_a_CLIP_that_was_trained_by_sigmoid_is_kept(string method)
    {
        await SmallRun
            .Open(_folder["sigmoid"], SmallRun.Options with { Loss = ClipPretrainingLoss.Sigmoid })
            .TrainAsync(null, CancellationToken.None);
        using var original = ClipModel.Load(_folder["sigmoid"]);
        ClipAdaptation.Train(original, small.Scenes(), AdaptationMethods.Find(method), Options, _folder["adapted"]);
        using var adapted = ClipModel.Load(_folder["adapted"]);
        Assert.NotNull(original.LogitBias);
        Assert.Equal(original.LogitBias, adapted.LogitBias);
        Assert.NotEqual(original.Fingerprint, adapted.Fingerprint);
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        string[] folders = [_folder["a"], _folder["b"], _folder["c"]];
        Train("lora", Options, folders[0]);
        Train("lora", Options, folders[1]);
        Train("lora", Options with { Seed = 2 }, folders[2]);
        byte[][] files = [.. folders.Select(folder => File.ReadAllBytes(Path.Combine(folder, "model.safetensors")))];
        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    /// <summary>What every method has to keep to; see the methods' own tests for the rest.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_leaves_what_scores_pictures_and_is_not_trained_again(string name)
    {
        var losses = new List<double>();
        AdaptationRun first = Train(name, Options, progress: new Watch(p => losses.Add(p.Loss)));
        Assert.Equal(Options.Steps, losses.Count(double.IsFinite));
        Assert.Equal((name, _folder.Path, Options.LearningRate), (first.Method.Name, first.Directory, first.LearningRate));
        Assert.True(first.Parameters > 0);
        Assert.True(first.Method.LearningRate > 0);
        Assert.NotEmpty(first.Method.Title(Options));

        HeadTrainingSample sample = small.Scenes().Read(0, 100);
        float[] pixels = new float[2 * 3 * small.Clip.ImageSize * small.Clip.ImageSize];
        SampleEncoder.Prepare(small.Clip, sample.Image, pixels.AsSpan(0, pixels.Length / 2));
        SampleEncoder.Prepare(small.Clip, sample.NegativeImage!, pixels.AsSpan(pixels.Length / 2));
        float[] Scores()
        {
            using AdaptedClip adapted = first.Method.Open(_folder.Path, small.Clip, new ClipOptions());
            return adapted.Score(
                adapted.Clip.EncodePixels(pixels, 2),
                adapted.Clip.EncodeTexts(
                    [sample.Captions[0], sample.NegativeCaptions[0]],
                    adapted.TextTokens > 0 ? adapted.TextTokens : adapted.Clip.Config.Text.ContextLength
                ),
                [(0, 0), (0, 1), (1, 0), (1, 1)]
            );
        }

        float[] scores = Scores();
        Assert.Equal(4, scores.Distinct().Count());
        Assert.All(scores, score => Assert.True(float.IsFinite(score)));
        // Whoever opened a frozen CLIP keeps it open.
        Assert.Equal(scores, Scores());

        AdaptationRun again = Train(name, Options, progress: new Fail());
        Assert.Equal(first.Parameters, again.Parameters);
        Assert.Equal(first.Seconds, again.Seconds, 2);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Train(name, Options with { Steps = 4 }));
        Assert.Contains("steps was 3 and is 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_are_found_by_names_of_their_own()
    {
        Assert.Equal(AdaptationMethods.All.Count, AdaptationMethods.All.Select(method => method.Name).Distinct().Count());
        Assert.Equal(AdaptationMethods.All.Count, AdaptationMethods.All.Select(method => method.RecordName).Distinct().Count());
        Assert.All(AdaptationMethods.All, method => Assert.Same(method, AdaptationMethods.Find(method.Name)));
        ArgumentException error = Assert.Throws<ArgumentException>(() => AdaptationMethods.Find("prompt"));
        Assert.Equal("'prompt' is none of probe, dcsm, projection, lora, full", error.Message);
    }

    [Fact]
    public void A_probe_begins_at_the_cosine_and_comes_back_as_it_was()
    {
        float[] u = [0.6f, 0.8f],
            v = [0.8f, -0.6f];
        Assert.Equal(0, new LinearProbe([1, 1, 0, 0]).Score(u, v), 6);
        var probe = new LinearProbe([2, 1, 0.5f, -1]);
        Assert.Equal((2 * 0.48f) - 0.48f + (0.5f * 0.2f) - 1.4f, probe.Score(u, v), 5);
        probe.Save(_folder.Path);
        Assert.Equal(probe.Score(u, v), LinearProbe.Load(_folder.Path).Score(u, v));
        Assert.Throws<ArgumentException>(() => probe.Score(u, [1]));
        Assert.Throws<ArgumentException>(() => new LinearProbe([1, 2, 3]));
    }

    [Fact]
    public void A_method_learns_a_few_scenes_by_heart()
    {
        var losses = new List<double>();
        Train("full", Options with { Steps = 60, Samples = 2, LearningRate = 3e-3 }, progress: new Watch(p => losses.Add(p.Loss)));
        Assert.Equal(60, losses.Count);
        Assert.True(losses[^1] < losses[0] - 1, $"{losses[0]} → {losses[^1]}");
    }

    [Fact]
    public void Each_sample_of_a_probe_is_encoded_once()
    {
        var watched = new WatchedSource(small.Scenes());
        var losses = new List<double>();
        ClipAdaptation.Train(
            small.Clip,
            watched,
            AdaptationMethods.Find("probe"),
            Options with
            {
                Steps = 80,
                Samples = 3,
                LearningRate = 0.05,
            },
            _folder.Path,
            new Watch(p => losses.Add(p.Loss))
        );
        // One more of the first sample, to see how many paraphrases there are.
        Assert.Equal(4 * 3, watched.Reads.Count);
        Assert.Equal((4 * 3) + 1, watched.Reads.Values.Sum());
        Assert.True(losses[^4..].Average() < losses[..4].Average() - 0.5, $"{losses[..4].Average()} → {losses[^4..].Average()}");
    }

    [Fact]
    public void Methods_see_the_samples_of_the_head_in_its_order()
    {
        var head = new WatchedSource(small.Scenes());
        var options = new HeadTrainingOptions
        {
            Steps = 3,
            SamplesPerStream = 2,
            PoolSamples = 8,
            TextTokens = 12,
            Hidden = 4,
            ValidationSamples = 0,
        };
        var adaptation = new AdaptationBatches(small.Clip, new SubsetTrainingSource(head, 8), Options);
        var trainer = new SampleOrder(options.Seed);
        for (int step = 0; step < 3; step++)
        {
            SceneRandom paraphrases = trainer.Paraphrases(step);
            foreach ((int Stream, long Index, int Paraphrase) sample in adaptation.Choose(step))
                Assert.Equal(paraphrases.NextInt(4), sample.Paraphrase);
        }
        // Two passes through eight samples visit each twice, in streams of four steps a pass.
        IGrouping<(int Stream, long Index), (int Stream, long Index, int Paraphrase)>[] visits = Enumerable
            .Range(0, 8)
            .SelectMany(adaptation.Choose)
            .GroupBy(sample => (sample.Stream, sample.Index))
            .ToArray();
        Assert.Equal(4 * 8, visits.Length);
        Assert.All(visits, visit => Assert.Equal(2, visit.Count()));
    }

    [Fact]
    public void A_CLIP_that_cannot_be_trained_is_told()
    {
        string copy = _folder["copy"];
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(small.Folder))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        string config = Path.Combine(copy, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("quick_gelu", "gelu", StringComparison.Ordinal));
        using var clip = ClipModel.Load(copy);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ClipAdaptation.Train(clip, small.Scenes(), AdaptationMethods.Find("full"), Options, _folder["out"])
        );
        Assert.Contains("another activation than quick_gelu", error.Message, StringComparison.Ordinal);
    }

    private AdaptationRun Train(
        string method,
        AdaptationOptions options,
        string? folder = null,
        IProgress<AdaptationProgress>? progress = null
    ) => ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethods.Find(method), options, folder ?? _folder.Path, progress);

    private float[] Pixels(int count)
    {
        var random = new SceneRandom(3);
        float[] pixels = new float[count * 3 * small.Clip.ImageSize * small.Clip.ImageSize];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = random.NextSingle(-2, 2);
        return pixels;
    }

    private static float[] Values(Tensor tensor) => [.. tensor.contiguous().data<float>()];

    private static float Difference(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();

    private static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(Difference(expected, found), 0, 1e-4f);
    }

    private sealed class Watch(Action<AdaptationProgress> at) : IProgress<AdaptationProgress>
    {
        public void Report(AdaptationProgress value) => at(value);
    }

    private sealed class Fail : IProgress<AdaptationProgress>
    {
        public void Report(AdaptationProgress value) => Assert.Fail("it is finished");
    }
}
