using System.Text;

namespace Dcsm.FunctionalWords;

/// <summary>
/// What is said of a noun behind it, before it: "the car is blue" is read as "the blue car". CLIP has read colors and sizes before their
/// nouns, and so has the head.
/// </summary>
/// <param name="copulas">Fillers that join noun and predicate: "is".</param>
/// <param name="matcher">Finds functional words, and fillers behind them.</param>
/// <param name="words">How many functional words there are.</param>
/// <param name="isAdjective">Whether the functional word of a row stands within a noun phrase.</param>
/// <param name="emptyWords">Words that are neither noun nor predicate.</param>
internal sealed class PredicateRewriter(
    IReadOnlyList<string> copulas,
    FunctionalWordMatcher matcher,
    int words,
    Func<int, bool> isAdjective,
    IReadOnlySet<string> emptyWords
)
{
    // "light blue", "big red". What is longer is a sentence of its own.
    private const int LongestPredicate = 2;

    private enum Kind
    {
        Content,
        Adjective,
        Filler,
        Copula,
        Bound,
    }

    /// <summary>Rewrites a text.</summary>
    public string Rewrite(string text)
    {
        // Most captions have none, and need not be looked at word by word.
        if (!copulas.Any(copula => text.Contains(copula, StringComparison.OrdinalIgnoreCase)))
            return text;
        List<ScannedWord> scanned = WordScanner.Words(text);
        Kind[] kinds = Kinds(text, scanned);
        var written = new StringBuilder(text.Length);
        int at = 0;
        for (int copula = 1; copula + 1 < scanned.Count; copula++)
        {
            if (kinds[copula] != Kind.Copula)
                continue;
            int end = copula + 1;
            while (end < scanned.Count && IsOfPhrase(end) && AreTogether(end - 1))
                end++;
            bool isBound = end == scanned.Count || !AreTogether(end - 1) || kinds[end] == Kind.Bound;
            // "a car that is blue"
            int behind = kinds[copula - 1] == Kind.Filler && AreTogether(copula - 1) ? copula - 1 : copula,
                first = behind;
            while (first > 0 && IsOfPhrase(first - 1) && AreTogether(first - 1))
                first--;
            bool isPredicate = isBound && end - copula - 1 is > 0 and <= LongestPredicate && Words(copula + 1, end).All(SaysSomething),
                isNoun = Words(first, behind).Any(word => kinds[word] == Kind.Content && SaysSomething(word));
            if (!isPredicate || !isNoun || scanned[first].Start < at)
                continue;
            written.Append(text, at, scanned[first].Start - at).Append(Joined(first, behind, copula + 1, end));
            at = scanned[end - 1].End;
        }

        return at == 0 ? text : written.Append(text, at, text.Length - at).ToString();

        bool IsOfPhrase(int word) => kinds[word] is Kind.Content or Kind.Adjective;

        // Nothing but blanks, or the hyphen of one word, to the next one.
        bool AreTogether(int word) =>
            scanned[word + 1].Joined || text.AsSpan(scanned[word].End, scanned[word + 1].Start - scanned[word].End).IsWhiteSpace();

        bool SaysSomething(int word) => !emptyWords.Contains(text[scanned[word].Start..scanned[word].End]);

        // Sizes before all others, as they are told.
        string Joined(int from, int to, int predicate, int predicateEnd)
        {
            int noun = Adjectives(from, to),
                other = Adjectives(predicate, predicateEnd);
            (int From, int To)[] ranges = [(predicate, other), (from, noun), (other, predicateEnd), (noun, to)];
            return string.Join(
                ' ',
                ranges.Where(range => range.From < range.To).Select(range => text[scanned[range.From].Start..scanned[range.To - 1].End])
            );
        }

        static IEnumerable<int> Words(int from, int to) => Enumerable.Range(from, to - from);

        int Adjectives(int from, int to)
        {
            while (from < to && kinds[from] == Kind.Adjective)
                from++;
            return from;
        }
    }

    private Kind[] Kinds(string text, List<ScannedWord> scanned)
    {
        var kinds = new Kind[scanned.Count];
        int at = 0;
        foreach (FunctionalMatch match in matcher.Find(text))
        {
            while (scanned[at].End <= match.Start)
                at++;
            int first = at;
            while (at < scanned.Count && scanned[at].Start < match.Start + match.Length)
                at++;
            kinds.AsSpan(first, at - first).Fill(KindOf(match, text.AsSpan(match.Start, match.Length), isOneWord: at - first == 1));
        }

        return kinds;
    }

    private Kind KindOf(FunctionalMatch match, ReadOnlySpan<char> found, bool isOneWord)
    {
        if (match.Row < words)
            return isAdjective(match.Row) ? Kind.Adjective : Kind.Bound;
        foreach (string copula in copulas)
        {
            if (found.Equals(copula, StringComparison.OrdinalIgnoreCase))
                return Kind.Copula;
        }
        return isOneWord ? Kind.Filler : Kind.Bound;
    }
}
