using Dcsm.Maps;
using Dcsm.Numerics.Buffers;

namespace Dcsm.Head;

/// <summary>The buffers in which one thread takes as many maps as there are lanes from tokens to scores.</summary>
internal sealed unsafe class InterleavedWorkspace
{
    private readonly InterleavedShape _shape;
    private readonly AlignedFloats _map;
    private readonly AlignedFloats _zeros;
    private readonly AlignedFloats _rings;
    private readonly AlignedFloats _features;
    private readonly AlignedFloats _hidden;
    private readonly AlignedFloats _products;
    private readonly AlignedFloats _scratch;

    internal InterleavedWorkspace(InterleavedShape shape)
    {
        _shape = shape;
        _map = new AlignedFloats((long)(shape.ImageTokens + 2) * shape.RowStride);
        _zeros = new AlignedFloats((long)shape.Channels * shape.RowStride);
        _rings = new AlignedFloats(3L * Math.Max(0, shape.Convolutions - 1) * shape.Channels * shape.RowStride);
        _features = new AlignedFloats(2L * shape.FeatureChannels * shape.TextTokens * shape.Lanes);
        // Hidden units are summed six at a time.
        _hidden = new AlignedFloats((long)(shape.Hidden + 5) * shape.Lanes);
        _products = new AlignedFloats((long)shape.ImageTokens * shape.Lanes);
        _scratch = new AlignedFloats(2L * shape.Lanes);
        Statistics = new MapStatistics[shape.Lanes];
        Sums = new double[shape.Lanes];
    }

    /// <summary>The maps with a border of zeros all round; the border is never written. [imageTokens + 2, textTokens + 2, lanes]</summary>
    internal float* Map => _map.Pointer;

    /// <summary>The maps' first value, inside the border.</summary>
    internal float* Inside => _map.Pointer + _shape.RowStride + _shape.Lanes;

    /// <summary>What stands above the first and below the last row. [channels, textTokens + 2, lanes]</summary>
    internal float* Zeros => _zeros.Pointer;

    /// <summary>One image token's products with a panel of text tokens. [imageTokens, lanes]</summary>
    internal float* Products => _products.Pointer;

    /// <summary>One row of the last convolution's output; the last two are kept. [channels, textTokens, lanes]</summary>
    internal float* FeatureRow(int row) =>
        _features.Pointer + ((nint)(row % 2) * _shape.FeatureChannels * _shape.TextTokens * _shape.Lanes);

    /// <summary>The hidden layer. [hidden, lanes]</summary>
    internal float* Hidden => _hidden.Pointer;

    /// <summary>[2, lanes]</summary>
    internal float* Scratch => _scratch.Pointer;

    /// <summary>Per lane. [lanes]</summary>
    internal MapStatistics[] Statistics { get; }

    /// <summary>Per lane. [lanes]</summary>
    internal double[] Sums { get; }

    /// <summary>A row of the output of a convolution that another one reads; the last three are kept. [channels, textTokens + 2, lanes]</summary>
    /// <param name="layer">The convolution, from 1; not the last one.</param>
    /// <param name="row">The row.</param>
    internal float* Row(int layer, int row) =>
        _rings.Pointer + ((nint)((3 * (layer - 1)) + (row % 3)) * _shape.Channels * _shape.RowStride);
}
