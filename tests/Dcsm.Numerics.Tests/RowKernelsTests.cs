using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Rows;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

[Trait("Kind", "Kernels")]
public sealed unsafe class RowKernelsTests
{
    private static readonly int[] Lengths = [1, 7, 8, 15, 16, 31, 32, 33, 65, 197, 771];

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Activations_are_those_of_the_formula(int bits)
    {
        var kernels = RowKernels.Create(Widths.Of(bits));
        float[] x = [.. Enumerable.Range(-1200, 2400).Select(i => i / 100f)];
        (float[]? quick, float[]? exact, float[] tanh) = ((float[])x.Clone(), (float[])x.Clone(), (float[])x.Clone());
        fixed (
            float* q = quick,
                e = exact,
                t = tanh
        )
        {
            kernels.TanhGelu(t, x.Length);
            kernels.QuickGelu(q, x.Length);
            kernels.Gelu(e, x.Length);
        }
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(x[i] / (1 + Math.Exp(-1.702 * x[i])), quick[i], 1e-6);
            Assert.Equal(x[i] * Normal(x[i]), exact[i], 2e-6);
            double cubic = Math.Sqrt(2 / Math.PI) * (x[i] + (0.044715 * x[i] * x[i] * x[i]));
            Assert.Equal(0.5 * x[i] * (1 + Math.Tanh(cubic)), tanh[i], 2e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void A_softmax_sums_to_one_whatever_the_size_of_its_numbers(int bits)
    {
        var kernels = RowKernels.Create(Widths.Of(bits));
        foreach (int length in Lengths)
        {
            foreach (float size in (float[])[0.1f, 10, 1000])
            {
                var random = new Random(length);
                float[] x = [.. Enumerable.Range(0, length).Select(_ => size * ((random.NextSingle() * 2) - 1))],
                    y = (float[])x.Clone();
                fixed (float* row = y)
                    kernels.Softmax(row, length);
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

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void A_row_is_spread_over_all_values_of_a_byte(int bits)
    {
        var kernels = RowKernels.Create(Widths.Of(bits));
        foreach (int length in Lengths)
        {
            var random = new Random(length);
            float[] x = [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 3) - 1)];
            byte[] bytes = new byte[length];
            float scale,
                minimum;
            fixed (float* from = x)
            fixed (byte* to = bytes)
                kernels.Quantize(from, to, length, out scale, out minimum);
            Assert.Equal(x.Min(), minimum);
            Assert.Equal(length == 1 ? 0 : Int8Kernel.Most, bytes.Max());
            for (int i = 0; i < length; i++)
                Assert.InRange(Math.Abs(x[i] - (minimum + (scale * bytes[i]))), 0, (scale * 0.501f) + 1e-6f);
        }
    }

    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Every_width_gives_the_bits_of_plain_floats(int bits)
    {
        RowKernels kernels = RowKernels.Create(Widths.Of(bits)),
            plain = RowKernels.Create(VectorWidth.Available[^1]);
        foreach (int length in Lengths)
        {
            Assert.Equal(All(plain, length), All(kernels, length));
            Assert.Equal(Bytes(plain, length), Bytes(kernels, length));
        }
        Assert.Equal(Dequantized(plain, add: false), Dequantized(kernels, add: false));
        Assert.Equal(Dequantized(plain, add: true), Dequantized(kernels, add: true));

        static float[] All(RowKernels kernels, int length)
        {
            // Activations write whole vectors.
            int room = length + 16;
            float[] rows = Widths.ToArray(Widths.Random(3 * room, length));
            fixed (float* row = rows)
            {
                kernels.QuickGelu(row, length);
                kernels.Gelu(row + room, length);
                kernels.Softmax(row + (2 * room), length);
            }
            return [.. Enumerable.Range(0, 3).SelectMany(i => rows.Skip(i * room).Take(length))];
        }

        static byte[] Bytes(RowKernels kernels, int length)
        {
            byte[] bytes = new byte[length];
            fixed (byte* to = bytes)
                kernels.Quantize(Widths.Random(length, 3).Pointer, to, length, out _, out _);
            return bytes;
        }
    }

    [Fact]
    public void Sums_are_brought_back_to_floats()
    {
        float[] found = Dequantized(RowKernels.Widest, add: true);
        for (int i = 0; i < found.Length; i++)
        {
            (int row, int column) = (i / 24, i % 24);
            double expected = 10 + (100 * (i - 30) * (row + 1) * (column + 2)) + ((row - 1) * (column + 3)) + column;
            Assert.Equal(expected, found[i], 1e-2);
        }
    }

    /// <summary>Three rows of three panels, added to tens.</summary>
    private static float[] Dequantized(RowKernels kernels, bool add)
    {
        const int Rows = 3,
            Columns = 24;
        int[] sums = [.. Enumerable.Range(0, Rows * Columns).Select(i => 100 * (i - 30))];
        float[] output = [.. Enumerable.Repeat(10f, Rows * Columns)];
        float[] Series(int count, int first) => [.. Enumerable.Range(first, count).Select(i => (float)i)];
        fixed (int* from = sums)
        fixed (
            float* scales = Series(Rows, 1),
                minima = Series(Rows, -1),
                channels = Series(Columns, 2),
                weightSums = Series(Columns, 3),
                bias = Series(Columns, 0),
                to = output
        )
        {
            kernels.Dequantize(from, Rows, Columns, scales, minima, channels, weightSums, bias, to, Columns, add);
        }
        return output;
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
