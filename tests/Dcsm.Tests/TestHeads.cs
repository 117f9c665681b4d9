using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Tests;

/// <summary>Small heads and encodings made of seeded numbers.</summary>
internal static class TestHeads
{
    internal static DcsmConfig Config(int imageTokens, int textTokens, int dimension, int channels, int hidden) =>
        new()
        {
            ClipFingerprint = "sha256:0123",
            ImageTokens = imageTokens,
            TextTokens = textTokens,
            Dimension = dimension,
            Channels = channels,
            Hidden = hidden,
            Words = FunctionalWordList.Official,
        };

    internal static DcsmHead Small(ulong seed = 1, MapStandardization standardization = MapStandardization.PerMap)
    {
        DcsmConfig config = Config(10, 12, 8, 4, 16) with { Standardization = standardization };
        return new DcsmHead(config, DcsmHeadWeights.Create(config, seed));
    }

    /// <summary>Unit vectors in random directions.</summary>
    internal static TokenEmbeddings Embeddings(int seed, int count, int tokens, int dimension)
    {
        var random = new Random(seed);
        float[] values = new float[count * tokens * dimension];
        for (int token = 0; token < count * tokens; token++)
        {
            Span<float> vector = values.AsSpan(token * dimension, dimension);
            double squares = 0.0;
            foreach (ref float value in vector)
            {
                value = (float)(random.NextDouble() - 0.4);
                squares += value * value;
            }
            foreach (ref float value in vector)
                value /= (float)Math.Sqrt(squares);
        }
        return new TokenEmbeddings(values, count, tokens, dimension);
    }

    internal static ImageEncoding Images(DcsmConfig config, int seed, int count) =>
        new(Embeddings(seed, count, config.ImageTokens, config.Dimension), Embeddings(seed + 1, count, 1, config.Dimension));

    /// <summary>The same but for one value of the tokens.</summary>
    internal static ImageEncoding With(this ImageEncoding images, int place, float value)
    {
        float[] values = images.Tokens.Values.ToArray();
        values[place] = value;
        return images with { Tokens = new TokenEmbeddings(values, images.Tokens.Count, images.Tokens.Tokens, images.Tokens.Dimension) };
    }

    internal static TextEncoding Captions(DcsmConfig config, int seed, params string[] captions) =>
        new(
            Embeddings(seed, captions.Length, config.TextTokens, config.Dimension),
            Embeddings(seed + 1, captions.Length, 1, config.Dimension),
            [.. captions.Select(caption => WordTokens.Tokenize(caption, config.TextTokens))]
        );

    internal static readonly string[] SomeCaptions =
    [
        "a cat above a dog",
        "a dog to the left of a cat",
        "a small mug and a big bowl",
        "a cat but no dog",
        "a cat without a dog",
        "no cat",
        "not a dog",
        "a bowl",
        "right",
        "a mug below a mug below a mug",
    ];
}
