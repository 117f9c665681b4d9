namespace Dcsm.Clip.Internals;

/// <summary>One layer of an image tower, its products in int8.</summary>
internal sealed class Int8Layer
{
    private static readonly string[] s_parts = ["q_proj", "k_proj", "v_proj"];

    public Int8Layer(ClipVisionConfig vision, string name, Func<string, float[]> read)
    {
        var (width, intermediate) = (vision.HiddenSize, vision.IntermediateSize);
        (Norm1, Norm2) = (new LayerNorm(read, $"{name}.layer_norm1"), new LayerNorm(read, $"{name}.layer_norm2"));

        // Queries are made smaller here by what attention divides scores by.
        var (weights, bias) = (new float[3 * width * width], new float[3 * width]);
        foreach (var (i, part) in s_parts.Index())
        {
            read($"{name}.self_attn.{part}.weight").CopyTo(weights, i * width * width);
            read($"{name}.self_attn.{part}.bias").CopyTo(bias, i * width);
        }
        var scale = 1 / MathF.Sqrt(width / vision.Heads);
        foreach (ref var value in weights.AsSpan(0, width * width))
            value *= scale;
        foreach (ref var value in bias.AsSpan(0, width))
            value *= scale;
        QueriesKeysValues = new Int8Linear(weights, bias, width, 3 * width);
        Out = Linear("self_attn.out_proj", width, width);
        Fc1 = Linear("mlp.fc1", width, intermediate);
        Fc2 = Linear("mlp.fc2", intermediate, width);

        Int8Linear Linear(string part, int from, int to) => new(read($"{name}.{part}.weight"), read($"{name}.{part}.bias"), from, to);
    }

    public LayerNorm Norm1 { get; }

    public LayerNorm Norm2 { get; }

    public Int8Linear QueriesKeysValues { get; }

    public Int8Linear Out { get; }

    public Int8Linear Fc1 { get; }

    public Int8Linear Fc2 { get; }
}
