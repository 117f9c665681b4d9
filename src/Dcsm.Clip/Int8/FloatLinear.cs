using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Products;

namespace Dcsm.Clip.Int8;

/// <summary>A linear layer in float32.</summary>
internal sealed unsafe class FloatLinear
{
    private readonly AlignedFloats _weights;

    /// <param name="weights">[outputs, inputs]</param>
    /// <param name="inputs">Width of what comes in.</param>
    /// <param name="outputs">Width of what goes out.</param>
    public FloatLinear(ReadOnlySpan<float> weights, int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        _weights = new AlignedFloats((long)Written(outputs) * inputs);
        fixed (float* from = weights)
            Gemm.PackPanels(from, outputs, inputs, Columns, _weights.Pointer);
    }

    public int Inputs { get; }

    public int Outputs { get; }

    private static int Columns => PanelProduct.Widest.Columns;

    /// <summary>Outputs filled up with zeros to whole panels: how many values of a row are written.</summary>
    public static int Written(int outputs) => (outputs + Columns - 1) / Columns * Columns;

    /// <summary>Runs the layer.</summary>
    /// <param name="from">[rows, inputs], rows <paramref name="fromStride"/> apart.</param>
    /// <param name="to">[rows, <see cref="Written"/> outputs], rows <paramref name="toStride"/> apart.</param>
    public void Run(float* from, nint fromStride, float* to, nint toStride, int rows) =>
        PanelProduct.Widest.Multiply(from, fromStride, _weights.Pointer, Written(Outputs) / Columns, to, toStride, rows, Inputs);
}
