using System.Globalization;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// Splits normalized text into the words that BPE works on, as CLIP's pattern does:
/// <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>.
/// </summary>
internal static class WordSplitter
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    // The programs put these before the pattern. In transformers, exact ones are taken out as special tokens before; what is left
    // there was in capitals, and is split again into "<|", the word and "|>". openai/CLIP takes them as one word, which is a token.
    private static readonly string[] Markers = ["<|startoftext|>", "<|endoftext|>"];

    // No letter to [\p{L}]+, but one to [^\s\p{L}\p{N}]+: of a set, Python's regex asks for a character's other cases, too, and this is
    // the one that is no letter and has letters for such. So nothing takes it, and it is left out.
    private const int CombiningIotaSubscript = 0x345;

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    /// <summary>The words' first and after-last code points.</summary>
    public static List<Range> Split(List<AlignedRune> text, TokenizerFlavor flavor)
    {
        var words = new List<Range>();
        for (int start = 0; start < text.Count; )
        {
            Kind kind = KindOf(text[start].Value, flavor);
            int end = start + 1;
            if (kind == Kind.Other && LengthOfAny(Markers, text, start) is > 0 and var marker)
            {
                if (flavor == TokenizerFlavor.HuggingFace)
                    words.AddRange([new(start, start + 2), new(start + 2, start + marker - 2), new(start + marker - 2, start + marker)]);
                else
                    words.Add(new Range(start, start + marker));
                start += marker;
                continue;
            }
            if (
                kind == Kind.Other
                && LengthOfAny(Contractions, text, start, longS: flavor != TokenizerFlavor.HuggingFace) is > 0 and var contraction
            )
            {
                end = start + contraction;
            }
            else if (kind is Kind.Letter or Kind.Other)
            {
                while (end < text.Count && KindOf(text[end].Value, flavor) == kind)
                    end++;
            }

            if (kind != Kind.Space)
                words.Add(new Range(start, end));
            start = end;
        }
        return words;
    }

    // Python's pattern ignores case, so a long s is an s to it.
    private static int LengthOfAny(string[] literals, List<AlignedRune> text, int start, bool longS = false)
    {
        foreach (string literal in literals)
        {
            if (start + literal.Length > text.Count)
                continue;
            int i = 0;
            while (
                i < literal.Length && (text[start + i].Value == literal[i] || (longS && literal[i] == 's' && text[start + i].Value == 'ſ'))
            )
            {
                i++;
            }

            if (i == literal.Length)
                return literal.Length;
        }
        return 0;
    }

    private static Kind KindOf(int value, TokenizerFlavor flavor)
    {
        if (value == CombiningIotaSubscript && flavor != TokenizerFlavor.HuggingFace)
            return Kind.Space;
        if (value <= char.MaxValue && char.IsWhiteSpace((char)value))
            return Kind.Space;
        return CharUnicodeInfo.GetUnicodeCategory(value) switch
        {
            UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
