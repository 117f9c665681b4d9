using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Encoders;

/// <summary>How token ids go through a text tower, and at which place the caption's embedding comes out.</summary>
internal abstract class TextLayout
{
    /// <summary>Whether the tower is given a mask.</summary>
    public virtual bool HasMask => true;

    /// <summary>Ids that go in where <paramref name="length"/> are given.</summary>
    public virtual int Ids(int length) => length;

    /// <summary>Places that come out where <paramref name="length"/> ids are given; the first ones are those of the ids.</summary>
    public virtual int Places(int length) => Ids(length);

    /// <summary>How many of a caption's ids its pooled embedding depends on.</summary>
    public virtual int Needed(TokenizedText text) => Math.Max(1, text.Length);

    /// <summary>The place of the pooled embedding.</summary>
    /// <param name="ids">The ids that were given.</param>
    public abstract int Pooled(ReadOnlySpan<int> ids);

    /// <summary>What is wrong with a caption's ids, after "Caption N "; null if nothing.</summary>
    public virtual string? Wrong(ReadOnlySpan<int> ids) => null;

    /// <summary>Fills a caption's part of the inputs.</summary>
    /// <param name="text">The caption.</param>
    /// <param name="given">How many of its ids are given.</param>
    /// <param name="ids">[<see cref="Ids"/>]; zeros.</param>
    /// <param name="mask">
    /// [places, places]: at [query, key] 0 where one attends to the other; all are −∞-like. Empty where there is none.
    /// </param>
    public abstract void Fill(TokenizedText text, int given, Span<long> ids, Span<float> mask);

    /// <summary>The ids that are given, followed by padding.</summary>
    protected static void Put(TokenizedText text, int given, Span<long> ids, int padding)
    {
        for (int i = 0; i < ids.Length; i++)
            ids[i] = i < given ? text.Ids[i] : padding;
    }
}
