using Dcsm.Numerics.Maps;

namespace Dcsm.Head;

/// <summary>
/// The sizes of a head's work, with maps side by side: lane <c>l</c> of every value belongs to map <c>l</c>, so that nothing is
/// ever shuffled and edges cost nothing.
/// </summary>
internal sealed class InterleavedShape(DcsmConfig config, int lanes)
{
    internal int ImageTokens { get; } = config.ImageTokens;

    internal int TextTokens { get; } = config.TextTokens;

    internal int Dimension { get; } = config.Dimension;

    internal int Convolutions { get; } = config.Convolutions;

    internal int Channels { get; } = config.Channels;

    /// <summary>Channels that the hidden layer reads.</summary>
    internal int FeatureChannels { get; } = config.FeatureChannels;

    internal int Hidden { get; } = config.Hidden;

    /// <summary>Maps side by side: two vectors' worth.</summary>
    internal int Lanes { get; } = lanes;

    /// <summary>Floats from one row of maps to the next (<see cref="InterleavedMaps.Stride"/>).</summary>
    internal int RowStride { get; } = InterleavedMaps.Stride(config.TextTokens, lanes);

    /// <summary>Panels of <see cref="Lanes"/> text tokens that a caption fills.</summary>
    internal int Panels => (TextTokens + Lanes - 1) / Lanes;
}
