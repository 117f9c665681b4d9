namespace Dcsm.Clip.Tokenization;

/// <summary>A place in a text, in UTF-16 code units as <see cref="string"/> counts them.</summary>
/// <param name="Start">First character.</param>
/// <param name="Length">Number of characters; 0 for tokens that stand for no text (start, end, padding).</param>
public readonly record struct TextRange(int Start, int Length)
{
    /// <summary>The place after the last character.</summary>
    public int End => Start + Length;
}
