using Dcsm.Head;
using Dcsm.Numerics.Buffers;
using static TorchSharp.torch;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>What the scores of a batch leave for their gradients: maps, features and hidden units, in lots of maps side by side.</summary>
internal sealed class InterleavedPass(InterleavedShape shape)
{
    private readonly List<InterleavedWorkspace> _maps = [];

    /// <summary>Image, text and place of the score of every map that there is.</summary>
    public List<(int Image, int Text, int Score)> Pairs { get; } = [];

    public int Lots => (Pairs.Count + shape.Lanes - 1) / shape.Lanes;

    /// <summary>Standardized, one a lot.</summary>
    public IReadOnlyList<InterleavedWorkspace> Maps => _maps;

    /// <summary>What the hidden layer reads; backwards, its gradients. [imageTokens, lots, channels · textTokens, lanes]</summary>
    public AlignedFloats Features { get; private set; } = new(0);

    /// <summary>The hidden layer before its ReLU; backwards, its gradients. [lots, hidden, lanes]</summary>
    public AlignedFloats Hidden { get; private set; } = new(0);

    /// <summary>[groups, images, captions]; null before there are any.</summary>
    public Tensor? Scores { get; set; }

    /// <summary>Makes room for the pairs.</summary>
    public void Prepare()
    {
        while (_maps.Count < Lots)
            _maps.Add(new InterleavedWorkspace(shape));
        Features = AtLeast(Features, (long)shape.ImageTokens * Lots * shape.FeatureChannels * shape.TextTokens * shape.Lanes);
        Hidden = AtLeast(Hidden, (long)Lots * shape.Hidden * shape.Lanes);
    }

    /// <summary>The floats themselves, or more of them if they are too few.</summary>
    public static AlignedFloats AtLeast(AlignedFloats floats, long length) => floats.Length >= length ? floats : new AlignedFloats(length);
}
