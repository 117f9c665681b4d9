using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>How a <see cref="TokenEmbeddingStore"/> is written.</summary>
public sealed record EmbeddingStoreOptions
{
    /// <summary>
    /// How the numbers are stored: F32 as CLIP gives them; F16 (rounded to nearest), half as large; or I8, tokens in bytes with a scale
    /// each, a quarter as large.
    /// </summary>
    public TensorType Type { get; init; } = TensorType.F32;

    /// <summary>Tokens of each caption: those that the heads read which are to score them; 30 in the paper.</summary>
    public int TextTokens { get; init; } = 30;

    /// <summary>How often what is encoded is made safe from a crash.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Told in a sentence for the person of every caption that is too long and is cut. Null to hear nothing.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>
    /// Told of each picture that can't be read, maybe by several threads and more than once. It is left out with its pairs, and the store
    /// is that of a list in which it never stood. Null: the first one is thrown.
    /// </summary>
    public Action<ImageSource, Exception>? Failed { get; init; }
}
