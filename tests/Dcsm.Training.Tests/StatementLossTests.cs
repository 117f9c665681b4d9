using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Numerics.Vectors;
using Dcsm.Training.Heads;
using Dcsm.Training.Heads.Kernels;
using Dcsm.Training.Heads.Statements;
using Dcsm.Training.Samples;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;

namespace Dcsm.Training.Tests;

public sealed class StatementLossTests
{
    static StatementLossTests() => Dcsm.Training.Torch.TorchNative.EnsureLoaded();

    [Fact]
    public void The_loss_is_what_it_says()
    {
        // Two pictures, two captions: the first true of the first picture only, the second false of both.
        HeadPairBatch batch = Batch([(0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 1, 0)], images: 2, captions: 2);
        float[] scores = [2, -1, 0.5f, -3],
            gradient = new float[4];
        (double captions, _) = new StatementLoss(1, 0, 0).Of(batch, scores, gradient);
        (double pictures, _) = new StatementLoss(0, 1, 0).Of(batch, scores, gradient);
        (double sigmoid, double accuracy) = new StatementLoss(0, 0, 1).Of(batch, scores, gradient);
        Assert.Equal(Math.Log(1 + Math.Exp(-3)), captions, 6);
        Assert.Equal(Math.Log(1 + Math.Exp(-1.5)), pictures, 6);
        Assert.Equal(
            (Math.Log(1 + Math.Exp(-2)) + Math.Log(1 + Math.Exp(-1)) + Math.Log(1 + Math.Exp(0.5)) + Math.Log(1 + Math.Exp(-3))) / 2,
            sigmoid,
            6
        );
        Assert.Equal(1, accuracy);
    }

    [Property(MaxTest = 40)]
    public void The_gradient_is_that_of_the_loss(ulong seed)
    {
        var random = new SceneRandom(seed);
        var pairs = new List<(int, int, float)>();
        for (int image = 0; image < 3; image++)
        {
            for (int caption = 0; caption < 4; caption++)
            {
                if (random.NextBool(0.8))
                    pairs.Add((image, caption, random.NextInt(5) == 0 ? 0.5f : random.NextInt(2)));
            }
        }

        if (pairs.Count == 0)
            return;
        HeadPairBatch batch = Batch([.. pairs], 3, 4) with { Weights = ([0.5f, 1, 1.5f], [1, 2, 0.25f, 1]) };
        float[] scores = [.. pairs.Select(_ => (float)(2 * random.Normal()))],
            gradient = new float[scores.Length],
            ignored = new float[scores.Length];
        var loss = new StatementLoss(1, 0.5, 2);
        loss.Of(batch, scores, gradient);
        for (int i = 0; i < scores.Length; i++)
        {
            float[] up = [.. scores],
                down = [.. scores];
            (up[i], down[i]) = (up[i] + 0.01f, down[i] - 0.01f);
            double slope = (loss.Of(batch, up, ignored).Loss - loss.Of(batch, down, ignored).Loss) / (up[i] - down[i]);
            Assert.Equal(slope, gradient[i], 3e-4);
        }
    }

    /// <summary>The kernel scores pairs, and takes their gradients on, as libtorch does.</summary>
    [Theory]
    [InlineData(MapStandardization.Fixed)]
    [InlineData(MapStandardization.PerMap)]
    [Trait("Kind", "Kernels")]
    public void Scores_and_gradients_of_pairs_are_those_of_libtorch(MapStandardization standardization)
    {
        foreach (VectorWidth width in VectorWidth.Available)
        {
            (float[] scores, Dictionary<string, float[]> gradients) = Gradients(standardization, _ => null);
            (float[] found, Dictionary<string, float[]> foundGradients) = Gradients(
                standardization,
                head => HeadForwardBackward.Create(Config(standardization), head, width)
            );
            Near(scores, found);
            foreach ((string name, float[] gradient) in gradients)
                Near(gradient, foundGradients[name]);
        }
    }

    [Fact]
    public void Probabilities_that_are_fitted_are_those_that_made_the_truth()
    {
        var random = new SceneRandom(4);
        List<double> scores = [.. Enumerable.Range(0, 20_000).Select(_ => 3 * random.Normal())];
        List<bool> truth = [.. scores.Select(score => random.NextDouble() < new ScoreCalibration(0.7, -0.4).Probability(score))];
        ScoreCalibration fitted = PlattScaling.Fit(scores, truth);
        Assert.Equal(0.7, fitted.Temperature, 0.04);
        Assert.Equal(-0.4, fitted.Bias, 0.06);
        Assert.InRange(PlattScaling.Error(fitted, scores, truth), 0, 0.02);
        Assert.InRange(PlattScaling.Error(new ScoreCalibration(3, 0), scores, truth), 0.05, 1);
    }

    [Fact]
    public void Scores_that_tell_everything_apart_give_no_endless_temperature()
    {
        ScoreCalibration fitted = PlattScaling.Fit([-30, -20, 20, 40], [false, false, true, true]);
        Assert.InRange(fitted.Temperature, 1e-3, 100);
        Assert.True(fitted.Probability(20) > 0.99 && fitted.Probability(-20) < 0.01);
    }

    private static HeadPairBatch Batch((int Image, int Caption, float Target)[] pairs, int images, int captions) =>
        new(
            zeros(0),
            zeros(0),
            zeros(0),
            [.. pairs.Select(pair => (pair.Image, pair.Caption))],
            [.. pairs.Select(pair => pair.Target)],
            ([.. Enumerable.Repeat(1f, images)], [.. Enumerable.Repeat(1f, captions)])
        );

    private static DcsmConfig Config(MapStandardization standardization) =>
        new()
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = 17,
            TextTokens = 9,
            Dimension = 12,
            Hidden = 20,
            Words = FunctionalWordList.Official,
            Standardization = standardization,
            MapMean = 0.1,
            MapDeviation = 0.4,
        };

    private static (float[] Scores, Dictionary<string, float[]> Gradients) Gradients(
        MapStandardization standardization,
        Func<TorchHead, HeadForwardBackward?> create
    )
    {
        DcsmConfig config = Config(standardization);
        using DisposeScope scope = NewDisposeScope();
        using var head = new TorchHead(config, DcsmHeadWeights.Create(config, 3));
        HeadForwardBackward? kernel = create(head);
        var random = new SceneRandom(8);
        EncodedGroup[] groups = [Group(config, 3, 5, ref random), Group(config, 1, 2, ref random), Group(config, 2, 7, ref random)];
        var batch = HeadPairBatch.Join(groups, config);
        Tensor scores = kernel is not null
            ? kernel.Score(batch, forGradients: true)
            : head.Score(batch.Maps(tensor(head.FunctionalRows.ToArray(), [config.Words.Words.Count, config.ImageTokens]), config));
        float[] values = [.. scores.data<float>()];
        scores.backward([tensor(Array.ConvertAll(values, _ => (float)random.Normal()))]);
        kernel?.Backward();
        return (values, head.Parameters.ToDictionary(p => p.Key, p => p.Value.grad!.data<float>().ToArray()));
    }

    private static EncodedGroup Group(DcsmConfig config, int images, int captions, ref SceneRandom random)
    {
        float[,] targets = new float[images, captions];
        for (int image = 0; image < images; image++)
        {
            for (int caption = 0; caption < captions; caption++)
                targets[image, caption] = random.NextInt(4) == 0 ? float.NaN : random.NextInt(2);
        }

        long[] rows = new long[captions * config.TextTokens];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = random.NextInt(3) == 0 ? random.NextInt(11) : -1;
        return new EncodedGroup(
            Halves(images * config.ImageTokens * config.Dimension, ref random),
            Halves(captions * config.TextTokens * config.Dimension, ref random),
            rows,
            targets,
            new int[captions],
            new string[captions]
        );
    }

    private static Half[] Halves(int count, ref SceneRandom random)
    {
        var halves = new Half[count];
        for (int i = 0; i < count; i++)
            halves[i] = (Half)(0.3 * random.Normal());
        return halves;
    }

    private static void Near(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        double largest = expected.Max(value => Math.Abs((double)value));
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 1e-4 * Math.Max(1, largest));
    }
}
