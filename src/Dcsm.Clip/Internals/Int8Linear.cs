using System.Runtime.Intrinsics;

namespace Dcsm.Clip.Internals;

/// <summary>A linear layer with weights in bytes, each output channel with a step of its own.</summary>
internal sealed unsafe class Int8Linear
{
    // So deep that a panel's share stays in the nearest cache while the rows pass.
    private const int Depth = 768;

    private readonly AlignedBytes _weights;
    private readonly AlignedFloats _channels;

    /// <summary>Quantises a layer.</summary>
    /// <param name="weights">[outputs, inputs]</param>
    /// <param name="bias">[outputs]</param>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    public Int8Linear(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs)
    {
        if (inputs > Int8Kernel.MostInputs)
            throw new NotSupportedException($"A layer of {inputs} inputs is too wide for int8; the most is {Int8Kernel.MostInputs}.");
        (Inputs, Outputs) = (inputs, outputs);
        Panels = (outputs + Int8Kernel.Channels - 1) / Int8Kernel.Channels;
        _weights = new AlignedBytes((long)Panels * Int8Kernel.Channels * Padded(inputs));
        _channels = new AlignedFloats(3L * Panels * Int8Kernel.Channels);
        var quantized = new sbyte[inputs];
        for (var channel = 0; channel < outputs; channel++)
        {
            var step = Int8Weights.Quantize(weights.Slice(channel * inputs, inputs), quantized);
            var (panel, place) = (channel / Int8Kernel.Channels, channel % Int8Kernel.Channels);
            var to = Panel(panel);
            var sum = 0;
            for (var input = 0; input < inputs; input++)
            {
                to[Int8Kernel.Place(place, input)] = quantized[input];
                sum += quantized[input];
            }
            var constants = Constants(panel) + place;
            constants[0] = step;
            constants[Int8Kernel.Channels] = step * sum;
            constants[2 * Int8Kernel.Channels] = bias[channel];
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    private int Panels { get; }

    /// <summary>Inputs filled up with zeros to whole groups.</summary>
    public static int Padded(int inputs) => (inputs + Int8Kernel.Group - 1) / Int8Kernel.Group * Int8Kernel.Group;

    /// <summary>Outputs filled up with zeros to whole panels: how many values of a row are written.</summary>
    public static int Written(int outputs) => (outputs + Int8Kernel.Channels - 1) / Int8Kernel.Channels * Int8Kernel.Channels;

    /// <summary>Runs the layer.</summary>
    /// <param name="a">The activations.</param>
    /// <param name="to">[rows, <see cref="Written"/> outputs], rows <paramref name="stride"/> apart.</param>
    /// <param name="add">Whether to add to what is there instead of overwriting it.</param>
    /// <param name="sums">[rows, 8] to work in.</param>
    public void Run(QuantizedRows a, float* to, nint stride, int rows, bool add, int* sums)
    {
        var padded = Padded(Inputs);
        for (var panel = 0; panel < Panels; panel++, to += Int8Kernel.Channels)
        {
            var weights = Panel(panel);
            for (var from = 0; from < padded; from += Depth)
            {
                var groups = Math.Min(Depth, padded - from) / Int8Kernel.Group;
                // What follows in memory is next.
                var now = weights + ((nint)from * Int8Kernel.Channels);
                Int8Kernel.Multiply(a.Values + from, a.Stride, now, sums, rows, groups, accumulate: from > 0, next: now + ((nint)groups * Int8Kernel.Group * Int8Kernel.Channels));
            }
            Dequantize(Constants(panel), a, sums, to, stride, rows, add);
        }
    }

    private static void Dequantize(float* constants, QuantizedRows a, int* sums, float* to, nint stride, int rows, bool add)
    {
        var steps = Vector256.Load(constants);
        var ofLeast = Vector256.Load(constants + Int8Kernel.Channels);
        var bias = Vector256.Load(constants + (2 * Int8Kernel.Channels));
        for (var row = 0; row < rows; row++, sums += Int8Kernel.Channels, to += stride)
        {
            var sum = Vector256.ConvertToSingle(Vector256.Load(sums)) * Vector256.Create(a.Steps[row]);
            sum = Vector256.MultiplyAddEstimate(sum, steps, Vector256.MultiplyAddEstimate(Vector256.Create(a.Least[row]), ofLeast, bias));
            if (add)
                sum += Vector256.Load(to);
            sum.Store(to);
        }
    }

    private sbyte* Panel(int panel) => (sbyte*)_weights.Pointer + ((nint)panel * Int8Kernel.Channels * Padded(Inputs));

    private float* Constants(int panel) => _channels.Pointer + ((nint)panel * 3 * Int8Kernel.Channels);
}
