using Dcsm.Head;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Maps;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>
/// What the scores of a batch leave for their gradients: maps, features and hidden units, in blocks of maps side by side.
/// </summary>
internal sealed class InterleavedPass(DcsmConfig config, int lanes)
{
    private readonly List<InterleavedMaps> _maps = [];

    /// <summary>Image, text and place of the score of every map that there is.</summary>
    public List<(int Image, int Text, int Score)> Pairs { get; } = [];

    public int Blocks => (Pairs.Count + lanes - 1) / lanes;

    /// <summary>Standardized, by block.</summary>
    public IReadOnlyList<InterleavedMaps> Maps => _maps;

    /// <summary>What the hidden layer reads; backwards, its gradients. [imageTokens, blocks, channels · textTokens, lanes]</summary>
    public AlignedFloats Features { get; private set; } = new(0);

    /// <summary>The hidden layer before its ReLU; backwards, its gradients. [blocks, hidden, lanes]</summary>
    public AlignedFloats Hidden { get; private set; } = new(0);

    /// <summary>[groups, images, captions]; null before there are any.</summary>
    public Tensor? Scores { get; set; }

    /// <summary>Makes room for the pairs.</summary>
    public void Prepare()
    {
        while (_maps.Count < Blocks)
            _maps.Add(new InterleavedMaps(config.ImageTokens, config.TextTokens, lanes));
        Features = AtLeast(Features, (long)config.ImageTokens * Blocks * config.FeatureChannels * config.TextTokens * lanes);
        Hidden = AtLeast(Hidden, (long)Blocks * config.Hidden * lanes);
    }

    /// <summary>The floats themselves, or more of them if they are too few.</summary>
    public static AlignedFloats AtLeast(AlignedFloats floats, long length) => floats.Length >= length ? floats : new AlignedFloats(length);
}
