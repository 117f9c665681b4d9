namespace Dcsm.Data.DataSets;

/// <summary>Finds the colours that captions give to things.</summary>
internal sealed class ColorWords(IReadOnlyList<string> colors)
{
    /// <summary>
    /// The one colour that captions put right before a thing's name, in any number of captions; null where there is none, where
    /// there are several ("black and white dog", or two captions that differ), or where a caption speaks of several such things.
    /// </summary>
    /// <param name="captions">The captions of a picture, each as its <see cref="Words"/>.</param>
    /// <param name="thing">The name, one word or more.</param>
    public string? Of(IReadOnlyList<string[]> captions, string thing)
    {
        string[] name = thing.Split(' ');
        string? found = null;
        foreach (string[] words in captions)
        {
            for (int at = 0; at + name.Length <= words.Length; at++)
            {
                if (!Matches(words, at, name, out bool plural))
                    continue;
                if (plural)
                    return null;
                if (at == 0 || Color(words[at - 1]) is not { } color)
                    continue;
                bool several =
                    at >= 2
                    && (
                        Color(words[at - 2]) is not null || (at >= 3 && words[at - 2] is "and" or "or" && Color(words[at - 3]) is not null)
                    );
                if (several || (found is not null && found != color))
                    return null;
                found = color;
            }
        }

        return found;
    }

    /// <summary>Whether a caption has the name, as one or as several.</summary>
    public static bool Mentions(IReadOnlyList<string[]> captions, string thing)
    {
        string[] name = thing.Split(' ');
        return captions.Any(words =>
            Enumerable.Range(0, Math.Max(0, words.Length - name.Length + 1)).Any(at => Matches(words, at, name, out _))
        );
    }

    /// <summary>The words of a caption in lower case, without punctuation.</summary>
    public static string[] Words(string caption) =>
        [
            .. caption
                .ToLowerInvariant()
                .Split([' ', '\t', '\r', '\n', '-', '/'], StringSplitOptions.RemoveEmptyEntries)
                .Select(word => word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')'))
                .Where(word => word.Length > 0),
        ];

    private string? Color(string word) =>
        colors.Contains(word)
            ? word == "grey"
                ? "gray"
                : word
            : null;

    private static bool Matches(string[] words, int at, string[] name, out bool plural)
    {
        plural = false;
        for (int i = 0; i < name.Length; i++)
        {
            string word = words[at + i];
            if (word == name[i])
                continue;
            plural = i == name.Length - 1 && IsPlural(word, name[i]);
            return plural;
        }

        return true;
    }

    private static bool IsPlural(string word, string name) =>
        word == name + "s"
        || word == name + "es"
        || (name.EndsWith('y') && word == name[..^1] + "ies")
        || (name.EndsWith("fe", StringComparison.Ordinal) && word == name[..^2] + "ves");
}
