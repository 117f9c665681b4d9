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
}
