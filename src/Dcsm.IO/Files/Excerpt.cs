namespace Dcsm.IO.Files;

/// <summary>What an error quotes of a file, which may be all of it in one line.</summary>
public static class Excerpt
{
    /// <summary>The beginning of a text that is too long to be quoted, or all of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">Characters that are quoted.</param>
    public static string Of(string text, int most = 60)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 4);
        if (text.Length <= most)
            return text;
        int length = most - 3;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "...");
    }

    /// <summary>Names with commas between them, each as above, and as many as a person reads.</summary>
    /// <param name="names">The names; no more of them are taken than are quoted.</param>
    public static string Of(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        const int Most = 24;
        return string.Join(", ", names.Take(Most + 1).Select((name, i) => i < Most ? Of(name) : "..."));
    }
}
