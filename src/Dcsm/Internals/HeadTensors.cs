namespace Dcsm.Internals;

/// <summary>Names and shapes of a head's tensors.</summary>
internal static class HeadTensors
{
    internal static IReadOnlyList<(string Name, int[] Shape)> Shapes(DcsmConfig config)
    {
        var (channels, hidden) = (config.Channels, config.Hidden);
        return
        [
            ("conv1.weight", [channels, 1, 3, 3]),
            ("conv1.bias", [channels]),
            ("conv2.weight", [channels, channels, 3, 3]),
            ("conv2.bias", [channels]),
            ("fc1.weight", [hidden, checked(channels * config.ImageTokens * config.TextTokens)]),
            ("fc1.bias", [hidden]),
            ("fc2.weight", [1, hidden]),
            ("fc2.bias", [1]),
            ("functional_rows", [config.Words.Words.Count, config.ImageTokens]),
        ];
    }

    internal static float[] Values(DcsmHeadWeights weights, string name) => name switch
    {
        "conv1.weight" => weights.Conv1Weight,
        "conv1.bias" => weights.Conv1Bias,
        "conv2.weight" => weights.Conv2Weight,
        "conv2.bias" => weights.Conv2Bias,
        "fc1.weight" => weights.Fc1Weight,
        "fc1.bias" => weights.Fc1Bias,
        "fc2.weight" => weights.Fc2Weight,
        "fc2.bias" => weights.Fc2Bias,
        "functional_rows" => weights.FunctionalRows,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such tensor."),
    };

    internal static DcsmHeadWeights Assemble(Func<string, float[]> tensor) => new()
    {
        Conv1Weight = tensor("conv1.weight"),
        Conv1Bias = tensor("conv1.bias"),
        Conv2Weight = tensor("conv2.weight"),
        Conv2Bias = tensor("conv2.bias"),
        Fc1Weight = tensor("fc1.weight"),
        Fc1Bias = tensor("fc1.bias"),
        Fc2Weight = tensor("fc2.weight"),
        Fc2Bias = tensor("fc2.bias"),
        FunctionalRows = tensor("functional_rows"),
    };

    /// <summary>What is wrong with a head's parts, naming field or tensor; null if nothing is.</summary>
    internal static string? Check(DcsmConfig config, DcsmHeadWeights weights)
    {
        foreach (var (field, size) in new[]
        {
            (nameof(config.ImageTokens), config.ImageTokens), (nameof(config.TextTokens), config.TextTokens),
            (nameof(config.Dimension), config.Dimension), (nameof(config.Channels), config.Channels),
            (nameof(config.Hidden), config.Hidden),
        })
        {
            if (size <= 0)
                return $"{field} is {size}; a number above 0 is meant.";
        }
        if (string.IsNullOrWhiteSpace(config.ClipFingerprint))
            return $"{nameof(config.ClipFingerprint)} is empty.";
        if ((long)config.Hidden * config.Channels * config.ImageTokens * config.TextTokens > int.MaxValue)
            return $"fc1.weight of {config.Hidden} x {config.Channels} x {config.ImageTokens} x {config.TextTokens} values is larger than can be held.";
        foreach (var (name, shape) in Shapes(config))
        {
            var values = Values(weights, name);
            if (values is null)
                return $"Tensor {name} is null.";
            if (values.LongLength != shape.Aggregate(1L, (product, size) => product * size))
                return $"Tensor {name} has {values.LongLength} values; [{string.Join(", ", shape)}] is meant.";
            if (NotFinite(values) is { } wrong)
                return $"Tensor {name}: {wrong}.";
        }
        return null;
    }

    /// <summary>The first value that is not a number; null if there is none.</summary>
    internal static string? NotFinite(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return $"value {i} is {values[i]}";
        }
        return null;
    }
}
