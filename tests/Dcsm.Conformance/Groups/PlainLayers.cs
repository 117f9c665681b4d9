using Dcsm.IO.Safetensors;

namespace Dcsm.Conformance.Groups;

/// <summary>Layers on single vectors, in double and written down plainly, with the weights of a file.</summary>
internal sealed class PlainLayers(SafetensorsFile file)
{
    /// <summary>A linear layer.</summary>
    /// <param name="x">Its input.</param>
    /// <param name="weight">The name of [outputs, inputs].</param>
    /// <param name="bias">The name of the bias; null for none.</param>
    /// <param name="firstRow">The first output that is meant.</param>
    /// <param name="rows">How many; all from the first on where null.</param>
    public double[] Linear(double[] x, string weight, string? bias, int firstRow = 0, int? rows = null)
    {
        float[] weights = file.ReadFloat32(weight);
        float[]? added = bias is null ? null : file.ReadFloat32(bias);
        double[] y = new double[rows ?? ((weights.Length / x.Length) - firstRow)];
        for (int row = 0; row < y.Length; row++)
        {
            y[row] = added?[firstRow + row] ?? 0;
            for (int i = 0; i < x.Length; i++)
                y[row] += (double)weights[((firstRow + row) * x.Length) + i] * x[i];
        }
        return y;
    }

    /// <summary>A linear layer named as PyTorch names it.</summary>
    public double[] Linear(double[] x, string name) => Linear(x, $"{name}.weight", $"{name}.bias");

    /// <summary>A product with a matrix stored as [inputs, outputs].</summary>
    public double[] Times(double[] x, string matrix)
    {
        float[] weights = file.ReadFloat32(matrix);
        double[] y = new double[weights.Length / x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            for (int column = 0; column < y.Length; column++)
                y[column] += x[i] * weights[(i * y.Length) + column];
        }
        return y;
    }

    /// <summary>A layer norm.</summary>
    public double[] Norm(double[] x, string name, double epsilon)
    {
        (float[] gamma, float[] beta) = (file.ReadFloat32($"{name}.weight"), file.ReadFloat32($"{name}.bias"));
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + epsilon);
        return [.. x.Select((value, i) => ((value - mean) / deviation * gamma[i]) + beta[i])];
    }

    /// <summary>GELU by its approximation with tanh.</summary>
    public static double[] TanhGelu(double[] x) =>
        [.. x.Select(value => 0.5 * value * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * value * value * value)))))];

    public static double[] Sum(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a + b)];

    /// <summary>Every vector of a tensor through layers, and then of unit length.</summary>
    /// <param name="values">[vectors, width]</param>
    /// <param name="width">Of a vector.</param>
    /// <param name="layers">The layers.</param>
    public static float[] Each(float[] values, int width, Func<double[], double[]> layers)
    {
        List<float> result = [];
        foreach (float[] vector in values.Chunk(width))
        {
            double[] y = layers([.. vector.Select(value => (double)value)]);
            double length = Math.Sqrt(y.Sum(value => value * value));
            result.AddRange(y.Select(value => (float)(value / length)));
        }
        return [.. result];
    }
}
