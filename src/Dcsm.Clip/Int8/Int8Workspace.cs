using Dcsm.Clip.Models;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Int8;

/// <summary>What one thread of an <see cref="Int8Tower"/> works in.</summary>
internal sealed class Int8Workspace(int rows, ClipVisionConfig vision, SelfAttention attention, int projection)
{
    /// <summary>[rows, <see cref="Int8Linear.MostSums"/>]</summary>
    public AlignedFloats Sums { get; } = new((long)rows * Int8Linear.MostSums);

    /// <summary>Activations of the widest layer.</summary>
    public QuantizedRows Quantized { get; } = new(rows, Math.Max(vision.HiddenSize, vision.IntermediateSize), Int8Linear.UsesRuntime);

    /// <summary>The widest rows in float32: the MLP's, those of attention, patches, what comes out.</summary>
    public AlignedFloats Wide { get; } =
        new(
            (long)rows
                * Math.Max(
                    Math.Max(RowKernels.Stride(3 * vision.HiddenSize), RowKernels.Stride(vision.IntermediateSize)),
                    Math.Max(
                        attention.WorkOfRow,
                        Math.Max(RowKernels.Stride(vision.Channels * vision.PatchSize * vision.PatchSize), RowKernels.Stride(projection))
                    )
                )
        );

    /// <summary>Rows of the tower's width.</summary>
    public AlignedFloats Narrow { get; } = new((long)rows * RowKernels.Stride(vision.HiddenSize));
}
