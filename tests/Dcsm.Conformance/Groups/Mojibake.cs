namespace Dcsm.Conformance.Groups;

/// <summary>Tells text whose UTF-8 was read as Latin-1 or Windows-1252, which ftfy mends and this toolkit does not.</summary>
internal static class Mojibake
{
    private const string Windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

    /// <summary>Whether a run of bytes beyond ASCII in the text, read back, is UTF-8.</summary>
    public static bool Is(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            int lead = Byte(text[i]);
            int length = lead switch
            {
                >= 0xC2 and <= 0xDF => 2,
                >= 0xE0 and <= 0xEF => 3,
                >= 0xF0 and <= 0xF4 => 4,
                _ => 0,
            };
            // The last byte may have been lost.
            if (
                length > 0
                && Enumerable.Range(i + 1, Math.Max(1, length - 2)).All(at => at < text.Length && Byte(text[at]) is >= 0x80 and <= 0xBF)
            )
            {
                return true;
            }
        }
        return false;
    }

    private static int Byte(char value) =>
        value switch
        {
            <= '\u00FF' => value,
            _ => Windows1252.IndexOf(value) is >= 0 and var at ? 0x80 + at : -1,
        };
}
