using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Int8;

/// <summary>A layer norm's weights.</summary>
internal sealed unsafe class LayerNorm
{
    private readonly AlignedFloats _gamma,
        _beta;

    public LayerNorm(float[] gamma, float[] beta) => (_gamma, _beta) = (Aligned(gamma), Aligned(beta));

    /// <summary>Runs it; may be done in place.</summary>
    public void Run(float* from, nint fromStride, float* to, nint toStride, int rows, int width, float epsilon)
    {
        for (int row = 0; row < rows; row++)
            RowKernels.LayerNorm(from + (row * fromStride), to + (row * toStride), _gamma.Pointer, _beta.Pointer, width, epsilon);
    }

    private static AlignedFloats Aligned(float[] values)
    {
        var aligned = new AlignedFloats(values.Length);
        values.CopyTo(new Span<float>(aligned.Pointer, values.Length));
        return aligned;
    }
}
