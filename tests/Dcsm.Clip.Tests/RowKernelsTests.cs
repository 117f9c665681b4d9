using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Tests;

public sealed unsafe class RowKernelsTests
{
    private static readonly int[] Lengths = [1, 7, 8, 15, 16, 31, 32, 33, 65, 197, 771];

    [Fact]
    public void Activations_are_those_of_the_formula()
    {
        float[] x = [.. Enumerable.Range(-1200, 2400).Select(i => i / 100f)];
        (float[]? quick, float[]? exact) = ((float[])x.Clone(), (float[])x.Clone());
        fixed (
            float* q = quick,
                e = exact
        )
        {
            RowKernels.QuickGelu(q, x.Length);
            RowKernels.Gelu(e, x.Length);
        }
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(x[i] / (1 + Math.Exp(-1.702 * x[i])), quick[i], 1e-6);
            Assert.Equal(x[i] * Normal(x[i]), exact[i], 2e-6);
        }
    }

    [Fact]
    public void A_softmax_sums_to_one_whatever_the_size_of_its_numbers()
    {
        foreach (int length in Lengths)
        {
            foreach (float size in (float[])[0.1f, 10, 1000])
            {
                var random = new Random(length);
                float[] x = [.. Enumerable.Range(0, length).Select(_ => size * ((random.NextSingle() * 2) - 1))],
                    y = (float[])x.Clone();
                fixed (float* row = y)
                    RowKernels.Softmax(row, length);
                float most = x.Max();
                double sum = x.Sum(value => Math.Exp(value - most));
                for (int i = 0; i < length; i++)
                    Assert.Equal(Math.Exp(x[i] - most) / sum, y[i], 1e-6);
            }
        }
    }

    [Fact]
    public void A_layer_norm_is_that_of_the_formula()
    {
        foreach (int length in Lengths)
        {
            var random = new Random(length);
            float[] Values() => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 4) - 1)];
            (float[]? x, float[]? gamma, float[]? beta, float[]? y) = (Values(), Values(), Values(), new float[length]);
            fixed (
                float* from = x,
                    g = gamma,
                    b = beta,
                    to = y
            )
            {
                RowKernels.LayerNorm(from, to, g, b, length, 1e-5f);
            }

            double mean = x.Average(value => (double)value);
            double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
            for (int i = 0; i < length; i++)
                Assert.Equal(((x[i] - mean) / deviation * gamma[i]) + beta[i], y[i], 1e-5);
        }
    }

    [Fact]
    public void A_row_is_spread_over_all_steps()
    {
        foreach (int length in Lengths)
        {
            var random = new Random(length);
            float[] x = [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 3) - 1)];
            byte[] bytes = new byte[length];
            float step,
                least;
            fixed (float* from = x)
            fixed (byte* to = bytes)
                RowKernels.Quantize(from, to, length, out step, out least);
            Assert.Equal(x.Min(), least);
            Assert.Equal(length == 1 ? 0 : Int8Kernel.Most, bytes.Max());
            for (int i = 0; i < length; i++)
                Assert.InRange(Math.Abs(x[i] - (least + (step * bytes[i]))), 0, (step * 0.501f) + 1e-6f);
        }
    }

    // Simpson's rule.
    private static double Normal(double x)
    {
        const int Steps = 400;
        (double sum, double width) = (0.0, x / Steps);
        for (int i = 0; i <= Steps; i++)
        {
            sum +=
                Math.Exp(-i * width * i * width / 2)
                * (
                    i is 0 or Steps ? 1
                    : i % 2 == 1 ? 4
                    : 2
                );
        }

        return 0.5 + (sum * width / 3 / Math.Sqrt(2 * Math.PI));
    }
}
