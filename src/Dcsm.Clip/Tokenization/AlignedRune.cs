namespace Dcsm.Clip.Tokenization;

/// <summary>A code point of a normalized text and the characters of the original text it came from.</summary>
/// <param name="Value">The code point.</param>
/// <param name="Start">First character in the original text.</param>
/// <param name="End">After the last character in the original text.</param>
internal readonly record struct AlignedRune(int Value, int Start, int End)
{
    /// <summary>The mark that stands for a space in pieces of SentencePiece.</summary>
    public const int Space = 0x2581;

    /// <summary>The place of a piece in the text; the spaces around a word are none of it.</summary>
    /// <param name="runes">All runes of the text.</param>
    /// <param name="first">The first one of the piece.</param>
    /// <param name="end">The one behind its last.</param>
    public static TextRange Place(IReadOnlyList<AlignedRune> runes, int first, int end)
    {
        while (first < end - 1 && runes[first].Value == Space)
            first++;
        while (end - 1 > first && runes[end - 1].Value == Space)
            end--;
        (int start, int last) = (runes[first].Start, runes[end - 1].End);
        return runes[first].Value == Space ? new TextRange(last, 0) : new TextRange(start, last - start);
    }
}
