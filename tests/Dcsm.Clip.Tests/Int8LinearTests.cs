using Dcsm.Clip.Int8;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Clip.Tests;

/// <summary>Layers in int8 are near those in float32, and the same whichever way they are computed.</summary>
[Properties(Arbitrary = [typeof(Int8LinearTests)], MaxTest = 200)]
[Trait("Kind", "Kernels")]
public sealed unsafe class Int8LinearTests
{
    public sealed record Product(int Rows, int Inputs, int Outputs, int Seed);

    public static Arbitrary<Product> Products()
    {
        Gen<Product> products =
            from rows in Gen.Choose(1, 20)
            from inputs in Gen.Choose(1, 1700)
            from outputs in Gen.Choose(1, 20)
            from seed in Gen.Choose(0, int.MaxValue)
            select new Product(rows, inputs, outputs, seed);
        return Arb.From(products);
    }

    [Property]
    public void A_layer_is_near_the_one_in_float32(Product product)
    {
        (int rows, int inputs, int outputs) = (product.Rows, product.Inputs, product.Outputs);
        var random = new Random(product.Seed);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        (float[]? weights, float[]? bias, float[]? x) = (Values(inputs * outputs), Values(outputs), Values(rows * inputs));
        using var ours = new Int8PanelLinear(weights, bias, inputs, outputs);
        using var runtime = new Int8RuntimeLinear(weights, bias, inputs, outputs);
        int written = Int8Linear.Written(outputs);
        float[] y = Run(ours, x, rows, dense: false);
        Assert.Equal(y, Run(runtime, x, rows, dense: true));
        for (int row = 0; row < rows; row++)
        {
            for (int output = 0; output < outputs; output++)
            {
                double exact = 10 + bias[output];
                for (int input = 0; input < inputs; input++)
                    exact += (double)weights[(output * inputs) + input] * x[(row * inputs) + input];
                // Errors of rounding, each half a step at most of about a hundredth, add up as a random walk does.
                Assert.Equal(exact, y[(row * written) + output], 0.05 + (0.04 * Math.Sqrt(inputs)));
            }
        }
    }

    // More outputs than are summed at once.
    [Fact]
    public void A_wide_layer_is_the_same_to_the_bit_by_both_ways()
    {
        const int Rows = 9,
            Inputs = 40,
            Outputs = (2 * Int8Linear.MostSums) + 13;
        var random = new Random(1);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        (float[]? weights, float[]? bias, float[]? x) = (Values(Inputs * Outputs), Values(Outputs), Values(Rows * Inputs));
        using var ours = new Int8PanelLinear(weights, bias, Inputs, Outputs);
        using var runtime = new Int8RuntimeLinear(weights, bias, Inputs, Outputs);
        Assert.Equal(Run(ours, x, Rows, dense: false), Run(runtime, x, Rows, dense: true));
    }

    [Fact]
    public void Rows_that_are_spaced_are_refused_where_they_may_not_be()
    {
        using var runtime = new Int8RuntimeLinear(new float[16], new float[1], 16, 1);
        Assert.Throws<ArgumentException>(() => Run(runtime, new float[16], 1, dense: false));
    }

    /// <summary>What a layer adds to tens.</summary>
    private static float[] Run(Int8Linear layer, float[] x, int rows, bool dense)
    {
        var quantized = new QuantizedRows(rows, layer.Inputs, dense);
        int written = Int8Linear.Written(layer.Outputs);
        float[] y = new float[rows * written];
        y.AsSpan().Fill(10);
        int[] sums = new int[rows * Int8Linear.MostSums];
        fixed (
            float* from = x,
                to = y
        )
        fixed (int* s = sums)
        {
            quantized.Quantize(from, layer.Inputs, rows, layer.Inputs);
            layer.Run(quantized, to, written, rows, add: true, s);
        }
        return y;
    }
}
