using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Adaptation;
using Dcsm.Training.Heads;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Samples;
using Dcsm.Training.Sources;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Tests;

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

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_CLIP_that_is_opened_for_training_gives_what_the_frozen_one_gives()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var model = TorchClip.Load(small.Clip);
        float[] pixels = Pixels(3);
        string[] captions = ["a picture of a car", "an apple", "a picture of a red bus and a blue key"];

        float[] images = [.. model.EncodeImages(ClipAdaptation.Patches(pixels, small.Clip.Config.Vision)).contiguous().data<float>()];
        float[] texts = [.. ClipAdaptation.EncodeTexts(model, small.Clip, captions).contiguous().data<float>()];

        Near(small.Clip.EncodePixels(pixels, 3).Tokens.Values, images);
        Near(small.Clip.EncodeTexts(captions, small.Clip.Config.Text.ContextLength).Pooled.Values, texts);
    }

    [Fact]
    public void Low_rank_updates_begin_at_nothing_and_merge_into_the_weights()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        var model = TorchClip.Load(small.Clip);
        Tensor patches = ClipAdaptation.Patches(Pixels(2), small.Clip.Config.Vision);
        float[] before = Values(model.EncodeImages(patches));

        IReadOnlyDictionary<string, Parameter> trained = ClipAdaptation.Choose(model, AdaptationMethod.LowRank, rank: 2);
        Assert.Equal(before, Values(model.EncodeImages(patches)));
        // Queries and values of one layer in either tower, widths 64 and 32: A and B of rank 2 each.
        Assert.Equal(2 * 2 * 2 * (64 + 32), trained.Values.Sum(p => p.numel()));

        foreach (LowRankUpdate update in model.Updates!.Values)
            update.B.copy_(randn_like(update.B));
        float[] updated = Values(model.EncodeImages(patches));
        Assert.True(Difference(before, updated) > 1e-3);
        foreach ((string name, LowRankUpdate update) in model.Updates)
            model.Parameters[name].add_(update.Delta());
        model.Updates = null;
        Near(updated, Values(model.EncodeImages(patches)));
    }

    [Theory]
    [InlineData(AdaptationMethod.Projection)]
    [InlineData(AdaptationMethod.LowRank)]
    [InlineData(AdaptationMethod.Full)]
    public void Only_what_a_method_trains_is_changed(AdaptationMethod method)
    {
        AdaptationRun run = ClipAdaptation.Train(small.Clip, small.Scenes(), method, Options, _folder.Path);
        using SafetensorsFile before = SafetensorsFile.Open(Path.Combine(small.Folder, "model.safetensors")),
            after = SafetensorsFile.Open(_folder["model.safetensors"]);
        string[] changed = [.. before.Names.Where(name => !before.ReadFloat32(name).SequenceEqual(after.ReadFloat32(name)))];

        Func<string, bool> isMeant = method switch
        {
            AdaptationMethod.Projection => name => name is "visual_projection.weight" or "text_projection.weight",
            AdaptationMethod.LowRank => name =>
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
        Assert.Equal(
            method switch
            {
                AdaptationMethod.Projection => (32 * 64) + (32 * 32),
                AdaptationMethod.LowRank => 2 * 2 * 2 * (64 + 32),
                _ => before.Names.Sum(name => (long)before.ReadFloat32(name).Length),
            },
            run.Parameters
        );
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights()
    {
        string[] folders = [_folder["a"], _folder["b"], _folder["c"]];
        ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethod.LowRank, Options, folders[0]);
        ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethod.LowRank, Options, folders[1]);
        ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethod.LowRank, Options with { Seed = 2 }, folders[2]);
        byte[][] files = [.. folders.Select(folder => File.ReadAllBytes(Path.Combine(folder, "model.safetensors")))];
        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    [Fact]
    public void A_finished_method_is_not_trained_again_and_other_settings_are_refused()
    {
        AdaptationRun first = ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethod.LinearProbe, Options, _folder.Path);
        AdaptationRun again = ClipAdaptation.Train(
            small.Clip,
            small.Scenes(),
            AdaptationMethod.LinearProbe,
            Options,
            _folder.Path,
            new Fail()
        );
        Assert.Equal(first.Parameters, again.Parameters);
        Assert.Equal(first.Seconds, again.Seconds, 2);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            ClipAdaptation.Train(small.Clip, small.Scenes(), AdaptationMethod.LinearProbe, Options with { Steps = 4 }, _folder.Path)
        );
        Assert.Contains("steps was 3 and is 4", error.Message, StringComparison.Ordinal);
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
        ClipAdaptation.Train(
            small.Clip,
            small.Scenes(),
            AdaptationMethod.Full,
            Options with
            {
                Steps = 60,
                Samples = 2,
                LearningRate = 3e-3,
            },
            _folder.Path,
            new Watch(p => losses.Add(p.Loss))
        );
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
            AdaptationMethod.LinearProbe,
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
            ClipAdaptation.Train(clip, small.Scenes(), AdaptationMethod.Full, Options, _folder["out"])
        );
        Assert.Contains("another activation than quick_gelu", error.Message, StringComparison.Ordinal);
    }

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
