using System.Text;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// ftfy's <c>fix_text</c> with its default settings (6.3.1, <c>ftfy/__init__.py</c>, <c>ftfy/fixes.py</c>, <c>ftfy/chardata.py</c>),
/// without its repair of mojibake.
/// </summary>
internal static class TextRepair
{
    private const int FirstFullWidth = 0xFF01,
        LastFullWidthAscii = 0xFF5E,
        ToAscii = 0xFEE0,
        FullWidthMacron = 0xFFE3;

    // NFKC of U+FF5F to U+FFEE; code points without one stand for themselves.
    private const string HalfWidth =
        "\u2985\u2986\u3002\u300c\u300d\u3001\u30fb\u30f2\u30a1\u30a3\u30a5\u30a7\u30a9\u30e3\u30e5\u30e7"
        + "\u30c3\u30fc\u30a2\u30a4\u30a6\u30a8\u30aa\u30ab\u30ad\u30af\u30b1\u30b3\u30b5\u30b7\u30b9\u30bb"
        + "\u30bd\u30bf\u30c1\u30c4\u30c6\u30c8\u30ca\u30cb\u30cc\u30cd\u30ce\u30cf\u30d2\u30d5\u30d8\u30db"
        + "\u30de\u30df\u30e0\u30e1\u30e2\u30e4\u30e6\u30e8\u30e9\u30ea\u30eb\u30ec\u30ed\u30ef\u30f3\u3099"
        + "\u309a\u1160\u1100\u1101\u11aa\u1102\u11ac\u11ad\u1103\u1104\u1105\u11b0\u11b1\u11b2\u11b3\u11b4"
        + "\u11b5\u111a\u1106\u1107\u1108\u1121\u1109\u110a\u110b\u110c\u110d\u110e\u110f\u1110\u1111\u1112"
        + "\uffbf\uffc0\uffc1\u1161\u1162\u1163\u1164\u1165\u1166\uffc8\uffc9\u1167\u1168\u1169\u116a\u116b"
        + "\u116c\uffd0\uffd1\u116d\u116e\u116f\u1170\u1171\u1172\uffd8\uffd9\u1173\u1174\u1175\uffdd\uffde"
        + "\uffdf\u00a2\u00a3\u00ac\uffe3\u00a6\u00a5\u20a9\uffe7\u2502\u2190\u2191\u2192\u2193\u25a0\u25cb";

    private static readonly Dictionary<int, string> Ligatures = new()
    {
        [0x132] = "IJ",
        [0x133] = "ij",
        [0x149] = "ʼn",
        [0x1C4] = "DŽ",
        [0x1C5] = "Dž",
        [0x1C6] = "dž",
        [0x1C7] = "LJ",
        [0x1C8] = "Lj",
        [0x1C9] = "lj",
        [0x1CA] = "NJ",
        [0x1CB] = "Nj",
        [0x1CC] = "nj",
        [0x1F1] = "DZ",
        [0x1F2] = "Dz",
        [0x1F3] = "dz",
        [0xFB00] = "ff",
        [0xFB01] = "fi",
        [0xFB02] = "fl",
        [0xFB03] = "ffi",
        [0xFB04] = "ffl",
        [0xFB05] = "ſt",
        [0xFB06] = "st",
    };

    /// <summary>Repairs a text line by line, each until nothing changes any more.</summary>
    public static List<AlignedRune> Repair(List<AlignedRune> text)
    {
        var repaired = new List<AlignedRune>(text.Count);
        bool entities = true;
        for (int start = 0; start < text.Count; )
        {
            int end = text.FindIndex(start, rune => rune.Value == '\n') + 1;
            if (end == 0)
                end = text.Count;
            // Text with a tag in it is taken to be HTML, from that line on, and its entities to be meant.
            entities = entities && text.FindIndex(start, end - start, rune => rune.Value == '<') < 0;
            repaired.AddRange(RepairLine(text[start..end], entities));
            start = end;
        }
        return repaired;
    }

    private static List<AlignedRune> RepairLine(List<AlignedRune> line, bool entities)
    {
        while (true)
        {
            List<AlignedRune> before = line;
            if (entities)
                line = HtmlEntities.UnescapeStrictly(line);
            line = EachCharacter(line);
            line = WithoutTerminalEscapes(line);
            line = [.. line.Where(rune => !IsRemoved(rune.Value))];
            UnicodeComposition.Compose(line);
            if (line.Count == before.Count && line.Zip(before).All(pair => pair.First.Value == pair.Second.Value))
                return line;
        }
    }

    // C1 controls, ligatures, widths, quotes and line breaks, one after the other as ftfy does it.
    private static List<AlignedRune> EachCharacter(List<AlignedRune> line)
    {
        var mended = new List<AlignedRune>(line.Count);
        foreach (AlignedRune rune in line)
        {
            int value = rune.Value is >= 0x80 and <= 0x9F ? HtmlEntities.FromWindows1252(rune.Value) : rune.Value;
            if (Ligatures.TryGetValue(value, out string? letters))
            {
                foreach (char letter in letters)
                    mended.Add(rune with { Value = Straight(letter) });
            }
            else if (value == FullWidthMacron)
            {
                mended.Add(rune with { Value = ' ' });
                mended.Add(rune with { Value = 0x304 });
            }
            else
            {
                mended.Add(rune with { Value = Straight(Narrow(value)) });
            }
        }
        return mended;
    }

    private static int Narrow(int value) =>
        value switch
        {
            0x3000 => ' ',
            >= FirstFullWidth and <= LastFullWidthAscii => value - ToAscii,
            > LastFullWidthAscii and <= LastFullWidthAscii + 144 => HalfWidth[value - LastFullWidthAscii - 1],
            _ => value,
        };

    private static int Straight(int value) =>
        value switch
        {
            0x2BC or >= 0x2018 and <= 0x201B => '\'',
            >= 0x201C and <= 0x201F => '"',
            '\r' or 0x2028 or 0x2029 or 0x85 => '\n',
            _ => value,
        };

    // ESC [ digits and semicolons, a letter.
    private static List<AlignedRune> WithoutTerminalEscapes(List<AlignedRune> line)
    {
        if (!line.Exists(rune => rune.Value == 0x1B))
            return line;
        var kept = new List<AlignedRune>(line.Count);
        for (int i = 0; i < line.Count; i++)
        {
            int end = i + 2;
            if (line[i].Value == 0x1B && i + 1 < line.Count && line[i + 1].Value == '[')
            {
                while (end < line.Count && (line[end].Value == ';' || Rune.IsDigit(new Rune(line[end].Value))))
                    end++;
                if (end < line.Count && line[end].Value < 0x80 && char.IsAsciiLetter((char)line[end].Value))
                {
                    i = end;
                    continue;
                }
            }
            kept.Add(line[i]);
        }
        return kept;
    }

    private static bool IsRemoved(int value) =>
        value switch
        {
            <= 0x08 or 0x0B or >= 0x0E and <= 0x1F or 0x7F => true,
            >= 0x206A and <= 0x206F or 0xFEFF or >= 0xFFF9 and <= 0xFFFC => true,
            _ => false,
        };
}
