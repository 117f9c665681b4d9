namespace Dcsm.Clip.EmbeddingStore;

/// <summary>What goes into a <see cref="TokenEmbeddingStore"/>. What occurs twice is encoded twice.</summary>
public sealed record EmbeddingStoreInput
{
    /// <summary>The pictures.</summary>
    public IReadOnlyList<ImageToEncode> Images { get; init; } = [];

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions { get; init; } = [];

    /// <summary>Pairs of them, by number.</summary>
    public IReadOnlyList<StoredPair> Pairs { get; init; } = [];
}
