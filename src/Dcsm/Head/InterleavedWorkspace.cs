using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Maps;

namespace Dcsm.Head;

/// <summary>The buffers in which one thread takes as many maps as there are lanes from tokens to scores.</summary>
internal sealed unsafe class InterleavedWorkspace
{
    private readonly InterleavedShape _shape;
    private readonly AlignedFloats _zeros;
    private readonly AlignedFloats _rings;
    private readonly AlignedFloats _features;
    private readonly AlignedFloats _hidden;
    private readonly AlignedFloats _products;

    internal InterleavedWorkspace(InterleavedShape shape)
    {
        _shape = shape;
        Maps = new InterleavedMaps(shape.ImageTokens, shape.TextTokens, shape.Lanes);
        _zeros = new AlignedFloats((long)shape.Channels * shape.RowStride);
        _rings = new AlignedFloats(3L * Math.Max(0, shape.Convolutions - 1) * shape.Channels * shape.RowStride);
        _features = new AlignedFloats(2L * shape.FeatureChannels * shape.TextTokens * shape.Lanes);
        // Hidden units are summed six at a time.
        _hidden = new AlignedFloats((long)(shape.Hidden + 5) * shape.Lanes);
        _products = new AlignedFloats((long)shape.ImageTokens * shape.Lanes);
    }

    /// <summary>The maps; their border is never written.</summary>
    internal InterleavedMaps Maps { get; }

    /// <summary>What stands above the first and below the last row. [channels, textTokens + 2, lanes]</summary>
    internal float* Zeros => _zeros.Pointer;

    /// <summary>One image token's products with a panel of text tokens. [imageTokens, lanes]</summary>
    internal float* Products => _products.Pointer;

    /// <summary>One row of the last convolution's output; the last two are kept. [channels, textTokens, lanes]</summary>
    internal float* FeatureRow(int row) =>
        _features.Pointer + ((nint)(row % 2) * _shape.FeatureChannels * _shape.TextTokens * _shape.Lanes);

    /// <summary>The hidden layer. [hidden, lanes]</summary>
    internal float* Hidden => _hidden.Pointer;

    /// <summary>
    /// A row of the output of a convolution that another one reads; the last three are kept. [channels, textTokens + 2, lanes]
    /// </summary>
    /// <param name="layer">The convolution, from 1; not the last one.</param>
    /// <param name="row">The row.</param>
    internal float* Row(int layer, int row) =>
        _rings.Pointer + ((nint)((3 * (layer - 1)) + (row % 3)) * _shape.Channels * _shape.RowStride);
}
