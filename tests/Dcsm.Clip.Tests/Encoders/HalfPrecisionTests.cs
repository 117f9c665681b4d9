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

        float[] pixels = Pixels(exact);
        TokenizedText[] captions = Captions(exact);
        Near(exact.EncodePixels(pixels, Images).Tokens, half.EncodePixels(pixels, Images).Tokens);
        Near(exact.EncodeTokens(captions).Tokens, half.EncodeTokens(captions).Tokens);
        Assert.Contains("float16 is for graphics cards; the processor takes longer for it than for float32", warnings);

        if (exact.Matcher is not { } matcher)
            return;
        (float[] expected, float[] found) = (
            matcher.Logits(matcher.EncodePixels(pixels, Images), captions),
            half.Matcher!.Logits(half.Matcher.EncodePixels(pixels, Images), captions)
        );
        Assert.NotEqual(expected, found);
        Assert.Equal(expected, found, (one, other) => Math.Abs(one - other) < 0.01);
    }

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

    private static void Near(TokenEmbeddings expected, TokenEmbeddings found)
    {
        Assert.NotEqual(expected.Values.ToArray(), found.Values.ToArray());
        double least = Cosines.Of(expected, found).Min();
        Assert.True(least > 0.9999, $"a cosine of {least}");
    }
}
