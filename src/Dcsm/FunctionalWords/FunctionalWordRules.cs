using Dcsm.IO.Files;

namespace Dcsm.FunctionalWords;

/// <summary>What a list of functional words must satisfy.</summary>
internal static class FunctionalWordRules
{
    /// <summary>What is wrong with the list, naming the entry; null if nothing is.</summary>
    internal static string? Check(IReadOnlyList<FunctionalWord> entries)
    {
        var owners = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int row = 0; row < entries.Count; row++)
        {
            (string? word, IReadOnlyList<string>? forms) = entries[row];
            string place = $"entry {row} ('{Excerpt.Of(word)}')";
            if (forms.Count == 0 || !string.Equals(forms[0], word, StringComparison.Ordinal))
                return $"{place}: the forms do not begin with the word itself.";
            if (word.StartsWith(FunctionalWordMatcher.SuffixMark))
                return $"{place}: the word is the end of a word; only a further form may start with '~'.";
            foreach (string form in forms)
            {
                if (WrongForm(form) is { } wrong)
                    return $"{place}: form '{Excerpt.Of(form)}' {wrong}.";
                if (owners.TryGetValue(form, out int owner))
                {
                    return owner == row
                        ? $"{place}: form '{Excerpt.Of(form)}' is given twice (the word itself is always a form and is not repeated)."
                        : $"{place}: form '{Excerpt.Of(form)}' already belongs to entry {owner} ('{Excerpt.Of(entries[owner].Word)}').";
                }
                owners.Add(form, row);
            }
        }
        return null;
    }

    /// <summary>What is wrong with fillers, naming the one; null if nothing is.</summary>
    internal static string? CheckFillers(IReadOnlyList<string> fillers, IReadOnlyList<FunctionalWord> entries)
    {
        var known = entries.SelectMany(entry => entry.Forms).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (string filler in fillers)
        {
            if (filler.StartsWith(FunctionalWordMatcher.SuffixMark))
                return $"filler '{Excerpt.Of(filler)}' is the end of a word; only a form may start with '~'.";
            if (WrongForm(filler) is { } wrong)
                return $"filler '{Excerpt.Of(filler)}' {wrong}.";
            if (!known.Add(filler))
                return $"filler '{Excerpt.Of(filler)}' is given twice, or is a form of a functional word.";
        }

        return null;
    }

    /// <summary>What is wrong with the way to mark noun phrases; null if nothing is.</summary>
    internal static string? CheckNounPhrases(NounPhrases phrases, IReadOnlyList<string> fillers, IReadOnlyList<string> words) =>
        !fillers.Contains(phrases.Article, StringComparer.Ordinal)
            ? $"the article '{Excerpt.Of(phrases.Article)}' is none of the fillers, and so would be written again at each reading."
        : phrases.Adjectives.FirstOrDefault(adjective => !words.Contains(adjective, StringComparer.Ordinal)) is { } unknown
            ? $"the adjective '{Excerpt.Of(unknown)}' is none of the functional words {string.Join(", ", words)}."
        : phrases.Conjunction is { } joins && (!words.Contains(joins, StringComparer.Ordinal) || phrases.Adjectives.Contains(joins))
            ? $"the conjunction '{Excerpt.Of(joins)}' is none of the functional words "
                + $"{string.Join(", ", words.Except(phrases.Adjectives))}."
        : phrases.Copulas.FirstOrDefault(copula => !fillers.Contains(copula, StringComparer.Ordinal)) is { } said
            ? $"the copula '{Excerpt.Of(said)}' is none of the fillers."
        : null;

    private static string? WrongForm(string form)
    {
        bool suffix = form.StartsWith(FunctionalWordMatcher.SuffixMark);
        string body = suffix ? form[1..] : form;
        if (string.IsNullOrWhiteSpace(body))
            return "is empty";
        string[] parts = body.Split(' ');
        if (parts.Any(part => part.Length == 0))
            return "has a space at an end or two in a row; words are separated by one space";
        if (suffix && parts.Length > 1)
            return "is the end of a word ('~') and may not hold a space";
        foreach (string part in parts)
        {
            // "left-hand" scans as two words joined by their hyphen; anything else left over is not part of a word.
            List<ScannedWord> words = WordScanner.Words(part);
            if (
                words.Count == 0
                || words[0].Start != 0
                || words[^1].End != part.Length
                || words.Skip(1).Any(word => !word.Joined)
                || (suffix && words.Count > 1)
            )
            {
                return $"has a part '{Excerpt.Of(part)}' that is not a word (letters and digits, apostrophes and hyphens between them)";
            }
        }
        return null;
    }
}
