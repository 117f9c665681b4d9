using Dcsm.Head;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>One row of a 3 × 3 convolution, padded by 1, forwards and backwards, on maps side by side (<see cref="InterleavedShape"/>).</summary>
internal static unsafe class InterleavedConvolution<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Output channels computed together; packed weights are padded with zeros to a multiple.
    private const int Block = 4;

    /// <summary>Values that <see cref="Pack"/> writes.</summary>
    public static int PackedLength(int inputs, int outputs) => (outputs + Block - 1) / Block * Block * inputs * 9;

    /// <summary>Biases, padded with zeros to what <see cref="Row"/> reads.</summary>
    public static int PackedBiases(int outputs) => (outputs + Block - 1) / Block * Block;

    /// <summary>Lays weights out for <see cref="Row"/>.</summary>
    /// <param name="weights">[outputs, inputs, 3, 3]</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="packed">[blocks, inputs, 3, 3, block]</param>
    public static void Pack(ReadOnlySpan<float> weights, int inputs, int outputs, float* packed)
    {
        for (int output = 0; output < outputs; output++)
        {
            for (int tap = 0; tap < inputs * 9; tap++)
                packed[((((nint)(output / Block) * inputs * 9) + tap) * Block) + (output % Block)] = weights[(output * inputs * 9) + tap];
        }
    }

    /// <summary>The same for the convolution that takes gradients of outputs to gradients of inputs: channels swapped, taps turned round.</summary>
    /// <param name="weights">[outputs, inputs, 3, 3] of the forward convolution.</param>
    /// <param name="inputs">Its input channels.</param>
    /// <param name="outputs">Its output channels.</param>
    /// <param name="packed">[blocks of inputs, outputs, 3, 3, block]</param>
    public static void PackTurned(ReadOnlySpan<float> weights, int inputs, int outputs, float* packed)
    {
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                for (int tap = 0; tap < 9; tap++)
                {
                    packed[((((((nint)(input / Block) * outputs) + output) * 9) + 8 - tap) * Block) + (input % Block)] = weights[
                        (((output * inputs) + input) * 9) + tap
                    ];
                }
            }
        }
    }

    /// <summary>A row of outputs, with ReLU or behind the gate of one.</summary>
    /// <param name="shape">Columns and lanes.</param>
    /// <param name="above">Row above, a zero column at either side. [inputs, textTokens + 2, lanes]</param>
    /// <param name="here">The row itself, likewise.</param>
    /// <param name="below">Row below, likewise.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="weights">By <see cref="Pack"/> or <see cref="PackTurned"/>.</param>
    /// <param name="bias">[blocks · block]</param>
    /// <param name="output">[outputs, textTokens, lanes], channels <paramref name="outputStride"/> apart.</param>
    /// <param name="outputStride">Floats from one channel to the next.</param>
    /// <param name="gate">Outputs pass where this is above 0, laid out as they are; null for ReLU.</param>
    public static void Row(
        InterleavedShape shape,
        float* above,
        float* here,
        float* below,
        int inputs,
        int outputs,
        float* weights,
        float* bias,
        float* output,
        nint outputStride,
        float* gate
    )
    {
        int v = TVector.Count,
            lanes = shape.Lanes,
            columns = shape.TextTokens;
        nint inputStride = shape.RowStride;
        float** rows = stackalloc float*[3] { above, here, below };
        for (int first = 0; first < outputs; first += Block)
        {
            float* blockWeights = weights + ((nint)first * inputs * 9);
            for (nint column = 0; column < columns; column++)
            {
                TVector s00,
                    s01,
                    s10,
                    s11,
                    s20,
                    s21,
                    s30,
                    s31;
                s00 = s01 = TVector.Broadcast(bias[first]);
                s10 = s11 = TVector.Broadcast(bias[first + 1]);
                s20 = s21 = TVector.Broadcast(bias[first + 2]);
                s30 = s31 = TVector.Broadcast(bias[first + 3]);
                float* w = blockWeights;
                nint at = column * lanes;
                for (int input = 0; input < inputs; input++, at += inputStride)
                {
                    for (int y = 0; y < 3; y++)
                    {
                        float* from = rows[y] + at;
                        for (int x = 0; x < 3; x++, from += lanes, w += Block)
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
                nint to = (first * outputStride) + (column * lanes);
                Store(s00, s01, output, gate, to);
                if (first + 1 < outputs)
                    Store(s10, s11, output, gate, to + outputStride);
                if (first + 2 < outputs)
                    Store(s20, s21, output, gate, to + (2 * outputStride));
                if (first + 3 < outputs)
                    Store(s30, s31, output, gate, to + (3 * outputStride));
            }
        }
    }

    /// <summary>Adds a row's share of the gradients of weights and biases.</summary>
    /// <param name="shape">Columns and lanes.</param>
    /// <param name="above">Row of the inputs above, a zero column at either side. [inputs, textTokens + 2, lanes]</param>
    /// <param name="here">The row itself, likewise.</param>
    /// <param name="below">Row below, likewise.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="gradient">Of the outputs: the first value inside the border. [outputs, textTokens + 2, lanes]</param>
    /// <param name="sums">[outputs, inputs, 3, 3, lanes], then [outputs, lanes]</param>
    public static void Weights(
        InterleavedShape shape,
        float* above,
        float* here,
        float* below,
        int inputs,
        int outputs,
        float* gradient,
        float* sums
    )
    {
        int v = TVector.Count,
            lanes = shape.Lanes,
            columns = shape.TextTokens;
        nint stride = shape.RowStride;
        float** rows = stackalloc float*[3] { above, here, below };
        for (int output = 0; output < outputs; output += 2)
        {
            // Of a pair that reaches over the end, the last channel is computed twice, and added once.
            bool two = output + 1 < outputs;
            float* g0 = gradient + (output * stride),
                g1 = two ? g0 + stride : g0;
            for (int y = 0; y < 3; y++)
            {
                if (inputs == 1)
                {
                    float* to = sums + (((output * 9) + (y * 3)) * (nint)lanes);
                    float* second = two ? to + (9 * lanes) : null;
                    Taps(
                        rows[y],
                        rows[y] + v,
                        g0,
                        g1,
                        g0 + v,
                        g1 + v,
                        lanes,
                        columns,
                        to,
                        second,
                        to + v,
                        second == null ? null : second + v
                    );
                    continue;
                }
                for (int input = 0; input < inputs; input += 2)
                {
                    bool pair = input + 1 < inputs;
                    float* x0 = rows[y] + (input * stride),
                        x1 = pair ? x0 + stride : x0;
                    float* to0 = sums + (((((output * inputs) + input) * 9) + (y * 3)) * (nint)lanes);
                    float* to1 = two ? to0 + (inputs * 9 * lanes) : null;
                    float* to2 = pair ? to0 + (9 * lanes) : null;
                    float* to3 = two && pair ? to1 + (9 * lanes) : null;
                    for (int half = 0; half < lanes; half += v)
                    {
                        Taps(
                            x0 + half,
                            x1 + half,
                            g0 + half,
                            g1 + half,
                            g0 + half,
                            g1 + half,
                            lanes,
                            columns,
                            to0 + half,
                            to1 == null ? null : to1 + half,
                            to2 == null ? null : to2 + half,
                            to3 == null ? null : to3 + half
                        );
                    }
                }
            }
        }

        float* bias = sums + ((nint)outputs * inputs * 9 * lanes);
        for (int output = 0; output < outputs; output++)
        {
            float* g = gradient + (output * stride);
            TVector sum0 = TVector.Zero,
                sum1 = TVector.Zero;
            for (int column = 0; column < columns; column++, g += lanes)
            {
                sum0 = TVector.Add(sum0, TVector.Load(g));
                sum1 = TVector.Add(sum1, TVector.Load(g + v));
            }
            AddTo(sum0, bias + (output * lanes));
            AddTo(sum1, bias + (output * lanes) + v);
        }
    }

    // Three taps of two rows of inputs, each with two rows of gradients: twelve sums in registers.
    private static void Taps(
        float* x0,
        float* x1,
        float* g00,
        float* g01,
        float* g10,
        float* g11,
        nint lanes,
        int columns,
        float* to00,
        float* to01,
        float* to10,
        float* to11
    )
    {
        TVector s000,
            s001,
            s002,
            s010,
            s011,
            s012,
            s100,
            s101,
            s102,
            s110,
            s111,
            s112;
        s000 = s001 = s002 = s010 = s011 = s012 = s100 = s101 = s102 = s110 = s111 = s112 = TVector.Zero;
        nint end = columns * lanes;
        for (nint at = 0; at < end; at += lanes)
        {
            TVector a = TVector.Load(g00 + at),
                b = TVector.Load(g01 + at);
            TVector x = TVector.Load(x0 + at);
            s000 = TVector.MultiplyAdd(x, a, s000);
            s010 = TVector.MultiplyAdd(x, b, s010);
            x = TVector.Load(x0 + at + lanes);
            s001 = TVector.MultiplyAdd(x, a, s001);
            s011 = TVector.MultiplyAdd(x, b, s011);
            x = TVector.Load(x0 + at + (2 * lanes));
            s002 = TVector.MultiplyAdd(x, a, s002);
            s012 = TVector.MultiplyAdd(x, b, s012);
            a = TVector.Load(g10 + at);
            b = TVector.Load(g11 + at);
            x = TVector.Load(x1 + at);
            s100 = TVector.MultiplyAdd(x, a, s100);
            s110 = TVector.MultiplyAdd(x, b, s110);
            x = TVector.Load(x1 + at + lanes);
            s101 = TVector.MultiplyAdd(x, a, s101);
            s111 = TVector.MultiplyAdd(x, b, s111);
            x = TVector.Load(x1 + at + (2 * lanes));
            s102 = TVector.MultiplyAdd(x, a, s102);
            s112 = TVector.MultiplyAdd(x, b, s112);
        }
        AddTo(s000, s001, s002, lanes, to00);
        AddTo(s010, s011, s012, lanes, to01);
        AddTo(s100, s101, s102, lanes, to10);
        AddTo(s110, s111, s112, lanes, to11);
    }

    private static void AddTo(TVector a, TVector b, TVector c, nint lanes, float* to)
    {
        if (to == null)
            return;
        AddTo(a, to);
        AddTo(b, to + lanes);
        AddTo(c, to + (2 * lanes));
    }

    private static void AddTo(TVector value, float* to) => TVector.Store(TVector.Add(TVector.Load(to), value), to);

    private static void Store(TVector low, TVector high, float* output, float* gate, nint at)
    {
        if (gate == null)
        {
            TVector.Store(TVector.Relu(low), output + at);
            TVector.Store(TVector.Relu(high), output + at + TVector.Count);
            return;
        }
        TVector.Store(TVector.Gate(low, TVector.Load(gate + at)), output + at);
        TVector.Store(TVector.Gate(high, TVector.Load(gate + at + TVector.Count)), output + at + TVector.Count);
    }
}
