using System.Numerics.Tensors;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Tests.Encoders;

/// <summary>Networks in 16 bits, here on the processor, which computes the same graph with roundings in between.</summary>
public sealed class HalfPrecisionTests
{
    private const int Images = 5;

    /// <summary>A golden of each architecture, and of weights in other types than float32.</summary>
    public static TheoryData<string, string> Models =>
        new()
        {
            { "clip-tiny", "a-quickgelu" },
            { "clip-tiny", "c-fp16" },
            { "clip-tiny", "d-bf16-sharded" },
            { "checkpoints", "openai_rn_tiny.pt" },
            { "checkpoints", "openai_vit_tiny.pt" },
            { "baselines", "siglip-tiny" },
            { "baselines", "coca-tiny" },
            { "baselines", "blip-model-tiny" },
            { "baselines", "blip-itm-tiny" },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void Embeddings_are_near_those_in_float32(string group, string golden)
    {
        List<string> warnings = [];
        using var exact = ClipModel.Load(GoldenFiles.Path(group, golden));
        using var half = ClipModel.Load(
            GoldenFiles.Path(group, golden),
            new ClipOptions { Precision = ClipPrecision.Float16, Warn = warnings.Add }
        );
        Assert.Equal(exact.Fingerprint, half.Fingerprint);

        (float[] expected, float[] found) = (Pictures(exact), Pictures(half));
        Near(expected, found, exact.Dimension);
        (expected, found) = (Texts(exact), Texts(half));
        Near(expected, found, exact.Dimension);
        Assert.Contains("float16 is for graphics cards; the processor takes longer for it than for float32", warnings);

        if (exact.Matcher is not { } matcher)
            return;
        float[] pixels = Pixels(exact);
        (expected, found) = (
            matcher.Logits(matcher.EncodePixels(pixels, Images), Captions(exact)),
            half.Matcher!.Logits(half.Matcher.EncodePixels(pixels, Images), Captions(exact))
        );
        Assert.NotEqual(expected, found);
        Assert.Equal(expected, found, (one, other) => Math.Abs(one - other) < 0.01);
    }

    private static float[] Pictures(ClipModel model) => model.EncodePixels(Pixels(model), Images).Tokens.Values.ToArray();

    private static float[] Texts(ClipModel model) => model.EncodeTokens(Captions(model)).Tokens.Values.ToArray();

    private static float[] Pixels(ClipModel model)
    {
        ClipVisionConfig vision = model.Config.Vision;
        int count = Images * vision.Channels * vision.ImageSize * vision.ImageSize;
        return [.. Enumerable.Range(0, count).Select(i => 1.5f * MathF.Sin(i * 0.37f))];
    }

    // The second is shorter, so that some of its places are masked.
    private static TokenizedText[] Captions(ClipModel model)
    {
        const int Length = 8;
        ClipTextConfig text = model.Config.Text;
        return
        [
            .. ((int[])[Length, 5]).Select(real =>
            {
                int[] ids =
                [
                    .. Enumerable.Range(0, Length).Select(place => place < real ? 1 + (7 * place % (text.VocabularySize - 1)) : 0),
                ];
                if (text.EndToken < text.VocabularySize)
                    ids[real - 1] = text.EndToken;
                return new TokenizedText("", ids, new TextRange[Length], real, Truncated: false);
            }),
        ];
    }

    private static void Near(float[] expected, float[] found, int dimension)
    {
        Assert.NotEqual(expected, found);
        double least = expected
            .Chunk(dimension)
            .Zip(found.Chunk(dimension), (one, other) => (double)TensorPrimitives.Dot<float>(one, other))
            .Min();
        Assert.True(least > 0.9999, $"a cosine of {least}");
    }
}
