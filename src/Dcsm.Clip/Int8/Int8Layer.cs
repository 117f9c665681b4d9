using Dcsm.Clip.Models;

namespace Dcsm.Clip.Int8;

/// <summary>One layer of an image tower, its products in int8.</summary>
internal sealed class Int8Layer : IDisposable
{
    private static readonly string[] Parts = ["q_proj", "k_proj", "v_proj"];

    public Int8Layer(ClipVisionConfig vision, string name, Func<string, float[]> read)
    {
        (int width, int intermediate) = (vision.HiddenSize, vision.IntermediateSize);

        // Queries are made smaller here by what attention divides scores by.
        (float[]? weights, float[]? bias) = (new float[3 * width * width], new float[3 * width]);
        foreach ((int i, string? part) in Parts.Index())
        {
            read($"{name}.self_attn.{part}.weight").CopyTo(weights, i * width * width);
            read($"{name}.self_attn.{part}.bias").CopyTo(bias, i * width);
        }
        float scale = 1 / MathF.Sqrt(width / vision.Heads);
        foreach (ref float value in weights.AsSpan(0, width * width))
            value *= scale;
        foreach (ref float value in bias.AsSpan(0, width))
            value *= scale;
        Norm1 = Smooth(read, $"{name}.layer_norm1", weights);
        QueriesKeysValues = Int8Linear.Create(weights, bias, width, 3 * width);
        Out = Linear("self_attn.out_proj", width, width);
        weights = read($"{name}.mlp.fc1.weight");
        Norm2 = Smooth(read, $"{name}.layer_norm2", weights);
        Fc1 = Int8Linear.Create(weights, read($"{name}.mlp.fc1.bias"), width, intermediate);
        Fc2 = Linear("mlp.fc2", intermediate, width);

        Int8Linear Linear(string part, int from, int to) =>
            Int8Linear.Create(read($"{name}.{part}.weight"), read($"{name}.{part}.bias"), from, to);
    }

    public LayerNorm Norm1 { get; }

    public LayerNorm Norm2 { get; }

    public Int8Linear QueriesKeysValues { get; }

    public Int8Linear Out { get; }

    public Int8Linear Fc1 { get; }

    public Int8Linear Fc2 { get; }

    public void Dispose()
    {
        foreach (Int8Linear linear in (Int8Linear[])[QueriesKeysValues, Out, Fc1, Fc2])
            linear.Dispose();
    }

    /// <summary>
    /// Takes from each channel behind a layer norm what its weights can bear, so that a few wide channels do not use up the steps of a
    /// row: half of the disproportion, as SmoothQuant does. How far a channel reaches, the norm's own numbers tell.
    /// </summary>
    /// <param name="weights">[outputs, width] of what reads the norm; changed.</param>
    private static LayerNorm Smooth(Func<string, float[]> read, string name, float[] weights)
    {
        (float[]? gamma, float[]? beta) = (read($"{name}.weight"), read($"{name}.bias"));
        int width = gamma.Length;
        double[] squares = new double[width];
        for (int i = 0; i < weights.Length; i++)
            squares[i % width] += (double)weights[i] * weights[i];
        float[] factors = new float[width];
        for (int channel = 0; channel < width; channel++)
        {
            float reach = (3 * Math.Abs(gamma[channel])) + Math.Abs(beta[channel]);
            float weight = (float)Math.Sqrt(squares[channel] / (weights.Length / width));
            float factor = MathF.Sqrt(reach / weight);
            factors[channel] = factor > 0 && float.IsFinite(factor) ? factor : 1;
            gamma[channel] /= factors[channel];
            beta[channel] /= factors[channel];
        }
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= factors[i % width];
        return new LayerNorm(gamma, beta);
    }
}
