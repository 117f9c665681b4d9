using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;
using Dcsm.Training.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

public sealed class TorchHeadTests
{
    private const int Images = 4,
        Captions = 4,
        Dimension = 24;

    public TorchHeadTests() => TorchNative.EnsureLoaded();

    [Theory]
    [InlineData(65, 16, 128, 4, 2)]
    [InlineData(17, 30, 32, 4, 2)]
    [InlineData(5, 3, 7, 2, 2)]
    [InlineData(17, 10, 32, 4, 0)]
    [InlineData(17, 10, 512, 4, 1)]
    [InlineData(17, 10, 32, 3, 3)]
    [InlineData(5, 3, 7, 2, 4)]
    public void Torch_and_managed_head_give_the_same_scores(int imageTokens, int textTokens, int hidden, int channels, int convolutions)
    {
        DcsmConfig config = Config(imageTokens, textTokens) with { Hidden = hidden, Channels = channels, Convolutions = convolutions };
        var weights = DcsmHeadWeights.Create(config, 3);
        float[] maps = Normal(11 * imageTokens * textTokens, 1);
        float[] expected = new float[11];
        new DcsmHead(config, weights).Score(maps, expected);

        using DisposeScope scope = NewDisposeScope();
        using var head = new TorchHead(config, weights);
        float[] found = [.. head.Score(tensor(maps, [11, imageTokens, textTokens])).data<float>()];

        Near(expected, found);
    }

    [Fact]
    public void Weights_come_back_as_they_were()
    {
        DcsmConfig config = Config(9, 5) with { Convolutions = 3 };
        var weights = DcsmHeadWeights.Create(config, 3);
        using var head = new TorchHead(config, weights);
        DcsmHeadWeights found = head.ToWeights();
        Assert.Equal(weights.Conv2Weight.ToArray(), found.Conv2Weight.ToArray());
        Assert.Equal(weights.FurtherConvolutions[0].Weight, found.FurtherConvolutions[0].Weight);
        Assert.Equal(weights.Fc1Weight.ToArray(), found.Fc1Weight.ToArray());
        Assert.Equal(weights.FunctionalRows.ToArray(), found.FunctionalRows.ToArray());
    }

    [Theory]
    [InlineData(MapStandardization.PerMap)]
    [InlineData(MapStandardization.WholeBatch)]
    public void Maps_of_training_score_as_those_of_scoring(MapStandardization standardization)
    {
        DcsmConfig config = Config(17, 8) with { Standardization = standardization };
        var weights = DcsmHeadWeights.Create(config, 3);
        var images = new TokenEmbeddings(Normal(Images * 17 * Dimension, 1), Images, 17, Dimension);
        var texts = new TokenEmbeddings(Normal(Captions * 8 * Dimension, 2), Captions, 8, Dimension);
        string[] captions = ["cat left of dog", "dog right of cat", "no dog but cat", "cat"];
        TokenizedText[] tokenized = [.. captions.Select(caption => WordByWord(caption, 8))];
        var pooled = new TokenEmbeddings(new float[Images], Images, 1, 1);
        float[,] expected = new DcsmHead(config, weights).Score(
            new ImageEncoding(images, pooled),
            new TextEncoding(texts, pooled, tokenized)
        );

        using DisposeScope scope = NewDisposeScope();
        using var head = new TorchHead(config, weights);
        using var step = new HeadTrainingStep(config, new HeadTrainingOptions(), 1, head, new AdamW(head.Parameters, 0));
        long[] rows =
        [
            .. tokenized
                .SelectMany(caption => config.Words.Layout(caption, RowPlacement.TokenAligned).Rows.ToArray())
                .Select(row => (long)row),
        ];
        var batch = new HeadBatch(
            tensor(images.Values.ToArray(), [1, Images, 17, Dimension]),
            tensor(texts.Values.ToArray(), [1, Captions, 8, Dimension]),
            tensor(rows, [1, Captions, 8])
        );

        Near([.. expected.Cast<float>()], [.. step.Scores(batch, parts: 1).data<float>()]);
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_follows_its_seed()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = ones(200, 3, 8);
        Tensor Drop(ulong seed) => new HeadDropout(0.25, 0, new Generator(seed)).Channels(x, 4);

        Tensor dropped = Drop(1);
        Assert.Equal(dropped.data<float>().ToArray(), Drop(1).data<float>().ToArray());
        Assert.NotEqual(dropped.data<float>().ToArray(), Drop(2).data<float>().ToArray());
        Assert.InRange(dropped.mean().item<float>(), 0.9f, 1.1f);
        // A channel is dropped in a whole map: all rows and columns of it.
        float[] oneChannel =
        [
            .. dropped.unflatten(2, [4, 2])[TensorIndex.Single(0), TensorIndex.Colon, TensorIndex.Single(0)].contiguous().data<float>(),
        ];
        Assert.Single(oneChannel.Distinct());
    }

    private static DcsmConfig Config(int imageTokens, int textTokens) =>
        new()
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = imageTokens,
            TextTokens = textTokens,
            Dimension = Dimension,
            Words = FunctionalWordList.Official,
        };

    private static TokenizedText WordByWord(string caption, int length)
    {
        var offsets = new TextRange[length];
        int at = 0,
            token = 1;
        foreach (string word in caption.Split(' '))
        {
            offsets[token++] = new TextRange(at, word.Length);
            at += word.Length + 1;
        }
        return new TokenizedText(caption, new int[length], offsets, token + 1, false);
    }

    private static float[] Normal(int count, ulong stream)
    {
        var random = new SceneRandom(8, stream);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)random.Normal();
        return values;
    }

    private static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-4f);
    }
}
