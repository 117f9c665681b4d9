using Dcsm.IO.Collections;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>What goes into a <see cref="TokenEmbeddingStore"/>. What occurs twice is encoded twice.</summary>
public sealed record EmbeddingStoreInput
{
    /// <summary>The pictures.</summary>
    public IReadOnlyList<ImageToEncode> Images
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<ImageToEncode>([]);

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>([]);

    /// <summary>
    /// The captions in the words in which they are encoded, where these are others, as a head in canonical form reads them; null where they
    /// are encoded as they are written. [captions]
    /// </summary>
    public IReadOnlyList<string>? EncodedCaptions
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>Pairs of them, by number.</summary>
    public IReadOnlyList<StoredPair> Pairs
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<StoredPair>([]);
}
