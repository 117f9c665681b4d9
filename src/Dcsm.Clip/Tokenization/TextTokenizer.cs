namespace Dcsm.Clip.Tokenization;

/// <summary>What makes token ids of a text, with the place of each in it. Thread-safe.</summary>
public abstract class TextTokenizer
{
    private protected TextTokenizer() { }

    /// <summary>The token every text ends with.</summary>
    public abstract int EndToken { get; }

    /// <summary>The token short texts are filled up with.</summary>
    public abstract int PadToken { get; }

    /// <summary>The largest token id plus one.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Token ids with their places, padded or cut to a length.</summary>
    /// <param name="text">The text. Characters beyond the cut are ignored, except that they make it a cut.</param>
    /// <param name="length">
    /// Number of ids wanted, start token (where there is one) and end token included; at least 2. Where the text has more, the first
    /// <paramref name="length"/> − 1 are kept and the end token put last.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is below 2.</exception>
    public TokenizedText Tokenize(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        (List<int>? ids, List<TextRange>? offsets) = Run(text, length);
        int real = ids.Count;
        bool truncated = real > length;
        if (truncated)
        {
            real = length;
            (ids[length - 1], offsets[length - 1]) = (EndToken, new TextRange(text.Length, 0));
        }
        int[] padded = new int[length];
        var places = new TextRange[length];
        ids[..real].CopyTo(padded);
        offsets[..real].CopyTo(places);
        padded.AsSpan(real).Fill(PadToken);
        places.AsSpan(real).Fill(new TextRange(text.Length, 0));
        return new TokenizedText(text, padded, places, real, truncated);
    }

    /// <summary>Token ids with their places, neither padded nor cut.</summary>
    /// <param name="text">The text.</param>
    public TokenizedText Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        (List<int>? ids, List<TextRange>? offsets) = Run(text, int.MaxValue);
        return new TokenizedText(text, [.. ids], [.. offsets], ids.Count, false);
    }

    /// <summary>Token ids to the end token, neither padded nor cut.</summary>
    /// <param name="text">The text.</param>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. Run(text, int.MaxValue).Ids];
    }

    /// <param name="text">The text.</param>
    /// <param name="most">Tokens that are wanted: what is behind more of them need not be looked at.</param>
    private protected abstract (List<int> Ids, List<TextRange> Offsets) Run(string text, int most);
}
