using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;

namespace Dcsm.Maps;

/// <summary>What the columns of a caption's map stand for, in words.</summary>
internal static class CaptionColumns
{
    internal static IReadOnlyList<MapToken> Tokens(TokenizedText caption, ColumnLayout layout, FunctionalWordList words)
    {
        var tokens = new MapToken[caption.Ids.Count];
        for (int column = 0; column < tokens.Length; column++)
        {
            (int start, int end) = TokenAlignment.Trimmed(caption.Text, caption.Offsets[column]);
            string text =
                start < end ? caption.Text[start..end]
                : column == 0 ? "<start>"
                : column == caption.Length - 1 ? "<end>"
                : "<pad>";
            int row = layout.Rows[column];
            tokens[column] = new MapToken(column, text, start < end, row < 0 ? null : words.Words[row]);
        }
        return tokens;
    }

    internal static IReadOnlyList<MapWord> Words(TokenizedText caption, IReadOnlyList<MapToken> tokens)
    {
        var words = new List<MapWord>();
        int at = 0;
        while (at < caption.Text.Length)
        {
            if (char.IsWhiteSpace(caption.Text[at]))
            {
                at++;
                continue;
            }
            int start = at;
            while (at < caption.Text.Length && !char.IsWhiteSpace(caption.Text[at]))
                at++;
            var columns = new List<int>();
            string? functional = null;
            foreach (MapToken token in tokens)
            {
                (int first, int end) = TokenAlignment.Trimmed(caption.Text, caption.Offsets[token.Column]);
                if (token.IsText && first < at && end > start)
                {
                    columns.Add(token.Column);
                    functional ??= token.FunctionalWord;
                }
            }
            if (columns.Count > 0)
                words.Add(new MapWord(caption.Text[start..at], columns, functional));
        }
        return words;
    }
}
