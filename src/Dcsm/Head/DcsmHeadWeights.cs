using Dcsm.FunctionalWords;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Head;

/// <summary>
/// The numbers of a head, row-major, named and shaped as in the checkpoints of the DCSM code
/// (<c>CrossModalConvNetwork</c>), and its functional rows. Copied from what they are made of, and immutable.
/// </summary>
public sealed class DcsmHeadWeights
{
    /// <summary>First convolution, 3 × 3, one channel in. [channels, 1, 3, 3]; empty where the head has no convolution.</summary>
    public required ReadOnlyMemory<float> Conv1Weight
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>[channels]</summary>
    public required ReadOnlyMemory<float> Conv1Bias
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>Second convolution, 3 × 3. [channels, channels, 3, 3]; empty where the head has fewer.</summary>
    public required ReadOnlyMemory<float> Conv2Weight
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>[channels]</summary>
    public required ReadOnlyMemory<float> Conv2Bias
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>Third and fourth convolution, where the head has them. Weights [channels, channels, 3, 3], biases [channels].</summary>
    public IReadOnlyList<(ReadOnlyMemory<float> Weight, ReadOnlyMemory<float> Bias)> FurtherConvolutions
    {
        get;
        init =>
            field = [
                .. value.Select(layer => ((ReadOnlyMemory<float>)layer.Weight.ToArray(), (ReadOnlyMemory<float>)layer.Bias.ToArray())),
            ];
    } = [];

    /// <summary>Hidden layer; reads channel, image token, text token in that order. [hidden, channels · imageTokens · textTokens]</summary>
    public required ReadOnlyMemory<float> Fc1Weight
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>[hidden]</summary>
    public required ReadOnlyMemory<float> Fc1Bias
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>[1, hidden]</summary>
    public required ReadOnlyMemory<float> Fc2Weight
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>[1]</summary>
    public required ReadOnlyMemory<float> Fc2Bias
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>The constants that stand in the columns of functional words. [words, imageTokens]</summary>
    public required ReadOnlyMemory<float> FunctionalRows
    {
        get;
        init => field = value.ToArray();
    }

    /// <summary>
    /// Starting weights for training: convolutions and layers uniform in ±1/√(inputs), which is PyTorch's default, and
    /// functional rows by <see cref="Dcsm.FunctionalWords.FunctionalRows.Create"/>. The same seed gives the same weights for ever.
    /// </summary>
    /// <param name="config">The sizes.</param>
    /// <param name="seed">Seed of the weights and of the rows.</param>
    /// <param name="rows">What the functional rows are.</param>
    public static DcsmHeadWeights Create(DcsmConfig config, ulong seed, FunctionalRowValues rows = FunctionalRowValues.Random)
    {
        ArgumentNullException.ThrowIfNull(config);
        (int channels, int hidden) = (config.Channels, config.Hidden);
        int features = checked(config.FeatureChannels * config.ImageTokens * config.TextTokens);
        int count = config.Convolutions;
        return new DcsmHeadWeights
        {
            Conv1Weight = count < 1 ? [] : Uniform(seed, 1, channels * 9, 9),
            Conv1Bias = count < 1 ? [] : Uniform(seed, 2, channels, 9),
            Conv2Weight = count < 2 ? [] : Uniform(seed, 3, channels * channels * 9, channels * 9),
            Conv2Bias = count < 2 ? [] : Uniform(seed, 4, channels, channels * 9),
            FurtherConvolutions =
            [
                .. Enumerable
                    .Range(0, Math.Max(0, count - 2))
                    .Select(i =>
                        (
                            (ReadOnlyMemory<float>)Uniform(seed, (ulong)(9 + (2 * i)), channels * channels * 9, channels * 9),
                            (ReadOnlyMemory<float>)Uniform(seed, (ulong)(10 + (2 * i)), channels, channels * 9)
                        )
                    ),
            ],
            Fc1Weight = Uniform(seed, 5, checked(hidden * features), features),
            Fc1Bias = Uniform(seed, 6, hidden, features),
            Fc2Weight = Uniform(seed, 7, hidden, hidden),
            Fc2Bias = Uniform(seed, 8, 1, hidden),
            FunctionalRows =
                rows == FunctionalRowValues.Structured
                    ? Dcsm.FunctionalWords.FunctionalRows.CreateStructured(config.Words.Words, config.ImageTokens, seed)
                    : Dcsm.FunctionalWords.FunctionalRows.Create(config.Words.Words.Count, config.ImageTokens, seed),
        };
    }

    private static float[] Uniform(ulong seed, ulong stream, int count, int inputs)
    {
        var random = new SplitMix64(seed, stream);
        double bound = 1 / Math.Sqrt(inputs);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(((2 * random.NextDouble()) - 1) * bound);
        return values;
    }
}
