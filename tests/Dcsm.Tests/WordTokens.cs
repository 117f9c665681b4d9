using System.Text.RegularExpressions;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Tests;

/// <summary>A tokenizer for tests: runs of at most four letters, or one other character; white space is no token.</summary>
internal static partial class WordTokens
{
    internal static TokenizedText Tokenize(string text, int length)
    {
        MatchCollection pieces = Piece().Matches(text);
        bool truncated = pieces.Count + 2 > length;
        int kept = truncated ? length - 2 : pieces.Count;
        var offsets = new TextRange[length];
        int[] ids = new int[length];
        Array.Fill(ids, 1);
        ids[0] = 0;
        for (int i = 0; i < kept; i++)
        {
            offsets[i + 1] = new TextRange(pieces[i].Index, pieces[i].Length);
            ids[i + 1] = 2 + (string.GetHashCode(pieces[i].Value, StringComparison.Ordinal) & 0xff);
        }
        return new TokenizedText(text, ids, offsets, kept + 2, truncated);
    }

    [GeneratedRegex(@"\p{L}{1,4}|\S")]
    private static partial Regex Piece();
}
