using Dcsm.Head;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Maps;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>The buffers in which one thread takes a block of maps to features, and gradients back.</summary>
internal sealed unsafe class InterleavedTrainingWorkspace
{
    /// <summary>Image tokens whose products are made at a time.</summary>
    public const int ProductRows = 24;

    private readonly AlignedFloats _products,
        _sums,
        _weights;
    private readonly AlignedFloats[] _activations;
    private readonly AlignedFloats _first,
        _second;

    public InterleavedTrainingWorkspace(DcsmConfig config, int lanes, int sums)
    {
        RowLength = config.Channels * InterleavedMaps.Stride(config.TextTokens, lanes);
        int panels = (config.TextTokens + lanes - 1) / lanes;
        long layer = (long)(config.ImageTokens + 2) * RowLength;
        _products = new AlignedFloats((long)lanes * panels * ProductRows * lanes);
        _sums = new AlignedFloats((long)sums * lanes);
        _weights = new AlignedFloats((long)(config.Hidden + lanes) * config.FeatureChannels * config.TextTokens);
        _activations = [.. Enumerable.Range(1, Math.Max(0, config.Convolutions - 1)).Select(_ => new AlignedFloats(layer))];
        _first = new AlignedFloats(config.Convolutions == 0 ? 0 : layer);
        _second = new AlignedFloats(config.Convolutions == 0 ? 0 : layer);
    }

    /// <summary>[lanes, panels, rows, lanes]</summary>
    public float* Products => _products.Pointer;

    /// <summary>Sums of gradients, a lane for each map. [numbers, lanes]</summary>
    public float* Sums => _sums.Pointer;

    /// <summary>Gradients of the weights of one image token's features. [panels, channels · textTokens, lanes]</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>Floats of a row of activations. [channels, textTokens + 2, lanes]</summary>
    public int RowLength { get; }

    /// <summary>
    /// Gradients of a convolution's outputs, inside a border of zeros. [imageTokens + 2, channels, textTokens + 2, lanes]
    /// </summary>
    public float* First => _first.Pointer;

    /// <summary>The same for the convolution below it.</summary>
    public float* Second => _second.Pointer;

    /// <summary>
    /// Outputs of a convolution that another one reads, inside a border of zeros. [imageTokens + 2, channels, textTokens + 2, lanes]
    /// </summary>
    /// <param name="layer">The convolution, from 1.</param>
    public float* Activations(int layer) => _activations[layer - 1].Pointer;
}
