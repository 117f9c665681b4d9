using Dcsm.Clip.Models;

namespace Dcsm.Evaluation.Scorers;

/// <summary>Parts of encodings, copied out.</summary>
internal static class Encodings
{
    /// <summary>The images from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public static ImageEncoding Slice(this ImageEncoding images, int first, int count) =>
        new(images.Tokens.Slice(first, count), images.Pooled.Slice(first, count));

    /// <summary>The captions from <paramref name="first"/> on, <paramref name="count"/> of them.</summary>
    public static TextEncoding Slice(this TextEncoding texts, int first, int count) =>
        new(texts.Tokens.Slice(first, count), texts.Pooled.Slice(first, count), [.. texts.Texts.Skip(first).Take(count)]);

    private static TokenEmbeddings Slice(this TokenEmbeddings embeddings, int first, int count)
    {
        int size = embeddings.Tokens * embeddings.Dimension;
        return new TokenEmbeddings(
            embeddings.Values.Slice(first * size, count * size).ToArray(),
            count,
            embeddings.Tokens,
            embeddings.Dimension
        );
    }
}
