using Dcsm.IO.Collections;

namespace Dcsm.Clip.Tokenization;

/// <summary>A text as token ids of a fixed length.</summary>
/// <param name="Text">The text as it was given.</param>
/// <param name="Ids">Token ids, padded or cut to the asked length.</param>
/// <param name="Offsets">For each id its place in <paramref name="Text"/>; length 0 for start, end and padding.</param>
/// <param name="Length">Number of real tokens, start and end included; the ids from here on are padding.</param>
/// <param name="Truncated">Whether the text had more tokens than were asked for.</param>
public sealed record TokenizedText(string Text, IReadOnlyList<int> Ids, IReadOnlyList<TextRange> Offsets, int Length, bool Truncated)
{
    /// <summary>Token ids, padded or cut to the asked length.</summary>
    public IReadOnlyList<int> Ids
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Ids);

    /// <summary>For each id its place in <see cref="Text"/>; length 0 for start, end and padding.</summary>
    public IReadOnlyList<TextRange> Offsets
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Offsets);

    /// <summary>What of <see cref="Text"/> the ids stand for: all of it, or its beginning where it was cut.</summary>
    public string ReadText
    {
        get
        {
            // The end token and padding stand at the text's end, and have no characters.
            int end = Offsets.Where(range => range.Length > 0).Select(range => range.End).DefaultIfEmpty(0).Max();
            return Text[..Math.Min(end, Text.Length)];
        }
    }
}
