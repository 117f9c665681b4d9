using Dcsm.Head;
using Dcsm.Numerics.Buffers;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>The buffers in which one thread takes a lot of maps to features, and gradients back.</summary>
internal sealed unsafe class InterleavedTrainingWorkspace
{
    /// <summary>Image tokens whose products are made at a time.</summary>
    public const int ProductRows = 24;

    private readonly InterleavedShape _shape;
    private readonly AlignedFloats _products,
        _sums,
        _weights;
    private readonly AlignedFloats[] _activations;
    private readonly AlignedFloats _first,
        _second;

    public InterleavedTrainingWorkspace(InterleavedShape shape, int sums)
    {
        _shape = shape;
        long layer = (long)(shape.ImageTokens + 2) * RowLength;
        _products = new AlignedFloats((long)shape.Lanes * shape.Panels * ProductRows * shape.Lanes);
        _sums = new AlignedFloats((long)sums * shape.Lanes);
        _weights = new AlignedFloats((long)(shape.Hidden + shape.Lanes) * shape.FeatureChannels * shape.TextTokens);
        _activations = [.. Enumerable.Range(1, Math.Max(0, shape.Convolutions - 1)).Select(_ => new AlignedFloats(layer))];
        _first = new AlignedFloats(shape.Convolutions == 0 ? 0 : layer);
        _second = new AlignedFloats(shape.Convolutions == 0 ? 0 : layer);
    }

    /// <summary>[lanes, panels, rows, lanes]</summary>
    public float* Products => _products.Pointer;

    /// <summary>Sums of gradients, a lane for each map. [numbers, lanes]</summary>
    public float* Sums => _sums.Pointer;

    /// <summary>Gradients of the weights of one image token's features. [panels, channels · textTokens, lanes]</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>Floats of a row of activations. [channels, textTokens + 2, lanes]</summary>
    public int RowLength => _shape.Channels * _shape.RowStride;

    /// <summary>Gradients of a convolution's outputs, inside a border of zeros. [imageTokens + 2, channels, textTokens + 2, lanes]</summary>
    public float* First => _first.Pointer;

    /// <summary>The same for the convolution below it.</summary>
    public float* Second => _second.Pointer;

    /// <summary>Outputs of a convolution that another one reads, inside a border of zeros. [imageTokens + 2, channels, textTokens + 2, lanes]</summary>
    /// <param name="layer">The convolution, from 1.</param>
    public float* Activations(int layer) => _activations[layer - 1].Pointer;
}
