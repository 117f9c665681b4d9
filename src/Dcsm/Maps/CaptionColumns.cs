using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;

namespace Dcsm.Maps;

/// <summary>What the columns of a caption's map stand for, in words.</summary>
internal static class CaptionColumns
{
    internal static IReadOnlyList<MapToken> Tokens(TokenizedText caption, ColumnLayout layout, FunctionalWordList words)
    {
        var tokens = new MapToken[caption.Ids.Length];
        for (var column = 0; column < tokens.Length; column++)
        {
            var (start, end) = TokenAlignment.Trimmed(caption.Text, caption.Offsets[column]);
            var text = start < end ? caption.Text[start..end]
                : column == 0 ? "<start>"
                : column == caption.Length - 1 ? "<end>"
                : "<pad>";
            var row = layout.Rows[column];
            tokens[column] = new MapToken(column, text, start < end, row < 0 ? null : words.Words[row]);
        }
        return tokens;
    }

    internal static IReadOnlyList<MapWord> Words(TokenizedText caption, IReadOnlyList<MapToken> tokens)
    {
        var words = new List<MapWord>();
        var at = 0;
        while (at < caption.Text.Length)
        {
            if (char.IsWhiteSpace(caption.Text[at]))
            {
                at++;
                continue;
            }
            var start = at;
            while (at < caption.Text.Length && !char.IsWhiteSpace(caption.Text[at]))
                at++;
            var columns = new List<int>();
            string? functional = null;
            foreach (var token in tokens)
            {
                var (first, end) = TokenAlignment.Trimmed(caption.Text, caption.Offsets[token.Column]);
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
