using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Pretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

public sealed class ClipPretrainerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_canceled_run_goes_on_and_ends_bit_for_bit_like_an_uninterrupted_one()
    {
        string whole = _folder["whole"],
            parts = _folder["parts"];
        await SmallRun.Open(whole).TrainAsync(null, CancellationToken.None);

        using (var stop = new CancellationTokenSource())
        {
            var progress = new StepWatch(step =>
            {
                if (step == 3)
                    stop.Cancel();
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SmallRun.Open(parts).TrainAsync(progress, stop.Token));
        }
        Assert.False(File.Exists(Path.Combine(parts, "model.safetensors")));
        ClipPretrainer resumed = SmallRun.Open(parts);
        Assert.Equal(3, resumed.Step);
        await resumed.TrainAsync(null, CancellationToken.None);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "model.safetensors")),
            File.ReadAllBytes(Path.Combine(parts, "model.safetensors"))
        );
    }

    [Fact]
    public void The_sigmoid_loss_asks_of_every_pair_by_itself_whether_it_is_one()
    {
        float[] logits = [2, -1, 0.5f, -3, 4, 1, 0, -2, -0.5f]; // [3, 3]
        double expected = logits.Select((logit, i) => Math.Log(1 + Math.Exp((i % 4 == 0 ? -1 : 1) * (double)logit))).Sum() / 3;
        using Tensor loss = ClipPretrainer.PairwiseSigmoid(tensor(logits, [3, 3]));
        Assert.Equal(expected, loss.item<float>(), 1e-5);
    }

    [Fact]
    public async Task A_CLIP_that_is_trained_by_sigmoid_keeps_its_bias()
    {
        await SmallRun
            .Open(_folder.Path, SmallRun.Options with { Loss = ClipPretrainingLoss.Sigmoid })
            .TrainAsync(null, CancellationToken.None);
        using var model = ClipModel.Load(_folder.Path);
        Assert.InRange(model.LogitBias ?? 0, -10.5, -9.5);
        Assert.NotEqual(-10, model.LogitBias);
    }

    [Fact]
    public async Task A_checkpoint_of_other_options_is_refused()
    {
        await SmallRun.Open(_folder.Path).TrainAsync(null, CancellationToken.None);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            SmallRun.Open(_folder.Path, SmallRun.Options with { BatchSize = 8 })
        );
        Assert.Contains("other options", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_written_gives_the_same_tokens_through_onnx_runtime()
    {
        ClipPretrainer trainer = SmallRun.Open(_folder.Path);
        await trainer.TrainAsync(null, CancellationToken.None);
        using var model = ClipModel.Load(_folder.Path);

        var renderer = new SceneRenderer(SmallRun.Library, model.ImageSize);
        byte[] rgb = new byte[model.ImageSize * model.ImageSize * 3];
        float[] pixels = new float[rgb.Length];
        var scene = new Scene(7, [new PlacedObject(2, 0.4f, 0.5f, 0.5f, 1, false)]);
        renderer.Render(scene, rgb);
        model.Preprocessor.Normalize(rgb, pixels);
        ImageEncoding image = model.EncodePixels(pixels, 1);
        TextEncoding text = model.EncodeTexts(["A picture of a red car"], 12);

        var batches = (ClipPretrainingBatches)trainer.Source;
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] expectedImage = [.. trainer.Clip.EncodeImages(batches.PatchTensor([scene])).contiguous().data<float>()];
        (long[] ids, int length, long[] ends, _) = batches.Tokenize([
            ["a", "picture", "of", "a", "red", "car"],
        ]);
        Assert.Equal(ids, text.Texts[0].Ids.Take(length).Select(i => (long)i));
        float[] expectedText = [.. trainer.Clip.EncodeTexts(tensor(ids, [1, length])).contiguous().data<float>()];

        Near(expectedImage, image.Tokens.Values.ToArray());
        Near(expectedImage[..model.Dimension], image.Pooled.Values.ToArray());
        Near(expectedText, text.Tokens.Values[..expectedText.Length].ToArray());
        int end = (int)ends[0] * model.Dimension;
        Near(expectedText[end..(end + model.Dimension)], text.Pooled.Values.ToArray());
    }

    [Fact]
    public void A_batch_depends_on_seed_and_step_alone()
    {
        ClipPretrainer trainer = SmallRun.Open(_folder.Path);
        ClipPretrainingBatch first = trainer.Source.Make(4),
            again = trainer.Source.Make(4),
            other = trainer.Source.Make(5);

        Assert.Equal(first.Patches, again.Patches);
        Assert.Equal(first.Sparse, again.Sparse);
        Assert.NotEqual(first.Patches, other.Patches);
    }

    [Fact]
    public async Task The_log_has_what_happened_up_to_the_checkpoint_and_what_can_be_done_in_the_end()
    {
        await SmallRun.Open(_folder.Path).TrainAsync(null, CancellationToken.None);
        JsonNode[] lines = [.. File.ReadLines(_folder["metrics.jsonl"]).Select(line => JsonNode.Parse(line)!)];

        Assert.Equal([1, 2, 3, 4, 5, 6], lines.Select(line => line["step"]!.GetValue<int>()));
        Assert.All(lines, line => Assert.InRange(line["loss"]!.GetValue<double>(), 0.1, 5));
        // From 1 / 0.07, as openai/CLIP begins.
        Assert.InRange(lines[0]["logitScale"]!.GetValue<double>(), 13.5, 15);
        Assert.Equal(96, lines[5]["pictures"]!.GetValue<int>());
        Assert.InRange(lines[5]["validation"]!["named"]!.GetValue<double>(), 0, 1);
        Assert.Null(lines[4]["validation"]);
    }

    [Fact]
    public async Task A_checkpoint_of_other_objects_is_refused()
    {
        await SmallRun.Open(_folder.Path).TrainAsync(null, CancellationToken.None);
        var fewer = ObjectLibrary.Load(Repository.Path("data", "objects"), ["apple", "banana"]);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            new ClipPretrainer(fewer, ClipVocabulary.WordCounts(SmallRun.Library), _folder.Path, SmallRun.Options)
        );
        Assert.Contains("on other data (scenes of 10 objects", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Captions_tell_at_most_one_attribute_and_never_a_relation()
    {
        var world = new ClipPretrainingWorld(SmallRun.Library);
        var captions = new ClipPretrainingCaptions(SmallRun.Library);
        string[] attributes = [.. SceneColors.Names, "small", "big"];
        string[] never = ["above", "below", "left", "right", "not", "no", "without", "but", "absent"];
        int one = 0,
            all = 2000;
        for (int i = 0; i < all; i++)
        {
            var random = new SceneRandom(1, 2, (ulong)i);
            Scene scene = world.Many(ref random);
            string[] sparse = captions.Sparse(scene, ref random),
                full = captions.Full(scene, ref random);
            Assert.InRange(sparse.Count(attributes.Contains), 0, 1);
            Assert.DoesNotContain(sparse.Concat(full), never.Contains);
            Assert.All(scene.Objects, o => Assert.Contains(SmallRun.Library.Objects[o.Object].Name, full));
            one += sparse.Count(w => SmallRun.Library.Contains(w)) == 1 ? 1 : 0;
        }
        Assert.InRange(one / (double)all, 0.66, 0.74);
    }

    private static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5f);
    }

    private sealed class StepWatch(Action<int> at) : IProgress<ClipPretrainingProgress>
    {
        public void Report(ClipPretrainingProgress value) => at(value.Step);
    }
}
