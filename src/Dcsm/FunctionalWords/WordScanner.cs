using System.Globalization;
using System.Text;

namespace Dcsm.FunctionalWords;

/// <summary>
/// A word of a text: a run of letters, marks, digits and underscores, with apostrophes between them.
/// </summary>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
/// <param name="Joined">A hyphen and nothing else stands between it and the word before, as in "left-handed".</param>
internal readonly record struct ScannedWord(int Start, int End, bool Joined);

internal static class WordScanner
{
    internal static List<ScannedWord> Words(string text)
    {
        var words = new List<ScannedWord>();
        int at = 0;
        while (at < text.Length)
        {
            if (InWord(text, at) is var width && width == 0)
            {
                at++;
                continue;
            }
            int start = at;
            at += width;
            while (at < text.Length)
            {
                width = InWord(text, at);
                if (width == 0 && IsApostrophe(text[at]) && at + 1 < text.Length)
                    width = InWord(text, at + 1) is var next && next > 0 ? 1 + next : 0;
                if (width == 0)
                    break;
                at += width;
            }
            bool joined = words.Count > 0 && words[^1].End == start - 1 && IsHyphen(text[start - 1]);
            words.Add(new ScannedWord(start, at, joined));
        }
        return words;
    }

    internal static bool IsHyphen(char c) => c is '-' or '\u2010' or '\u2011';

    internal static bool IsApostrophe(char c) => c is '\'' or '\u2019';

    /// <summary>The number of characters of the letter, mark or digit that begins at a place; 0 if none does.</summary>
    private static int InWord(string text, int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out Rune rune))
            return 0;
        return
            Rune.IsLetterOrDigit(rune)
            || rune.Value == '_'
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            ? rune.Utf16SequenceLength
            : 0;
    }
}
