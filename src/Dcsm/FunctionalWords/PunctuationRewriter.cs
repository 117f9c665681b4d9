using System.Buffers;
using System.Text;

namespace Dcsm.FunctionalWords;

/// <summary>
/// Punctuation as words: a mark between two noun phrases says "and", all others say nothing. CLIP embeds marks as tokens of their own, and
/// a head that never read "a dog." takes it for another caption than "a dog".
/// </summary>
internal static class PunctuationRewriter
{
    private const string Parting = ",;:.!?()[]{}…–—&、。，；：！？";

    // Characters of a text that are looked at for the rest of a form that begins with the conjunction.
    private const int LongestForm = 40;
    private static readonly SearchValues<char> PartingMarks = SearchValues.Create(Parting);
    private static readonly SearchValues<char> Marks = SearchValues.Create(Parting + "\"“”„«»‘’'`*_~");

    /// <summary>Rewrites a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="conjunction">What stands for a mark between two phrases: "and".</param>
    /// <param name="matcher">Finds functional words: next to one, a mark says nothing.</param>
    /// <param name="isAdjective">Whether the functional word of a row stands within a noun phrase.</param>
    public static string Rewrite(string text, string conjunction, FunctionalWordMatcher matcher, Func<int, bool> isAdjective)
    {
        List<ScannedWord> words = WordScanner.Words(text);
        if (words.Count == 0)
            return text.AsSpan().ContainsAny(Marks) ? "" : text;
        bool[] functional = Functional(words, [.. matcher.Find(text).Where(match => !isAdjective(match.Row))]);
        StringBuilder written = new StringBuilder(text.Length).Append(Without(text.AsSpan(0, words[0].Start)));
        for (int i = 0; i < words.Count; i++)
        {
            ScannedWord word = words[i];
            written.Append(text, word.Start, word.End - word.Start);
            if (i + 1 == words.Count)
            {
                written.Append(Without(text.AsSpan(word.End)));
                break;
            }

            ScannedWord next = words[i + 1];
            ReadOnlySpan<char> between = text.AsSpan(word.End, next.Start - word.End);
            // "3.5" and "10:30" stay as they are.
            if (between.Length == 1 && char.IsDigit(text[word.End - 1]) && char.IsDigit(text[next.Start]))
                written.Append(between);
            else if (!Parts(between))
                written.Append(Without(between));
            else if (!functional[i] && (!functional[i + 1] || Joins(text, next, conjunction, matcher)))
                written.Append(' ').Append(conjunction).Append(' ');
            else
                written.Append(' ');
        }

        return written.ToString();
    }

    // A hyphen parts where blanks stand beside it.
    private static bool Parts(ReadOnlySpan<char> between) =>
        between.ContainsAny(PartingMarks) || (between.ContainsAny('-', '\u2010', '\u2011') && between.ContainsAny(' ', '\t', '\n'));

    // "a dog, no cat" says "and no", a form of its own.
    private static bool Joins(string text, ScannedWord next, string conjunction, FunctionalWordMatcher matcher) =>
        matcher.Find($"{conjunction} {text.AsSpan(next.Start, Math.Min(LongestForm, text.Length - next.Start))}")
            is [{ Start: 0 } first, ..]
        && first.Length > conjunction.Length;

    // Both are in the order of the text.
    private static bool[] Functional(List<ScannedWord> words, List<FunctionalMatch> matches)
    {
        bool[] functional = new bool[words.Count];
        int at = 0;
        for (int i = 0; i < words.Count; i++)
        {
            while (at < matches.Count && matches[at].Start + matches[at].Length <= words[i].Start)
                at++;
            functional[i] = at < matches.Count && matches[at].Start < words[i].End;
        }

        return functional;
    }

    private static string Without(ReadOnlySpan<char> between)
    {
        if (!between.ContainsAny(Marks))
            return between.ToString();
        Span<char> kept = new char[between.Length];
        for (int i = 0; i < between.Length; i++)
            kept[i] = Marks.Contains(between[i]) ? ' ' : between[i];
        return new string(kept);
    }
}
