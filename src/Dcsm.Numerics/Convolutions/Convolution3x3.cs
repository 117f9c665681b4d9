using System.Runtime.CompilerServices;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Convolutions;

/// <summary>
/// The weights of a 3 × 3 convolution, padded by 1, in the order in which a row of it reads them. A row is computed two vectors at a time:
/// with maps side by side these are one column of as many maps, with a map by itself as many columns. Each value is summed in the same
/// order either way, and in vectors of any width.
/// </summary>
public sealed unsafe class Convolution3x3
{
    /// <summary>Taps of a filter.</summary>
    public const int Taps = 9;

    // Output channels computed together; weights are padded with zeros to a multiple.
    private const int Block = 4;

    // [blocks, inputs, 3, 3, block], [blocks · block]
    private readonly AlignedFloats _weights;
    private readonly AlignedFloats _bias;

    /// <summary>Makes room for weights, all zero.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    public Convolution3x3(int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        int padded = (outputs + Block - 1) / Block * Block;
        _weights = new AlignedFloats((long)padded * inputs * Taps);
        _bias = new AlignedFloats(padded);
    }

    /// <summary>Input channels.</summary>
    public int Inputs { get; }

    /// <summary>Output channels.</summary>
    public int Outputs { get; }

    /// <summary>Sets weights and biases.</summary>
    /// <param name="weights">[outputs, inputs, 3, 3]</param>
    /// <param name="bias">[outputs]</param>
    public void Set(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias)
    {
        for (int output = 0; output < Outputs; output++)
        {
            _bias.Pointer[output] = bias[output];
            for (int tap = 0; tap < Inputs * Taps; tap++)
                *Weight(output, 0, tap) = weights[(output * Inputs * Taps) + tap];
        }
    }

    /// <summary>
    /// Sets the weights of what takes gradients of another convolution's outputs to gradients of its inputs: channels swapped, taps turned
    /// round, no biases.
    /// </summary>
    /// <param name="weights">[inputs, outputs, 3, 3]: those of the other one, whose outputs are the inputs here.</param>
    public void SetTransposed(ReadOnlySpan<float> weights)
    {
        for (int input = 0; input < Inputs; input++)
        {
            for (int output = 0; output < Outputs; output++)
            {
                for (int tap = 0; tap < Taps; tap++)
                    *Weight(output, input, Taps - 1 - tap) = weights[(((input * Outputs) + output) * Taps) + tap];
            }
        }
    }

    /// <summary>A row of outputs, with ReLU or behind the gate of one.</summary>
    /// <param name="above">Row above, one tap to the left of the first output. [inputs, columns + 2 taps]</param>
    /// <param name="here">The row itself, likewise.</param>
    /// <param name="below">Row below, likewise.</param>
    /// <param name="inputStride">Floats from one input channel to the next.</param>
    /// <param name="tapStride">Floats from one column to the next: two vectors with maps side by side, 1 with a map by itself.</param>
    /// <param name="steps">Steps of two vectors that the row has.</param>
    /// <param name="output">[outputs, steps, 2V], channels <paramref name="outputStride"/> apart.</param>
    /// <param name="outputStride">Floats from one output channel to the next.</param>
    /// <param name="gate">Outputs pass where this is above 0, laid out as they are; null for ReLU.</param>
    public void Row<TVector>(
        float* above,
        float* here,
        float* below,
        nint inputStride,
        nint tapStride,
        int steps,
        float* output,
        nint outputStride,
        float* gate = null
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        float** rows = stackalloc float*[3] { above, here, below };
        for (int first = 0; first < Outputs; first += Block)
        {
            int channels = Math.Min(Block, Outputs - first);
            float* weights = _weights.Pointer + ((nint)first * Inputs * Taps),
                bias = _bias.Pointer + first;
            int pairs = Gemm.HasManyRegisters<TVector>() ? steps / 2 : 0;
            if (pairs > 0)
            {
                PairsOfSteps<TVector>(
                    rows,
                    Inputs,
                    inputStride,
                    tapStride,
                    0,
                    pairs,
                    weights,
                    bias,
                    channels,
                    output + (first * outputStride),
                    outputStride,
                    gate == null ? null : gate + (first * outputStride)
                );
            }

            if (2 * pairs < steps)
            {
                Steps<TVector>(
                    rows,
                    Inputs,
                    inputStride,
                    tapStride,
                    4 * (nint)pairs * TVector.Count,
                    steps - (2 * pairs),
                    weights,
                    bias,
                    channels,
                    output + (first * outputStride),
                    outputStride,
                    gate == null ? null : gate + (first * outputStride)
                );
            }
        }
    }

    /// <summary>Two vectors of a block of channels.</summary>
    /// <param name="rows">The rows above, here and below.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="inputStride">Floats from one to the next.</param>
    /// <param name="tapStride">Floats from tap to tap.</param>
    /// <param name="first">Where the first tap begins in the rows, and the outputs in their row.</param>
    /// <param name="steps">Steps that are left.</param>
    /// <param name="weights">[inputs, 3, 3, block]</param>
    /// <param name="bias">[block]</param>
    /// <param name="channels">Channels of the block that there are.</param>
    /// <param name="output">Where the row's first value of the block's first channel goes.</param>
    /// <param name="outputStride">From channel to channel.</param>
    /// <param name="gate">As in <see cref="Row"/>.</param>
    private static void Steps<TVector>(
        float** rows,
        int inputs,
        nint inputStride,
        nint tapStride,
        nint first,
        int steps,
        float* weights,
        float* bias,
        int channels,
        float* output,
        nint outputStride,
        float* gate
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int v = TVector.Count;
        for (; steps > 0; steps--, first += 2 * v)
        {
            TVector s00,
                s01,
                s10,
                s11,
                s20,
                s21,
                s30,
                s31;
            s00 = s01 = TVector.Broadcast(bias[0]);
            s10 = s11 = TVector.Broadcast(bias[1]);
            s20 = s21 = TVector.Broadcast(bias[2]);
            s30 = s31 = TVector.Broadcast(bias[3]);
            float* w = weights;
            nint at = first;
            for (int input = 0; input < inputs; input++, at += inputStride)
            {
                for (int y = 0; y < 3; y++)
                {
                    float* from = rows[y] + at;
                    for (int x = 0; x < 3; x++, from += tapStride, w += Block)
                    {
                        TVector x0 = TVector.Load(from),
                            x1 = TVector.Load(from + v);
                        TVector weight = TVector.Broadcast(w[0]);
                        s00 = TVector.MultiplyAdd(weight, x0, s00);
                        s01 = TVector.MultiplyAdd(weight, x1, s01);
                        weight = TVector.Broadcast(w[1]);
                        s10 = TVector.MultiplyAdd(weight, x0, s10);
                        s11 = TVector.MultiplyAdd(weight, x1, s11);
                        weight = TVector.Broadcast(w[2]);
                        s20 = TVector.MultiplyAdd(weight, x0, s20);
                        s21 = TVector.MultiplyAdd(weight, x1, s21);
                        weight = TVector.Broadcast(w[3]);
                        s30 = TVector.MultiplyAdd(weight, x0, s30);
                        s31 = TVector.MultiplyAdd(weight, x1, s31);
                    }
                }
            }
            Store(s00, s01, output, gate, first);
            if (channels > 1)
                Store(s10, s11, output, gate, first + outputStride);
            if (channels > 2)
                Store(s20, s21, output, gate, first + (2 * outputStride));
            if (channels > 3)
                Store(s30, s31, output, gate, first + (3 * outputStride));
        }
    }

    /// <summary>Two steps of <see cref="Steps"/> at once: weights are fetched half as often. For where there are 32 registers.</summary>
    /// <remarks>
    /// For processors with two units of 512 bits, to keep both busy (made on a Cascade Lake); on an EPYC of the fourth generation, which
    /// has one, a row takes 0.98 to 1.00 of the time.
    /// </remarks>
    /// <inheritdoc cref="Steps"/>
    // Long because every sum is a local of its own, which is how it stays in a register.
    private static void PairsOfSteps<TVector>(
        float** rows,
        int inputs,
        nint inputStride,
        nint tapStride,
        nint first,
        int steps,
        float* weights,
        float* bias,
        int channels,
        float* output,
        nint outputStride,
        float* gate
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int v = TVector.Count;
        for (; steps > 0; steps--, first += 4 * v)
        {
            TVector s00,
                s01,
                s02,
                s03,
                s10,
                s11,
                s12,
                s13,
                s20,
                s21,
                s22,
                s23,
                s30,
                s31,
                s32,
                s33;
            s00 = s01 = s02 = s03 = TVector.Broadcast(bias[0]);
            s10 = s11 = s12 = s13 = TVector.Broadcast(bias[1]);
            s20 = s21 = s22 = s23 = TVector.Broadcast(bias[2]);
            s30 = s31 = s32 = s33 = TVector.Broadcast(bias[3]);
            float* w = weights;
            nint at = first;
            for (int input = 0; input < inputs; input++, at += inputStride)
            {
                for (int y = 0; y < 3; y++)
                {
                    float* from = rows[y] + at;
                    for (int x = 0; x < 3; x++, from += tapStride, w += Block)
                    {
                        TVector x0 = TVector.Load(from),
                            x1 = TVector.Load(from + v),
                            x2 = TVector.Load(from + (2 * v)),
                            x3 = TVector.Load(from + (3 * v));
                        TVector weight = TVector.Broadcast(w[0]);
                        s00 = TVector.MultiplyAdd(weight, x0, s00);
                        s01 = TVector.MultiplyAdd(weight, x1, s01);
                        s02 = TVector.MultiplyAdd(weight, x2, s02);
                        s03 = TVector.MultiplyAdd(weight, x3, s03);
                        weight = TVector.Broadcast(w[1]);
                        s10 = TVector.MultiplyAdd(weight, x0, s10);
                        s11 = TVector.MultiplyAdd(weight, x1, s11);
                        s12 = TVector.MultiplyAdd(weight, x2, s12);
                        s13 = TVector.MultiplyAdd(weight, x3, s13);
                        weight = TVector.Broadcast(w[2]);
                        s20 = TVector.MultiplyAdd(weight, x0, s20);
                        s21 = TVector.MultiplyAdd(weight, x1, s21);
                        s22 = TVector.MultiplyAdd(weight, x2, s22);
                        s23 = TVector.MultiplyAdd(weight, x3, s23);
                        weight = TVector.Broadcast(w[3]);
                        s30 = TVector.MultiplyAdd(weight, x0, s30);
                        s31 = TVector.MultiplyAdd(weight, x1, s31);
                        s32 = TVector.MultiplyAdd(weight, x2, s32);
                        s33 = TVector.MultiplyAdd(weight, x3, s33);
                    }
                }
            }
            Store(s00, s01, output, gate, first);
            Store(s02, s03, output, gate, first + (2 * v));
            if (channels > 1)
            {
                Store(s10, s11, output, gate, first + outputStride);
                Store(s12, s13, output, gate, first + outputStride + (2 * v));
            }
            if (channels > 2)
            {
                Store(s20, s21, output, gate, first + (2 * outputStride));
                Store(s22, s23, output, gate, first + (2 * outputStride) + (2 * v));
            }
            if (channels > 3)
            {
                Store(s30, s31, output, gate, first + (3 * outputStride));
                Store(s32, s33, output, gate, first + (3 * outputStride) + (2 * v));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TVector>(TVector low, TVector high, float* output, float* gate, nint at)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        if (gate == null)
        {
            low = TVector.Relu(low);
            high = TVector.Relu(high);
        }
        else
        {
            low = TVector.Gate(low, TVector.Load(gate + at));
            high = TVector.Gate(high, TVector.Load(gate + at + TVector.Count));
        }
        TVector.Store(low, output + at);
        TVector.Store(high, output + at + TVector.Count);
    }

    private float* Weight(int output, int input, int tap) =>
        _weights.Pointer + ((((((nint)(output / Block) * Inputs) + input) * Taps) + tap) * Block) + (output % Block);
}
