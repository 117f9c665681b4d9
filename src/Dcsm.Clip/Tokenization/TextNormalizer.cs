using System.Globalization;
using System.Text;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// How the programs clean text before it is cut into words, with places in the text as it was written. (They also make one space of
/// every run of white space; white space only separates words, so that changes no token and is left out.)
/// </summary>
internal static class TextNormalizer
{
    private const int DottedCapitalI = 0x130,
        CombiningDotAbove = 0x307,
        CapitalSigma = 0x3A3,
        Sigma = 0x3C3,
        FinalSigma = 0x3C2;

    /// <summary>The normalized code points of a part of a text, with places in the whole text.</summary>
    public static List<AlignedRune> Normalize(string text, int start, int end, TokenizerFlavor flavor)
    {
        List<AlignedRune> runes = Runes(text, start, end);
        switch (flavor)
        {
            case TokenizerFlavor.HuggingFace:
                UnicodeComposition.Compose(runes);
                break;
            case TokenizerFlavor.OpenAi:
                runes = HtmlEntities.Unescape(HtmlEntities.Unescape(TextRepair.Repair(runes)));
                break;
            default:
                runes = TextRepair.Repair(runes);
                break;
        }
        // Python looks at a sigma's neighbors, huggingface/tokenizers does not.
        ToLower(runes, sigmaByContext: flavor != TokenizerFlavor.HuggingFace);
        return runes;
    }

    /// <summary>
    /// A text as open_clip gives it to the tokenizers of SigLIPs (<c>canonicalize</c>): repaired, entities twice, underscores as spaces,
    /// without ASCII punctuation, in lower case, with one space between words.
    /// </summary>
    public static List<AlignedRune> Canonicalize(string text)
    {
        List<AlignedRune> runes = HtmlEntities.Unescape(HtmlEntities.Unescape(TextRepair.Repair(Runes(text, 0, text.Length))));
        runes =
        [
            .. runes
                .Select(rune => rune.Value == '_' || IsSpace(rune.Value) ? rune with { Value = ' ' } : rune)
                .Where(rune => !IsPunctuation(rune.Value)),
        ];
        ToLower(runes, sigmaByContext: true);
        var kept = new List<AlignedRune>(runes.Count);
        foreach (AlignedRune rune in runes)
        {
            if (rune.Value != ' ' || kept is [.., { Value: not ' ' }])
                kept.Add(rune);
        }

        if (kept is [.., { Value: ' ' }])
            kept.RemoveAt(kept.Count - 1);
        return kept;
    }

    /// <summary>Whether Python's <c>string.punctuation</c> has it.</summary>
    public static bool IsPunctuation(int value) => value is > ' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);

    /// <summary>The code points of a part of a text.</summary>
    public static List<AlignedRune> Runes(string text, int start, int end)
    {
        var runes = new List<AlignedRune>(end - start);
        while (start < end)
        {
            // A lone surrogate becomes U+FFFD, as it would in UTF-8.
            Rune.DecodeFromUtf16(text.AsSpan(start, end - start), out Rune rune, out int length);
            runes.Add(new AlignedRune(rune.Value, start, start + length));
            start += length;
        }
        return runes;
    }

    /// <summary>Lower case, code point by code point.</summary>
    /// <param name="runes">Changed.</param>
    /// <param name="sigmaByContext">Whether a capital sigma at a word's end becomes the small one of an end, as in Python.</param>
    public static void ToLower(List<AlignedRune> runes, bool sigmaByContext)
    {
        // The only code point whose lower case is two; .NET's invariant casing leaves it alone.
        if (runes.Exists(rune => rune.Value == DottedCapitalI))
        {
            AlignedRune[] expanded =
            [
                .. runes.SelectMany(rune =>
                    rune.Value == DottedCapitalI
                        ? (AlignedRune[])[rune with { Value = 'i' }, rune with { Value = CombiningDotAbove }]
                        : [rune]
                ),
            ];
            runes.Clear();
            runes.AddRange(expanded);
        }

        for (int i = 0; i < runes.Count; i++)
        {
            AlignedRune rune = runes[i];
            if (rune.Value == CapitalSigma && sigmaByContext)
            {
                runes[i] = rune with { Value = EndsWord(runes, i) ? FinalSigma : Sigma };
            }
            else
            {
                runes[i] = rune with { Value = Rune.ToLowerInvariant(new Rune(rune.Value)).Value };
            }
        }
    }

    // Python's \s.
    private static bool IsSpace(int value) => value is >= 0x1C and <= 0x1F || (value <= char.MaxValue && char.IsWhiteSpace((char)value));

    // Unicode, Final_Sigma: after a cased letter and not before one, whatever is case-ignorable between.
    private static bool EndsWord(List<AlignedRune> runes, int at)
    {
        int before = at - 1;
        while (before >= 0 && IsCaseIgnorable(runes[before].Value))
            before--;
        if (before < 0 || !IsCased(runes[before].Value))
            return false;
        int after = at + 1;
        while (after < runes.Count && IsCaseIgnorable(runes[after].Value))
            after++;
        return after == runes.Count || !IsCased(runes[after].Value);
    }

    private static bool IsCased(int value) =>
        CharUnicodeInfo.GetUnicodeCategory(value)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter
        || value is 0xAA or 0xBA or >= 0x2160 and <= 0x217F or >= 0x24B6 and <= 0x24E9;

    private static bool IsCaseIgnorable(int value) =>
        CharUnicodeInfo.GetUnicodeCategory(value)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.ModifierSymbol
        || value
            is '\''
                or '.'
                or ':'
                or 0xB7
                or 0x387
                or 0x55F
                or 0x5F4
                or 0x2018
                or 0x2019
                or 0x2024
                or 0x2027
                or 0xFE13
                or 0xFE52
                or 0xFE55
                or 0xFF07
                or 0xFF0E
                or 0xFF1A;
}
