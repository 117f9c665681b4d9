using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Convolutions;

/// <summary>
/// Gradients of the weights of a <see cref="Convolution3x3"/>, on maps side by side: two vectors are one column of as many maps.
/// </summary>
public static unsafe class ConvolutionGradients
{
    /// <summary>Adds a row's share of the gradients of weights and biases.</summary>
    /// <param name="above">Row of the inputs above, a zero column at either side. [inputs, columns + 2, lanes]</param>
    /// <param name="here">The row itself, likewise.</param>
    /// <param name="below">Row below, likewise.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="stride">Floats from one channel to the next, of inputs and of gradients.</param>
    /// <param name="columns">Columns of a row.</param>
    /// <param name="gradient">Of the outputs: the first value inside the border. [outputs, columns + 2, lanes]</param>
    /// <param name="sums">[outputs, inputs, 3, 3, lanes], then [outputs, lanes]</param>
    // Long because every sum is a local of its own, which is how it stays in a register.
    public static void Weights<TVector>(
        float* above,
        float* here,
        float* below,
        int inputs,
        int outputs,
        nint stride,
        int columns,
        float* gradient,
        float* sums
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int v = TVector.Count,
            lanes = 2 * v;
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
                    float* to = sums + (((output * Convolution3x3.Taps) + (y * 3)) * (nint)lanes);
                    float* second = two ? to + (Convolution3x3.Taps * lanes) : null;
                    Taps<TVector>(
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
                    float* to0 = sums + (((((output * inputs) + input) * Convolution3x3.Taps) + (y * 3)) * (nint)lanes);
                    float* to1 = two ? to0 + (inputs * Convolution3x3.Taps * lanes) : null;
                    float* to2 = pair ? to0 + (Convolution3x3.Taps * lanes) : null;
                    float* to3 = two && pair ? to1 + (Convolution3x3.Taps * lanes) : null;
                    for (int half = 0; half < lanes; half += v)
                    {
                        Taps<TVector>(
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

        float* bias = sums + ((nint)outputs * inputs * Convolution3x3.Taps * lanes);
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
    private static void Taps<TVector>(
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
        where TVector : unmanaged, IFloatVector<TVector>
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

    private static void AddTo<TVector>(TVector a, TVector b, TVector c, nint lanes, float* to)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        if (to == null)
            return;
        AddTo(a, to);
        AddTo(b, to + lanes);
        AddTo(c, to + (2 * lanes));
    }

    private static void AddTo<TVector>(TVector value, float* to)
        where TVector : unmanaged, IFloatVector<TVector> => TVector.Store(TVector.Add(TVector.Load(to), value), to);
}
