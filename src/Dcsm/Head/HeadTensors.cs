namespace Dcsm.Head;

/// <summary>Names and shapes of a head's tensors.</summary>
public static class HeadTensors
{
    internal const int MostConvolutions = 4,
        MostImageTokens = (1 << 16) + 1,
        MostTextTokens = 1 << 12,
        MostChannels = 1 << 10,
        MostWidth = 1 << 16;

    // Of a map: as many as two vectors have lanes are held at a time.
    private const long MostOfMap = 1 << 24;

    /// <summary>The tensor of the functional rows. [words, imageTokens]</summary>
    public const string FunctionalRows = "functional_rows";

    /// <summary>Names and shapes of all tensors of a head of some sizes, as in the official checkpoints.</summary>
    public static IReadOnlyList<(string Name, int[] Shape)> Shapes(DcsmConfig config)
    {
        (int channels, int hidden) = (config.Channels, config.Hidden);
        var shapes = new List<(string Name, int[] Shape)>();
        for (int layer = 1; layer <= config.Convolutions; layer++)
        {
            shapes.Add(($"conv{layer}.weight", [channels, layer == 1 ? 1 : channels, 3, 3]));
            shapes.Add(($"conv{layer}.bias", [channels]));
        }
        return
        [
            .. shapes,
            ("fc1.weight", [hidden, checked(config.FeatureChannels * config.ImageTokens * config.TextTokens)]),
            ("fc1.bias", [hidden]),
            ("fc2.weight", [1, hidden]),
            ("fc2.bias", [1]),
            (FunctionalRows, [config.Words.Words.Count, config.ImageTokens]),
        ];
    }

    /// <summary>Weight and bias of a convolution.</summary>
    /// <param name="weights">The head's numbers.</param>
    /// <param name="layer">Which, from 1.</param>
    internal static (ReadOnlyMemory<float> Weight, ReadOnlyMemory<float> Bias) Convolution(DcsmHeadWeights weights, int layer) =>
        layer switch
        {
            1 => (weights.Conv1Weight, weights.Conv1Bias),
            2 => (weights.Conv2Weight, weights.Conv2Bias),
            _ => weights.FurtherConvolutions[layer - 3],
        };

    /// <summary>The numbers of a tensor, row-major.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no tensor of that name.</exception>
    public static ReadOnlyMemory<float> Values(DcsmHeadWeights weights, string name) =>
        name switch
        {
            "conv1.weight" => weights.Conv1Weight,
            "conv1.bias" => weights.Conv1Bias,
            "conv2.weight" => weights.Conv2Weight,
            "conv2.bias" => weights.Conv2Bias,
            "conv3.weight" or "conv4.weight" => weights.FurtherConvolutions[name[4] - '3'].Weight,
            "conv3.bias" or "conv4.bias" => weights.FurtherConvolutions[name[4] - '3'].Bias,
            "fc1.weight" => weights.Fc1Weight,
            "fc1.bias" => weights.Fc1Bias,
            "fc2.weight" => weights.Fc2Weight,
            "fc2.bias" => weights.Fc2Bias,
            FunctionalRows => weights.FunctionalRows,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such tensor."),
        };

    /// <summary>A head's numbers from its tensors.</summary>
    /// <param name="config">The sizes, which say what tensors there are.</param>
    /// <param name="tensor">Gives the numbers of a tensor by its name.</param>
    public static DcsmHeadWeights Assemble(DcsmConfig config, Func<string, float[]> tensor)
    {
        float[] Of(int layer, string name) => layer <= config.Convolutions ? tensor($"conv{layer}.{name}") : [];
        return new DcsmHeadWeights
        {
            Conv1Weight = Of(1, "weight"),
            Conv1Bias = Of(1, "bias"),
            Conv2Weight = Of(2, "weight"),
            Conv2Bias = Of(2, "bias"),
            FurtherConvolutions =
            [
                .. Enumerable
                    .Range(3, Math.Max(0, config.Convolutions - 2))
                    .Select(layer => ((ReadOnlyMemory<float>)Of(layer, "weight"), (ReadOnlyMemory<float>)Of(layer, "bias"))),
            ],
            Fc1Weight = tensor("fc1.weight"),
            Fc1Bias = tensor("fc1.bias"),
            Fc2Weight = tensor("fc2.weight"),
            Fc2Bias = tensor("fc2.bias"),
            FunctionalRows = tensor(FunctionalRows),
        };
    }

    /// <summary>What is wrong with a head's parts, naming field or tensor; null if nothing is.</summary>
    internal static string? Check(DcsmConfig config, DcsmHeadWeights weights)
    {
        foreach (
            (string? field, int size, int most) in new[]
            {
                (nameof(config.ImageTokens), config.ImageTokens, MostImageTokens),
                (nameof(config.TextTokens), config.TextTokens, MostTextTokens),
                (nameof(config.Dimension), config.Dimension, MostWidth),
                (nameof(config.Channels), config.Channels, MostChannels),
                (nameof(config.Hidden), config.Hidden, MostWidth),
            }
        )
        {
            if (size <= 0)
                return $"{field} is {size}; a number above 0 is meant.";
            if (size > most)
                return $"{field} is {size}; at most {most} can be computed.";
        }
        if (config.Convolutions is < 0 or > MostConvolutions)
            return $"{nameof(config.Convolutions)} is {config.Convolutions}; 0 to {MostConvolutions} is meant.";
        if (weights.FurtherConvolutions.Count != Math.Max(0, config.Convolutions - 2))
        {
            return $"{nameof(weights.FurtherConvolutions)} are {weights.FurtherConvolutions.Count}; a head of "
                + $"{config.Convolutions} convolutions has {Math.Max(0, config.Convolutions - 2)}.";
        }

        if (string.IsNullOrWhiteSpace(config.ClipFingerprint))
            return $"{nameof(config.ClipFingerprint)} is empty.";
        if (TooLarge(config) is { } what)
            return what;

        foreach ((string? name, int[]? shape) in Shapes(config))
        {
            ReadOnlyMemory<float> values = Values(weights, name);
            if (values.Length != shape.Aggregate(1L, (product, size) => product * size))
                return $"Tensor {name} has {values.Length} values; [{string.Join(", ", shape)}] is meant.";
            if (NotFinite(values.Span) is { } wrong)
                return $"Tensor {name}: {wrong}.";
        }
        return null;
    }

    /// <summary>What products of sizes, each of which is within its bound, are larger than can be held; null if none are.</summary>
    internal static string? TooLarge(DcsmConfig config) =>
        (long)config.ImageTokens * config.TextTokens > MostOfMap
            ? $"a map of {config.ImageTokens} x {config.TextTokens} values is larger than can be held."
        : (long)config.Hidden * config.Channels * config.ImageTokens * config.TextTokens > int.MaxValue
            ? $"fc1.weight of {config.Hidden} x {config.Channels} x {config.ImageTokens} x {config.TextTokens} values is "
                + $"larger than can be held."
        : null;

    /// <summary>The first value that is not a number; null if there is none.</summary>
    internal static string? NotFinite(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return $"value {i} is {values[i]}";
        }
        return null;
    }
}
