using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests;

public sealed class Int8TowerTests
{
    private static readonly ClipOptions Int8 = new() { Precision = ClipPrecision.Int8 };

    [Fact]
    public void Tokens_of_the_small_CLIP_are_near_those_in_float32()
    {
        string[] samples = Directory.GetFiles(Repository.Path("data", "samples"), "*.png");
        Assert.NotEmpty(samples);
        using var exact = ClipModel.Load(Repository.Path("data", "clip-small"));
        using var int8 = ClipModel.Load(Repository.Path("data", "clip-small"), Int8);
        Assert.Equal((ClipPrecision.Float32, ClipPrecision.Int8), (exact.Precision, int8.Precision));
        Assert.Equal(exact.Fingerprint, int8.Fingerprint);
        (ImageEncoding? expected, ImageEncoding? found) = (exact.EncodeImages(samples), int8.EncodeImages(samples));
        double[] cosines = Cosines.Of(expected.Tokens, found.Tokens);
        Assert.True(cosines.Average() > 0.9995 && cosines.Min() > 0.998, $"{cosines.Average()} on average, {cosines.Min()} at least");
        Assert.True(Cosines.Of(expected.Pooled, found.Pooled).Min() > 0.999);
        for (int i = 0; i < samples.Length; i++)
            Assert.Equal(found.Tokens[i][..int8.Dimension], found.Pooled[i]);
    }

    // The same function, with two channels behind each layer norm fifteen times as wide as they were.
    [Fact]
    public void Wide_channels_behind_a_layer_norm_cost_nothing()
    {
        const int Width = 128,
            Layers = 4;
        using var folder = new TemporaryFolder();
        foreach (string file in Directory.EnumerateFiles(Repository.Path("data", "clip-small")))
            File.Copy(file, folder[Path.GetFileName(file)]);
        var tensors = new Dictionary<string, (int[] Shape, float[] Values)>();
        using (var file = SafetensorsFile.Open(folder["model.safetensors"]))
        {
            foreach (string name in file.Names)
                tensors[name] = ([.. file.Get(name).Shape.Select(size => (int)size)], file.ReadFloat32(name));
        }
        (string, string[])[] readers =
        [
            ("layer_norm1", ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"]),
            ("layer_norm2", ["mlp.fc1"]),
        ];
        foreach (
            (string? norm, IEnumerable<string>? linears) in Enumerable
                .Range(0, Layers)
                .SelectMany(layer =>
                    readers.Select(reader =>
                        (
                            $"vision_model.encoder.layers.{layer}.{reader.Item1}",
                            reader.Item2.Select(part => $"vision_model.encoder.layers.{layer}.{part}.weight")
                        )
                    )
                )
        )
        {
            foreach (int channel in (int[])[17, 90])
            {
                tensors[norm + ".weight"].Values[channel] *= 15;
                tensors[norm + ".bias"].Values[channel] *= 15;
                foreach (float[]? values in linears.Select(name => tensors[name].Values))
                {
                    for (int i = channel; i < values.Length; i += Width)
                        values[i] /= 15;
                }
            }
        }
        SafetensorsWriter.Write(folder["model.safetensors"], tensors);

        using var exact = ClipModel.Load(Repository.Path("data", "clip-small"));
        using var int8 = ClipModel.Load(folder.Path, Int8);
        string[] samples = Directory.GetFiles(Repository.Path("data", "samples"), "*.png");
        double[] cosines = Cosines.Of(exact.EncodeImages(samples).Tokens, int8.EncodeImages(samples).Tokens);
        Assert.True(cosines.Average() > 0.9995 && cosines.Min() > 0.998, $"{cosines.Average()} on average, {cosines.Min()} at least");
    }

    // Weights by chance make activations without order, which is harder on int8 than what was trained.
    [Theory]
    [InlineData("a-quickgelu")]
    [InlineData("b-gelu")]
    [InlineData("c-fp16")]
    [InlineData("d-bf16-sharded")]
    public void Every_way_of_storing_and_both_activations_are_near_float32(string name)
    {
        using var exact = ClipModel.Load(Goldens.Path("clip-tiny", name));
        using var int8 = ClipModel.Load(Goldens.Path("clip-tiny", name), Int8);
        float[] pixels = Pixels(exact, 3);
        double[] cosines = Cosines.Of(exact.EncodePixels(pixels, 3).Tokens, int8.EncodePixels(pixels, 3).Tokens);
        Assert.True(cosines.Min() > 0.998, $"{cosines.Average()} on average, {cosines.Min()} at least");
    }

    [Fact]
    public void Tokens_are_the_same_to_the_bit_for_any_threads_and_any_batch()
    {
        const int Images = 7;
        using var one = ClipModel.Load(Repository.Path("data", "clip-small"), Int8 with { Threads = 1, BatchSize = 1 });
        float[] pixels = Pixels(one, Images);
        float[] expected = one.EncodePixels(pixels, Images).Tokens.Values.ToArray();
        foreach ((int threads, int batch) in ((int, int)[])[(1, 32), (2, 3), (3, 32), (5, 7), (20, 32)])
        {
            using var other = ClipModel.Load(Repository.Path("data", "clip-small"), Int8 with { Threads = threads, BatchSize = batch });
            Assert.Equal(expected, other.EncodePixels(pixels, Images).Tokens.Values.ToArray());
            Assert.Equal(expected, other.EncodePixels(pixels, Images).Tokens.Values.ToArray());
        }
    }

    // Its buffers end at pages that nobody may touch: sizes that no vector divides.
    [Theory]
    [InlineData(20, 2, 7, 21, 3)]
    [InlineData(36, 3, 5, 45, 7)]
    [InlineData(33, 1, 9, 70, 1)]
    public void Odd_sizes_are_read_as_far_as_they_reach(int width, int heads, int patch, int intermediate, int projection)
    {
        using var folder = new TemporaryFolder();
        var config = new ClipConfig
        {
            ProjectionDim = projection,
            Vision = new()
            {
                HiddenSize = width,
                Heads = heads,
                Layers = 2,
                IntermediateSize = intermediate,
                ImageSize = 3 * patch,
                PatchSize = patch,
            },
            Text = new()
            {
                HiddenSize = 8,
                Heads = 2,
                Layers = 1,
                IntermediateSize = 8,
                VocabularySize = 10,
                ContextLength = 4,
                StartToken = 8,
                EndToken = 9,
                PadToken = 9,
            },
        };
        config.Save(folder.Path);
        var random = new Random(width);
        var tensors = new Dictionary<string, (int[], float[])>();
        void Take(OnnxWeight weight) =>
            tensors[weight.Name] = (
                weight.StoredShape,
                [.. Enumerable.Range(0, weight.StoredShape.Aggregate(1, (a, b) => a * b)).Select(_ => random.NextSingle() - 0.5f)]
            );
        ClipGraphs.Vision(config, new GraphWeights("", Take));
        ClipGraphs.Text(config, new GraphWeights("", Take));
        SafetensorsWriter.Write(folder["model.safetensors"], tensors);

        using var exact = ClipModel.Load(folder.Path);
        using var int8 = ClipModel.Load(folder.Path, Int8 with { Threads = 3 });
        float[] pixels = Pixels(exact, 5);
        double[] cosines = Cosines.Of(exact.EncodePixels(pixels, 5).Tokens, int8.EncodePixels(pixels, 5).Tokens);
        Assert.True(cosines.Average() > 0.99, $"{cosines.Average()} on average");
    }

    [Fact]
    public void Several_threads_may_encode_at_once()
    {
        using var model = ClipModel.Load(Repository.Path("data", "clip-small"), Int8);
        float[] pixels = Pixels(model, 2);
        float[] expected = model.EncodePixels(pixels, 2).Tokens.Values.ToArray();
        Parallel.For(0, 8, _ => Assert.Equal(expected, model.EncodePixels(pixels, 2).Tokens.Values.ToArray()));
    }

    [Fact]
    public void Captions_are_those_of_float32()
    {
        using var exact = ClipModel.Load(Repository.Path("data", "clip-small"));
        using var int8 = ClipModel.Load(Repository.Path("data", "clip-small"), Int8);
        TokenizedText[] captions = [new("", [1597, 5, 6, 1598], new TextRange[4], 4, false)];
        Assert.Equal(exact.EncodeTokens(captions).Tokens.Values.ToArray(), int8.EncodeTokens(captions).Tokens.Values.ToArray());
    }

    [Fact]
    public void A_ResNet_is_refused_by_its_name_and_its_file_let_go()
    {
        using var folder = new TemporaryFolder();
        File.Copy(Goldens.Path("checkpoints", "openai_rn_tiny.pt"), folder["rn.pt"]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => ClipModel.Load(folder["rn.pt"], Int8));
        Assert.Contains("rn.pt", error.Message, StringComparison.Ordinal);
        Assert.Contains("ResNet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_precision_that_is_none_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            ClipModel.Load(Repository.Path("data", "clip-small"), new ClipOptions { Precision = (ClipPrecision)7 })
        );

    [Fact]
    public void A_closed_model_encodes_no_more()
    {
        var model = ClipModel.Load(Repository.Path("data", "clip-small"), Int8);
        Assert.Equal(0, model.EncodePixels(default, 0).Tokens.Count);
        float[] pixels = Pixels(model, 1);
        model.EncodePixels(pixels, 1);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.EncodePixels(pixels, 1));
    }

    private static float[] Pixels(ClipModel model, int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count * 3 * model.ImageSize * model.ImageSize).Select(_ => (random.NextSingle() * 4) - 2)];
    }
}
