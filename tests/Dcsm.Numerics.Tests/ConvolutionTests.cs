using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Convolutions;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

/// <summary>Rows of a 3 × 3 convolution, forwards and backwards, in every width against plain loops.</summary>
[Trait("Kind", "Kernels")]
public sealed unsafe class ConvolutionTests
{
    private static readonly (int Columns, int Inputs, int Outputs)[] Shapes =
    [
        (1, 1, 1),
        (2, 1, 4),
        (5, 4, 4),
        (30, 4, 4),
        (33, 3, 7),
        (12, 5, 2),
    ];

    /// <summary>Every width with every shape.</summary>
    public static TheoryData<int, int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int, int>();
            foreach (VectorWidth width in VectorWidth.Available)
            {
                foreach ((int columns, int inputs, int outputs) in Shapes)
                    data.Add(width.Bits, columns, inputs, outputs);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_row_is_a_plain_loop(int bits, int columns, int inputs, int outputs) =>
        Widths.Of(bits).Run(new Row(columns, inputs, outputs));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_row_of_a_map_by_itself_is_that_of_maps_side_by_side(int bits, int columns, int inputs, int outputs) =>
        Widths.Of(bits).Run(new Alone(columns, inputs, outputs));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gradients_are_those_of_a_plain_loop(int bits, int columns, int inputs, int outputs) =>
        Widths.Of(bits).Run(new Gradients(columns, inputs, outputs));

    /// <summary>One number, in the order of the kernel.</summary>
    private static float Plain(ReadOnlySpan<float> weights, float bias, int inputs, Func<int, int, int, float> value)
    {
        float sum = bias;
        for (int input = 0; input < inputs; input++)
        {
            for (int tap = 0; tap < 9; tap++)
                sum = float.MultiplyAddEstimate(weights[(input * 9) + tap], value(input, tap / 3, tap % 3), sum);
        }
        return sum;
    }

    private sealed class Row(int columns, int inputs, int outputs) : Widths.IVectorAction
    {
        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int lanes = Gemm.Columns<TVector>(),
                stride = InterleavedMaps.Stride(columns, lanes),
                outputStride = columns * lanes;
            AlignedFloats x = Widths.Random(3L * inputs * stride, 1);
            float[] weights = Widths.ToArray(Widths.Random((long)outputs * inputs * 9, 2)),
                bias = Widths.ToArray(Widths.Random(outputs, 3));
            var convolution = new Convolution3x3(inputs, outputs);
            convolution.Set(weights, bias);
            AlignedFloats relu = new((long)outputs * outputStride),
                gated = new((long)outputs * outputStride),
                gate = Widths.Random((long)outputs * outputStride, 4);
            float* here = x.Pointer + ((nint)inputs * stride),
                below = here + ((nint)inputs * stride);
            convolution.Row<TVector>(x.Pointer, here, below, stride, lanes, columns, relu.Pointer, outputStride);
            convolution.Row<TVector>(x.Pointer, here, below, stride, lanes, columns, gated.Pointer, outputStride, gate.Pointer);
            for (int i = 0; i < outputs * outputStride; i++)
            {
                (int output, int column, int lane) = (i / outputStride, i % outputStride / lanes, i % lanes);
                float sum = Plain(
                    weights.AsSpan(output * inputs * 9, inputs * 9),
                    bias[output],
                    inputs,
                    (input, dy, dx) => x.Pointer[(((dy * inputs) + input) * stride) + ((column + dx) * lanes) + lane]
                );
                Assert.Equal(Math.Max(0, sum), relu.Pointer[i]);
                Assert.Equal(gate.Pointer[i] > 0 ? sum : 0, gated.Pointer[i]);
            }
        }
    }

    private sealed class Alone(int columns, int inputs, int outputs) : Widths.IVectorAction
    {
        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int lanes = Gemm.Columns<TVector>(),
                steps = (columns + lanes - 1) / lanes,
                stride = (steps + 1) * lanes,
                side = InterleavedMaps.Stride(columns, lanes);
            AlignedFloats x = Widths.Random((3L * inputs * stride) + lanes, 1),
                spread = new(3L * inputs * side);
            var convolution = new Convolution3x3(inputs, outputs);
            convolution.Set(Widths.ToArray(Widths.Random((long)outputs * inputs * 9, 2)), Widths.ToArray(Widths.Random(outputs, 3)));
            // The same numbers in the last lane.
            for (int row = 0; row < 3 * inputs; row++)
            {
                for (int column = 0; column < columns + 2; column++)
                    spread.Pointer[(row * side) + (column * lanes) + lanes - 1] = x.Pointer[(row * stride) + column];
            }
            AlignedFloats alone = new((long)outputs * stride),
                together = new((long)outputs * side);
            convolution.Row<TVector>(
                x.Pointer,
                x.Pointer + (inputs * stride),
                x.Pointer + (2 * inputs * stride),
                stride,
                1,
                steps,
                alone.Pointer,
                stride
            );
            convolution.Row<TVector>(
                spread.Pointer,
                spread.Pointer + (inputs * side),
                spread.Pointer + (2 * inputs * side),
                side,
                lanes,
                columns,
                together.Pointer,
                side
            );
            for (int output = 0; output < outputs; output++)
            {
                for (int column = 0; column < columns; column++)
                {
                    Assert.Equal(
                        together.Pointer[(output * side) + (column * lanes) + lanes - 1],
                        alone.Pointer[(output * stride) + column]
                    );
                }
            }
        }
    }

    private sealed class Gradients(int columns, int inputs, int outputs) : Widths.IVectorAction
    {
        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            int lanes = Gemm.Columns<TVector>(),
                stride = InterleavedMaps.Stride(columns, lanes);
            AlignedFloats x = Widths.Random(3L * inputs * stride, 1),
                gradient = Widths.Random((long)outputs * stride, 2),
                sums = Widths.Random((((long)outputs * inputs * 9) + outputs) * lanes, 3);
            float[] before = Widths.ToArray(sums);
            ConvolutionGradients.Weights<TVector>(
                x.Pointer,
                x.Pointer + (inputs * stride),
                x.Pointer + (2 * inputs * stride),
                inputs,
                outputs,
                stride,
                columns,
                gradient.Pointer,
                sums.Pointer
            );
            for (int i = 0; i < before.Length; i++)
            {
                (int number, int lane) = (i / lanes, i % lanes);
                double sum = before[i];
                bool bias = number >= outputs * inputs * 9;
                int output = bias ? number - (outputs * inputs * 9) : number / (inputs * 9);
                for (int column = 0; column < columns; column++)
                {
                    double g = gradient.Pointer[(output * stride) + (column * lanes) + lane];
                    (int input, int tap) = (number / 9 % inputs, number % 9);
                    sum += bias ? g : g * x.Pointer[(((tap / 3 * inputs) + input) * stride) + ((column + (tap % 3)) * lanes) + lane];
                }
                Assert.Equal(sum, sums.Pointer[i], 1e-4);
            }

            // Gradients of the inputs: the transposed convolution of those of the outputs.
            float[] weights = Widths.ToArray(Widths.Random((long)outputs * inputs * 9, 4));
            var transposed = new Convolution3x3(outputs, inputs);
            transposed.SetTransposed(weights);
            AlignedFloats g3 = Widths.Random(3L * outputs * stride, 5),
                result = new((long)inputs * columns * lanes),
                gate = new((long)inputs * columns * lanes);
            new Span<float>(gate.Pointer, (int)gate.Length).Fill(1);
            transposed.Row<TVector>(
                g3.Pointer,
                g3.Pointer + (outputs * stride),
                g3.Pointer + (2 * outputs * stride),
                stride,
                lanes,
                columns,
                result.Pointer,
                columns * lanes,
                gate.Pointer
            );
            for (int i = 0; i < inputs * columns * lanes; i++)
            {
                (int input, int column, int lane) = (i / (columns * lanes), i / lanes % columns, i % lanes);
                double sum = 0;
                for (int output = 0; output < outputs; output++)
                {
                    for (int tap = 0; tap < 9; tap++)
                    {
                        (int y, int dx) = (2 - (tap / 3), 2 - (tap % 3));
                        sum +=
                            (double)weights[(((output * inputs) + input) * 9) + tap]
                            * g3.Pointer[(((y * outputs) + output) * stride) + ((column + dx) * lanes) + lane];
                    }
                }
                Assert.Equal(sum, result.Pointer[i], 1e-4);
            }
        }
    }
}
