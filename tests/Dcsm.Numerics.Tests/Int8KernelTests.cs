using Dcsm.Numerics.Quantized;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Numerics.Tests;

/// <summary>Products of bytes are exact, whichever way they are computed.</summary>
[Properties(Arbitrary = [typeof(Int8KernelTests)], MaxTest = 200)]
[Trait("Kind", "Kernels")]
public sealed unsafe class Int8KernelTests
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
    public void The_kernel_is_a_plain_loop_over_integers(Product product)
    {
        (int rows, int groups) = (product.Rows, (product.Inputs + Int8Kernel.Group - 1) / Int8Kernel.Group);
        var random = new Random(product.Seed);
        int stride = (groups * Int8Kernel.Group) + random.Next(3);
        byte[] a = new byte[rows * stride];
        sbyte[] b = Panel(groups, channel => RandomChannel(random, groups * Int8Kernel.Group), out sbyte[][]? weights);
        random.NextBytes(a);
        for (int i = 0; i < a.Length; i++)
            a[i] = (byte)(a[i] % (Int8Kernel.Most + 1));
        Check(a, stride, b, weights, rows, groups);
    }

    // All that a lane may hold, as few weights as can be and as many, with the greatest activations and the least.
    [Theory]
    [InlineData(127, 1, Int8Kernel.Most)]
    [InlineData(127, -1, Int8Kernel.Most)]
    [InlineData(20, 1, Int8Kernel.Most)]
    [InlineData(20, -1, Int8Kernel.Most)]
    [InlineData(127, 1, 0)]
    public void Extreme_values_do_not_saturate(int weight, int sign, byte activation)
    {
        const int Groups = 200,
            Rows = 7;
        byte[] a = new byte[Rows * Groups * Int8Kernel.Group];
        a.AsSpan().Fill(activation);
        sbyte[] panel = Panel(Groups, _ => Full(weight, sign, Groups * Int8Kernel.Group), out sbyte[][]? weights);
        Assert.True(Int8Weights.Fits(weights[0]));
        Assert.Equal(2 * Groups * Int8Kernel.LaneLimit, weights[0].Sum(w => Math.Abs((int)w)));
        Check(a, Groups * Int8Kernel.Group, panel, weights, Rows, Groups);
    }

    // By turns as much as can be of either sign, so that nothing cancels within a lane before it must.
    [Fact]
    public void Both_signs_at_their_limits_do_not_saturate()
    {
        const int Groups = 48,
            Rows = 6;
        var random = new Random(1);
        sbyte[] panel = Panel(
            Groups,
            _ => [.. Full(127, 1, Groups * Int8Kernel.Group).Zip(Full(40, -1, Groups * Int8Kernel.Group), (p, n) => p != 0 ? p : n)],
            out sbyte[][]? weights
        );
        byte[] a = new byte[Rows * Groups * Int8Kernel.Group];
        for (int i = 0; i < a.Length; i++)
            a[i] = random.Next(2) == 0 ? (byte)0 : (byte)Int8Kernel.Most;
        Check(a, Groups * Int8Kernel.Group, panel, weights, Rows, Groups);
    }

    [Property]
    public void Quantized_weights_fit_the_kernel_and_are_near(Product product)
    {
        var random = new Random(product.Seed);
        float spread = MathF.Exp((random.NextSingle() * 20) - 10);
        // Some channels of one sign, some with outliers.
        float[] weights = Enumerable
            .Range(0, product.Inputs)
            .Select(_ => spread * ((random.NextSingle() * 2) - (product.Rows > 10 ? 0 : 1)) * (random.Next(50) == 0 ? product.Outputs : 1))
            .ToArray();
        sbyte[] quantized = new sbyte[weights.Length];
        float scale = Int8Weights.Quantize(weights, quantized);
        Assert.True(Int8Weights.Fits(quantized));
        Assert.DoesNotContain((sbyte)-128, quantized);
        for (int i = 0; i < weights.Length; i++)
            Assert.InRange(Math.Abs(weights[i] - (scale * quantized[i])), 0, scale * 0.501f);
    }

    [Fact]
    public void Weights_of_zero_have_no_scale()
    {
        sbyte[] quantized = new sbyte[40];
        quantized.AsSpan().Fill(3);
        Assert.Equal(0, Int8Weights.Quantize(new float[40], quantized));
        Assert.All(quantized, value => Assert.Equal(0, value));
    }

    private static void Check(byte[] a, int stride, sbyte[] panel, sbyte[][] weights, int rows, int groups)
    {
        (int[]? fast, int[]? portable) = (new int[rows * Int8Kernel.Channels], new int[rows * Int8Kernel.Channels]);
        int half = groups / 2;
        fixed (byte* from = a)
        fixed (sbyte* w = panel)
        fixed (
            int* f = fast,
                p = portable
        )
        {
            // In two parts, as deep layers are.
            Int8Kernel.Multiply(from, stride, w, f, rows, half, accumulate: false, following: w);
            Int8Kernel.Multiply(
                from + (half * Int8Kernel.Group),
                stride,
                w + (half * Int8Kernel.Group * Int8Kernel.Channels),
                f,
                rows,
                groups - half,
                accumulate: true
            );
            Int8Kernel.MultiplyPortably(from, stride, w, p, rows, half, accumulate: false);
            Int8Kernel.MultiplyPortably(
                from + (half * Int8Kernel.Group),
                stride,
                w + (half * Int8Kernel.Group * Int8Kernel.Channels),
                p,
                rows,
                groups - half,
                accumulate: true
            );
        }
        for (int row = 0; row < rows; row++)
        {
            for (int channel = 0; channel < Int8Kernel.Channels; channel++)
            {
                int sum = 0;
                for (int input = 0; input < groups * Int8Kernel.Group; input++)
                    sum += a[(row * stride) + input] * weights[channel][input];
                Assert.Equal(sum, fast[(row * Int8Kernel.Channels) + channel]);
                Assert.Equal(sum, portable[(row * Int8Kernel.Channels) + channel]);
            }
        }
    }

    private static sbyte[] Panel(int groups, Func<int, sbyte[]> channelWeights, out sbyte[][] weights)
    {
        sbyte[] panel = new sbyte[groups * Int8Kernel.Group * Int8Kernel.Channels];
        weights = [.. Enumerable.Range(0, Int8Kernel.Channels).Select(channelWeights)];
        for (int channel = 0; channel < Int8Kernel.Channels; channel++)
        {
            for (int input = 0; input < groups * Int8Kernel.Group; input++)
                panel[Int8Kernel.Place(channel, input)] = weights[channel][input];
        }
        return panel;
    }

    private static sbyte[] RandomChannel(Random random, int inputs)
    {
        sbyte[] quantized = new sbyte[inputs];
        Int8Weights.Quantize([.. Enumerable.Range(0, inputs).Select(_ => (random.NextSingle() * 2) - 1)], quantized);
        return quantized;
    }

    /// <summary>Weights of one sign that fill each lane to its limit.</summary>
    private static sbyte[] Full(int weight, int sign, int inputs)
    {
        int[] lanes = new int[inputs / Int8Kernel.Group * 2];
        Array.Fill(lanes, Int8Kernel.LaneLimit);
        sbyte[] weights = new sbyte[inputs];
        for (int input = 0; input < inputs; input++)
        {
            ref int left = ref lanes[Int8Kernel.Lane(input)];
            // The last input of a lane takes what is left.
            int taken = Math.Min(left, weight);
            weights[input] = (sbyte)(sign * taken);
            left -= taken;
        }
        for (int input = 0; input < inputs; input++)
        {
            ref int left = ref lanes[Int8Kernel.Lane(input)];
            int more = Math.Min(left, 127 - Math.Abs((int)weights[input]));
            weights[input] += (sbyte)(sign * more);
            left -= more;
        }
        return weights;
    }
}
