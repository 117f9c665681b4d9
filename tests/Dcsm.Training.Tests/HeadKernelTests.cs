using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Numerics.Vectors;
using Dcsm.Training.Heads;
using Dcsm.Training.Heads.Kernels;
using Dcsm.Training.Torch;
using FsCheck.Xunit;
using TorchSharp;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Dcsm.Training.Tests;

/// <summary>The hand-written kernels against libtorch and its autograd.</summary>
[Trait("Kind", "Kernels")]
public sealed class HeadKernelTests(SmallClip small) : IClassFixture<SmallClip>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Image tokens, text tokens, dimension, hidden units, channels, convolutions, groups, pairs of a group.
    private static readonly (int[] Sizes, MapStandardization Standardization)[] Heads =
    [
        ([65, 20, 128, 128, 4, 2, 3, 2], MapStandardization.PerMap), // the small CLIP's
        ([9, 5, 24, 20, 4, 2, 2, 4], MapStandardization.WholeBatch),
        ([7, 3, 5, 7, 3, 2, 2, 3], MapStandardization.PerMap),
        ([30, 18, 16, 33, 5, 3, 3, 2], MapStandardization.PerMap),
        ([11, 9, 16, 16, 1, 4, 3, 2], MapStandardization.PerMap),
        ([11, 9, 16, 16, 4, 1, 3, 2], MapStandardization.WholeBatch),
        ([11, 9, 16, 16, 4, 0, 3, 2], MapStandardization.PerMap),
    ];

    /// <summary>Every width of vectors that the processor has, with every head; the official sizes in the widest alone.</summary>
    public static TheoryData<int, int[], MapStandardization> WidthsAndHeads
    {
        get
        {
            var data = new TheoryData<int, int[], MapStandardization>
            {
                { VectorWidth.Widest.Bits, [197, 30, 512, 128, 4, 2, 1, 5], MapStandardization.WholeBatch },
            };
            foreach (VectorWidth width in VectorWidth.Available)
            {
                foreach ((int[] sizes, MapStandardization standardization) in Heads)
                    data.Add(width.Bits, sizes, standardization);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WidthsAndHeads))]
    public void Scores_and_gradients_are_those_of_libtorch(int vectorBits, int[] sizes, MapStandardization standardization)
    {
        DcsmConfig config = Config(sizes[0], sizes[1], sizes[2]) with
        {
            Hidden = sizes[3],
            Channels = sizes[4],
            Convolutions = sizes[5],
            Standardization = standardization,
        };
        VectorWidth width = VectorWidth.Available.Single(available => available.Bits == vectorBits);
        SameGradients(config, groups: sizes[6], n: sizes[7], missing: false, width);
        SameGradients(config, groups: sizes[6], n: sizes[7], missing: true, width);
    }

    /// <summary>With these sizes one activation is so near zero that libtorch and the kernels see it on either side.</summary>
    [Fact]
    public void An_activation_at_the_kink_of_relu_is_no_difference() =>
        SameGradients(
            Config(16, 35, 12) with
            {
                Hidden = 1,
                Channels = 6,
                Convolutions = 4,
            },
            groups: 2,
            n: 1,
            missing: true,
            VectorWidth.Widest
        );

    /// <summary>With these sizes the one bias of the last convolution has a gradient that is nearly nothing.</summary>
    [Fact]
    public void A_gradient_whose_terms_cancel_is_as_exact_as_its_terms() =>
        SameGradients(
            Config(17, 9, 12) with
            {
                Hidden = 15,
                Channels = 1,
                Convolutions = 4,
            },
            groups: 2,
            n: 3,
            missing: false,
            VectorWidth.Widest
        );

    [Fact]
    public void Widths_agree_to_the_bit_in_scores()
    {
        DcsmConfig config = Config(17, 10, 24) with { Hidden = 32 };
        float[][] all =
        [
            .. VectorWidth.Available.Select(width =>
                Gradients(config, 4, 3, missing: true, head => HeadForwardBackward.Create(config, head, width)).Scores
            ),
        ];
        Assert.All(all, scores => Assert.Equal(all[^1], scores));
    }

    [Property(MaxTest = 20)]
    public void So_they_are_for_any_sizes(
        byte imageTokens,
        byte textTokens,
        byte hidden,
        byte channels,
        byte convolutions,
        byte images,
        bool missing
    ) =>
        SameGradients(
            Config(1 + (imageTokens % 30), 3 + (textTokens % 40), 12) with
            {
                Hidden = 1 + (hidden % 40),
                Channels = 1 + (channels % 6),
                Convolutions = convolutions % 5,
            },
            groups: 2,
            n: 1 + (images % 4),
            missing,
            VectorWidth.Widest
        );

    [Theory]
    [InlineData(HeadLoss.Block, MapStandardization.PerMap, true)]
    [InlineData(HeadLoss.Mixed, MapStandardization.WholeBatch, false)]
    public void Fifty_steps_have_the_losses_of_libtorch(HeadLoss loss, MapStandardization standardization, bool missing)
    {
        HeadTrainingOptions options = new()
        {
            Loss = loss,
            SamplesPerStream = 4,
            MixedOfficialSamples = 4,
            OfficialGroup = 2,
            WeightDecay = 0.01,
            Standardization = standardization,
            GradientNorm = loss == HeadLoss.Block ? 1 : 0,
        };
        DcsmConfig config = Config(17, 10, 24) with { Hidden = 32, Standardization = standardization };
        List<double> expected = Losses(config, options with { WithLibtorch = true }, missing),
            found = Losses(config, options, missing);

        Assert.InRange(expected.Zip(found, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-3);
        Assert.True(found[^1] < found[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Threads_do_not_change_a_bit(int threads)
    {
        DcsmConfig config = Config(17, 10, 24) with { Hidden = 32 };
        (float[] scores, Dictionary<string, float[]> gradients) = Gradients(
            config,
            12,
            3,
            missing: true,
            head => HeadForwardBackward.Create(config, head)
        );
        (float[] others, Dictionary<string, float[]> otherGradients) = Gradients(
            config,
            12,
            3,
            missing: true,
            head => HeadForwardBackward.Create(config, head, threads: threads)
        );

        Assert.Equal(scores, others);
        Assert.All(gradients, gradient => Assert.Equal(gradient.Value, otherGradients[gradient.Key]));
    }

    [Theory]
    [InlineData(HeadLoss.Block)]
    [InlineData(HeadLoss.Official)]
    public void A_run_repeats_bit_for_bit_also_when_it_is_stopped(HeadLoss loss)
    {
        HeadTrainingOptions options = new()
        {
            Loss = loss,
            OfficialGroup = 4,
            Steps = 8,
            SamplesPerStream = 4,
            PoolSamples = 8,
            Reuse = 2,
            TextTokens = 12,
            Hidden = 16,
            ValidationSamples = 3,
            ReportEvery = 1,
        };
        DcsmHead whole = HeadTrainer.Train(small.Clip, small.Scenes(), options),
            again = HeadTrainer.Train(small.Clip, small.Scenes(), options);
        using (var stop = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() =>
                HeadTrainer.Train(small.Clip, small.Scenes(), options, _folder.Path, new Stop(3, stop), stop.Token)
            );
        }

        DcsmHead resumed = HeadTrainer.Train(small.Clip, small.Scenes(), options, _folder.Path);

        foreach (DcsmHead head in new[] { again, resumed })
        {
            Assert.Equal(whole.Weights.Conv1Weight.ToArray(), head.Weights.Conv1Weight.ToArray());
            Assert.Equal(whole.Weights.Conv2Weight.ToArray(), head.Weights.Conv2Weight.ToArray());
            Assert.Equal(whole.Weights.Fc1Weight.ToArray(), head.Weights.Fc1Weight.ToArray());
            Assert.Equal(whole.Weights.Fc2Bias.ToArray(), head.Weights.Fc2Bias.ToArray());
        }
    }

    [Fact]
    public void Adam_in_one_pass_steps_as_libtorch_does()
    {
        using DisposeScope scope = NewDisposeScope();
        SortedDictionary<string, Parameter>[] sets =
        [
            .. Enumerable
                .Range(0, 2)
                .Select(_ => new SortedDictionary<string, Parameter>
                {
                    ["matrix"] = new Parameter(tensor(Normal(300 * 333, 1), [300, 333])),
                    ["bias"] = new Parameter(tensor(Normal(37, 2), [37])),
                }),
        ];
        AdamW[] adams = [.. sets.Select((set, i) => new AdamW(set, weightDecay: 0.1, withLibtorch: i == 0))];
        for (ulong step = 0; step < 5; step++)
        {
            for (int i = 0; i < 2; i++)
            {
                foreach ((string name, Parameter parameter) in sets[i])
                    parameter.grad = tensor(Normal((int)parameter.numel(), 10 + step), parameter.shape);
                adams[i].Advance(0.01, maximumNorm: 3);
            }
        }

        foreach (string name in sets[0].Keys)
        {
            Near(Floats(sets[0][name]), Floats(sets[1][name]), 1e-5);
            Near(Floats(adams[0].Second[name]), Floats(adams[1].Second[name]), 1e-5);
        }
    }

    /// <summary>
    /// At the kink of a ReLU two right gradients differ by a whole activation. So where they do, libtorch's own must differ as
    /// much between biases a millionth higher and lower, and other weights must show the same gradients.
    /// </summary>
    private static void SameGradients(DcsmConfig config, int groups, int n, bool missing, VectorWidth width)
    {
        const int Weights = 3;
        for (ulong weights = 3; weights < 3 + Weights; weights++)
        {
            (float[] scores, Dictionary<string, float[]> gradients) = Gradients(config, groups, n, missing, _ => null, weights);
            (float[] found, Dictionary<string, float[]> foundGradients) = Gradients(
                config,
                groups,
                n,
                missing,
                head => HeadForwardBackward.Create(config, head, width),
                weights
            );
            Near(scores, found, 1e-4);
            if (gradients.Keys.All(name => IsSame(gradients, foundGradients, name)))
                return;
            Dictionary<string, float[]>[] sides =
            [
                .. new[] { -1e-6f, 1e-6f }.Select(shift => Gradients(config, groups, n, missing, _ => null, weights, shift).Gradients),
            ];
            Assert.Contains(gradients.Keys, name => !IsSame(sides[0], sides[1], name));
        }
        Assert.Fail($"gradients differ with each of {Weights} sets of weights");
    }

    /// <summary>
    /// Scores of the images that are there, and gradients of a random weighting of them; of two batches after one another.
    /// </summary>
    private static (float[] Scores, Dictionary<string, float[]> Gradients) Gradients(
        DcsmConfig config,
        int groups,
        int n,
        bool missing,
        Func<TorchHead, HeadForwardBackward?> create,
        ulong weightSeed = 3,
        float biasShift = 0
    )
    {
        using DisposeScope scope = NewDisposeScope();
        using var head = new TorchHead(config, DcsmHeadWeights.Create(config, weightSeed));
        foreach ((_, Parameter parameter) in head.Parameters.Where(p => p.Key.EndsWith(".bias", StringComparison.Ordinal)))
            parameter.Set(Array.ConvertAll(Floats(parameter), bias => bias + biasShift));
        HeadForwardBackward? kernel = create(head);
        var scores = new List<float>();
        for (ulong seed = 0; seed < 2; seed++)
        {
            HeadBatch batch = Batch(config, groups, n, missing, seed);
            int? together = config.Standardization == MapStandardization.WholeBatch ? groups : null;
            Tensor score = kernel is not null
                ? kernel.Score(batch, together, forGradients: true)
                : head.Score(
                        batch
                            .Maps(tensor(head.FunctionalRows.ToArray(), [config.Words.Words.Count, config.ImageTokens]), together)
                            .flatten(0, 2)
                    )
                    .view(groups, n, n);
            Tensor weights = tensor(Normal(groups * n * n, 50 + seed), [groups, n, n]);
            if (batch.Present is not null)
                (score, weights) = (score * batch.Present.unsqueeze(2), weights * batch.Present.unsqueeze(2));
            scores.AddRange(Floats(score));
            (score * weights).sum().backward();
            kernel?.Backward();
        }
        return ([.. scores], head.Parameters.ToDictionary(p => p.Key, p => Floats(p.Value.grad!)));
    }

    private static List<double> Losses(DcsmConfig config, HeadTrainingOptions options, bool missing)
    {
        const int Streams = 3;
        using DisposeScope scope = NewDisposeScope();
        using var head = new TorchHead(config, DcsmHeadWeights.Create(config, 3));
        var adam = new AdamW(head.Parameters, options.WeightDecay, beta2: 0.999, epsilon: 1e-8, withLibtorch: options.WithLibtorch);
        using var step = new HeadTrainingStep(config, options, Streams, head, adam, weights: [0.5f, 1f, 1.5f]);
        HeadBatch[] batches =
        [
            .. Enumerable.Range(0, 4).Select(i => Batch(config, Streams * options.SamplesPerStream, 2, missing, (ulong)i)),
        ];
        return [.. Enumerable.Range(0, 50).Select(i => step.Run([batches[i % 4], batches[(i + 1) % 4]], 3e-3).Loss)];
    }

    private static HeadBatch Batch(DcsmConfig config, int groups, int n, bool missing, ulong seed)
    {
        var random = new SceneRandom(seed, 77);
        long[] rows =
        [
            .. Enumerable
                .Range(0, groups * n * config.TextTokens)
                .Select(_ => random.NextInt(4) == 0 ? (long)random.NextInt(config.Words.Words.Count) : -1),
        ];
        // The first image of each group is there.
        float[] present = [.. Enumerable.Range(0, groups * n).Select(i => i % n == 0 || random.NextInt(3) > 0 ? 1f : 0f)];
        return new HeadBatch(
            Unit(groups, n, config.ImageTokens, config.Dimension, (2 * seed) + 10),
            Unit(groups, n, config.TextTokens, config.Dimension, (2 * seed) + 11),
            tensor(rows, [groups, n, config.TextTokens]),
            missing ? tensor(present, [groups, n]) : null
        );
    }

    private static Tensor Unit(int groups, int n, int tokens, int dimension, ulong stream) =>
        nn.functional.normalize(tensor(Normal(groups * n * tokens * dimension, stream), [groups, n, tokens, dimension]), dim: -1);

    private static DcsmConfig Config(int imageTokens, int textTokens, int dimension) =>
        new()
        {
            ClipFingerprint = "sha256:0",
            ImageTokens = imageTokens,
            TextTokens = textTokens,
            Dimension = dimension,
            Words = FunctionalWordList.Official,
        };

    private static float[] Normal(int count, ulong stream)
    {
        var random = new SceneRandom(8, stream);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)random.Normal();
        return values;
    }

    private static float[] Floats(Tensor values) => [.. values.detach().contiguous().data<float>()];

    /// <summary>Equal but for a share of the largest value.</summary>
    private static void Near(float[] expected, float[] found, double share) =>
        Assert.True(Distance(expected, found) <= (share * expected.Max(Math.Abs)) + 1e-12, $"off by {Distance(expected, found)}");

    // A bias has the sum over all places, whose terms may cancel: they are rounded at their own size, which its layer's weights show.
    private static bool IsSame(Dictionary<string, float[]> expected, Dictionary<string, float[]> found, string name)
    {
        string weight = name.Replace(".bias", ".weight", StringComparison.Ordinal);
        double largest = Math.Max(expected[name].Max(Math.Abs), expected[weight].Max(Math.Abs));
        return Distance(expected[name], found[name]) <= (1e-4 * largest) + 1e-12;
    }

    private static double Distance(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        return expected.Zip(found, (a, b) => (double)Math.Abs(a - b)).Max();
    }

    private sealed class Stop(int step, CancellationTokenSource source) : IProgress<HeadTrainingProgress>
    {
        public void Report(HeadTrainingProgress value)
        {
            if (value.Step == step)
                source.Cancel();
        }
    }
}
