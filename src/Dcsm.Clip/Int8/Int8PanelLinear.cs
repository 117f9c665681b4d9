using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Int8;

/// <summary>A layer in int8 whose products <see cref="Int8Kernel"/> makes.</summary>
internal sealed unsafe class Int8PanelLinear : Int8Linear
{
    // So deep that a panel's share stays in the nearest cache while the rows pass.
    private const int Depth = 768;

    private readonly AlignedBytes _weights;

    /// <inheritdoc/>
    public Int8PanelLinear(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs)
        : base(weights, bias, inputs, outputs)
    {
        _weights = new AlignedBytes((long)Written(outputs) * Padded(inputs));
        for (int channel = 0; channel < outputs; channel++)
        {
            sbyte* to = Panel(channel / Int8Kernel.Channels);
            for (int input = 0; input < inputs; input++)
                to[Int8Kernel.Place(channel % Int8Kernel.Channels, input)] = Quantized[(channel * inputs) + input];
        }
        Quantized = [];
    }

    /// <summary>Inputs filled up with zeros to whole groups.</summary>
    public static int Padded(int inputs) => (inputs + Int8Kernel.Group - 1) / Int8Kernel.Group * Int8Kernel.Group;

    /// <inheritdoc/>
    public override void Run(QuantizedRows a, float* to, nint stride, int rows, bool add, int* sums)
    {
        int padded = Padded(Inputs);
        for (int channel = 0; channel < Outputs; channel += Int8Kernel.Channels, to += Int8Kernel.Channels)
        {
            sbyte* weights = Panel(channel / Int8Kernel.Channels);
            for (int from = 0; from < padded; from += Depth)
            {
                int groups = Math.Min(Depth, padded - from) / Int8Kernel.Group;
                // What follows in memory is next.
                sbyte* now = weights + ((nint)from * Int8Kernel.Channels);
                Int8Kernel.Multiply(
                    a.Values + from,
                    a.Stride,
                    now,
                    sums,
                    rows,
                    groups,
                    accumulate: from > 0,
                    following: now + ((nint)groups * Int8Kernel.Group * Int8Kernel.Channels)
                );
            }
            RowKernels.Widest.Dequantize(
                sums,
                rows,
                Int8Kernel.Channels,
                a.Scales,
                a.RowMinima,
                Scales + channel,
                WeightSums + channel,
                Bias + channel,
                to,
                stride,
                add
            );
        }
    }

    private sbyte* Panel(int panel) => (sbyte*)_weights.Pointer + ((nint)panel * Int8Kernel.Channels * Padded(Inputs));
}
