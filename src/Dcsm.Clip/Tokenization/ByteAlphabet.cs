using System.Text;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// The printable stand-ins of the 256 bytes in a byte-level BPE vocabulary (openai/CLIP, <c>simple_tokenizer.py</c>,
/// <c>bytes_to_unicode</c>).
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Alphabet = Chars();
    private static readonly Dictionary<char, byte> Bytes = Enumerable.Range(0, 256).ToDictionary(b => Alphabet[b], b => (byte)b);

    /// <summary>The character that stands for a byte.</summary>
    public static char Char(byte value) => Alphabet[value];

    /// <summary>The text whose bytes the characters stand for; a character that stands for no byte is kept.</summary>
    public static string Decode(string chars)
    {
        var bytes = new List<byte>(chars.Length);
        foreach (Rune rune in chars.EnumerateRunes())
        {
            if (rune.IsBmp && Bytes.TryGetValue((char)rune.Value, out byte value))
                bytes.Add(value);
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static char[] Chars()
    {
        char[] chars = new char[256];
        int next = 256;
        for (int b = 0; b < 256; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        return chars;
    }
}
