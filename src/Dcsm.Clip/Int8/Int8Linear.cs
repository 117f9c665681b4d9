using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Quantized;

namespace Dcsm.Clip.Int8;

/// <summary>A linear layer with weights in bytes, each output channel with a scale of its own.</summary>
internal abstract unsafe class Int8Linear : IDisposable
{
    /// <summary>Sums of a row that are made at once, at most: few enough to stay in the second cache.</summary>
    public const int MostSums = 768;

    // Scales, sums of weights, biases: [3, written outputs].
    private readonly AlignedFloats _channels;

    /// <summary>Quantizes a layer.</summary>
    /// <param name="weights">[outputs, inputs]</param>
    /// <param name="bias">[outputs]</param>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    protected Int8Linear(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs)
    {
        if (inputs > Int8Kernel.MostInputs)
            throw new NotSupportedException($"A layer of {inputs} inputs is too wide for int8; the most is {Int8Kernel.MostInputs}.");
        (Inputs, Outputs) = (inputs, outputs);
        _channels = new AlignedFloats(3L * Written(outputs));
        Quantized = new sbyte[(long)outputs * inputs];
        for (int channel = 0; channel < outputs; channel++)
        {
            Span<sbyte> quantized = Quantized.AsSpan(channel * inputs, inputs);
            float scale = Int8Weights.Quantize(weights.Slice(channel * inputs, inputs), quantized);
            int sum = 0;
            foreach (sbyte weight in quantized)
                sum += weight;
            Scales[channel] = scale;
            WeightSums[channel] = scale * sum;
            Bias[channel] = bias[channel];
        }
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>[outputs, inputs]; only while the layer is made.</summary>
    protected sbyte[] Quantized { get; set; }

    /// <summary>
    /// Whether products are left to ONNX Runtime: where the processor has instructions for them that .NET does not give, or lacks those
    /// that the kernel here is made for. Every sum is exact, so results are the same.
    /// </summary>
    public static bool UsesRuntime { get; } = Int8Processor.HasDotProducts || !Int8Kernel.IsAccelerated;

    /// <summary>Makes a layer in the way that is the faster one here.</summary>
    /// <inheritdoc cref="Int8Linear(ReadOnlySpan{float}, ReadOnlySpan{float}, int, int)"/>
    public static Int8Linear Create(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int inputs, int outputs) =>
        UsesRuntime ? new Int8RuntimeLinear(weights, bias, inputs, outputs) : new Int8PanelLinear(weights, bias, inputs, outputs);

    /// <summary>Outputs filled up with zeros to whole panels: how many values of a row are written.</summary>
    public static int Written(int outputs) => (outputs + Int8Kernel.Channels - 1) / Int8Kernel.Channels * Int8Kernel.Channels;

    /// <summary>Runs the layer.</summary>
    /// <param name="a">The activations.</param>
    /// <param name="to">[rows, <see cref="Written"/> outputs], rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From row to row of the outputs.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="add">Whether to add to what is there instead of overwriting it.</param>
    /// <param name="sums">[rows, <see cref="MostSums"/>] to work in.</param>
    public abstract void Run(QuantizedRows a, float* to, nint stride, int rows, bool add, int* sums);

    public virtual void Dispose() { }

    /// <summary>What one is worth, by output.</summary>
    protected float* Scales => _channels.Pointer;

    /// <summary>Sums of weights, with which the minimum of a row of activations is multiplied, by output.</summary>
    protected float* WeightSums => _channels.Pointer + Written(Outputs);

    /// <summary>By output.</summary>
    protected float* Bias => _channels.Pointer + (2 * (nint)Written(Outputs));
}
