using Dcsm.Clip.Tokenization;

namespace Dcsm.FunctionalWords;

/// <summary>From places in a text to tokens.</summary>
internal static class TokenAlignment
{
    /// <summary>
    /// Per token the row of the find it lies in, or −1. A token belongs to a find if it lies wholly inside, white space at its
    /// edges apart; SOS, EOS and padding have no place in the text and belong to none.
    /// </summary>
    internal static int[] Rows(IReadOnlyList<FunctionalMatch> found, TokenizedText caption)
    {
        int[] rows = new int[caption.Ids.Count];
        Array.Fill(rows, -1);
        if (found.Count == 0)
            return rows;
        for (int token = 0; token < rows.Length; token++)
        {
            (int start, int end) = Trimmed(caption.Text, caption.Offsets[token]);
            if (start == end)
                continue;
            foreach (FunctionalMatch match in found)
            {
                if (start >= match.Start && end <= match.Start + match.Length)
                {
                    rows[token] = match.Row;
                    break;
                }
            }
        }
        return rows;
    }

    /// <summary>A token's place without white space at its edges; empty where it has none.</summary>
    internal static (int Start, int End) Trimmed(string text, TextRange range)
    {
        (int start, int end) = (range.Start, range.Start + range.Length);
        while (start < end && char.IsWhiteSpace(text[start]))
            start++;
        while (start < end && char.IsWhiteSpace(text[end - 1]))
            end--;
        return (start, end);
    }
}
