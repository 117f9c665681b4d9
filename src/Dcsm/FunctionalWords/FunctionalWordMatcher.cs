namespace Dcsm.FunctionalWords;

/// <summary>Finds the forms of functional words in a text.</summary>
internal sealed class FunctionalWordMatcher
{
    internal const char SuffixMark = '~';

    private readonly Dictionary<string, List<Form>> _byFirstWord = new(StringComparer.Ordinal);
    private readonly List<Form> _suffixes = [];

    internal FunctionalWordMatcher(IReadOnlyList<FunctionalWord> entries)
    {
        for (int row = 0; row < entries.Count; row++)
        {
            foreach (string text in entries[row].Forms)
            {
                if (text.StartsWith(SuffixMark))
                {
                    _suffixes.Add(new Form(row, [Normalize(text, 1, text.Length)]));
                    continue;
                }
                var form = new Form(row, [.. WordScanner.Words(text).Select(word => Normalize(text, word.Start, word.End))]);
                if (!_byFirstWord.TryGetValue(form.Words[0], out List<Form>? sharing))
                    _byFirstWord.Add(form.Words[0], sharing = []);
                sharing.Add(form);
            }
        }
    }

    internal List<FunctionalMatch> Find(string text)
    {
        List<ScannedWord> scanned = WordScanner.Words(text);
        string[] words = new string[scanned.Count];
        for (int i = 0; i < words.Length; i++)
            words[i] = Normalize(text, scanned[i].Start, scanned[i].End);

        var candidates = new List<(int First, int Words, FunctionalMatch Match)>();
        for (int first = 0; first < words.Length; first++)
        {
            if (_byFirstWord.TryGetValue(words[first], out List<Form>? forms))
            {
                foreach (Form form in forms)
                {
                    if (Stands(form, text, scanned, words, first))
                    {
                        (int start, int end) = (scanned[first].Start, scanned[first + form.Words.Length - 1].End);
                        candidates.Add((first, form.Words.Length, new FunctionalMatch(form.Row, start, end - start)));
                    }
                }
            }
            foreach (Form suffix in _suffixes)
            {
                string end = suffix.Words[0];
                if (words[first].Length > end.Length && words[first].EndsWith(end, StringComparison.Ordinal))
                    candidates.Add((first, 0, new FunctionalMatch(suffix.Row, scanned[first].End - end.Length, end.Length)));
            }
        }

        // The longest first; what it takes, no other may use. A suffix counts as no word: it gives way to a whole word.
        candidates.Sort(
            static (a, b) =>
                a.Words != b.Words ? b.Words.CompareTo(a.Words)
                : a.Match.Length != b.Match.Length ? b.Match.Length.CompareTo(a.Match.Length)
                : a.First.CompareTo(b.First)
        );
        bool[] taken = new bool[words.Length];
        var found = new List<FunctionalMatch>();
        foreach ((int first, int count, FunctionalMatch match) in candidates)
        {
            Span<bool> span = taken.AsSpan(first, Math.Max(count, 1));
            if (span.Contains(true))
                continue;
            span.Fill(true);
            found.Add(match);
        }
        found.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return found;
    }

    private static bool Stands(Form form, string text, List<ScannedWord> scanned, string[] words, int first)
    {
        int after = first + form.Words.Length;
        if (after > words.Length)
            return false;
        // A hyphen at an edge makes it part of another word: "left-handed", "no-one".
        if (scanned[first].Joined || (after < words.Length && scanned[after].Joined))
            return false;
        for (int i = 1; i < form.Words.Length; i++)
        {
            if (!string.Equals(words[first + i], form.Words[i], StringComparison.Ordinal))
                return false;
            ReadOnlySpan<char> between = text.AsSpan(scanned[first + i - 1].End, scanned[first + i].Start - scanned[first + i - 1].End);
            if (!scanned[first + i].Joined && !between.IsWhiteSpace())
                return false;
        }
        return true;
    }

    private static string Normalize(string text, int start, int end) => text[start..end].Replace('\u2019', '\'').ToLowerInvariant();

    private sealed record Form(int Row, string[] Words);
}
