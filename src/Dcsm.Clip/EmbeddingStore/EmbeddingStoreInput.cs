namespace Dcsm.Clip.EmbeddingStore;

/// <summary>What goes into a <see cref="TokenEmbeddingStore"/>. What occurs twice is encoded twice.</summary>
public sealed record EmbeddingStoreInput
{
    /// <summary>The pictures.</summary>
    public IReadOnlyList<ImageToEncode> Images { get; init; } = [];

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>
    /// The captions in the words in which they are encoded, where these are others, as a head in canonical form reads them; null where they
    /// are encoded as they are written. [captions]
    /// </summary>
    public IReadOnlyList<string>? EncodedCaptions { get; init; }

    /// <summary>Pairs of them, by number.</summary>
    public IReadOnlyList<StoredPair> Pairs { get; init; } = [];
}
