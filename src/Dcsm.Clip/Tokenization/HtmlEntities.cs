using System.Globalization;
using System.Text;

namespace Dcsm.Clip.Tokenization;

/// <summary>
/// The named character references of HTML 5, as Python's <c>html.entities.html5</c> holds them, and how Python and ftfy replace them.
/// </summary>
/// <remarks>
/// In <c>HtmlEntities.txt</c> a name ends with ";" unless HTML knows it without, too; a line with ^ is a name in capitals that ftfy adds.
/// </remarks>
internal static class HtmlEntities
{
    private const int LongestPythonName = 32,
        LongestFtfyName = 24;

    private static readonly Lazy<(Dictionary<string, int[]> Html5, Dictionary<string, int[]> Capitals)> Tables = new(ReadTables);

    // What HTML 5 makes of references to control characters: Windows-1252 (Python, html._invalid_charrefs).
    private static readonly int[] Windows1252 =
    [
        0x20AC,
        0x81,
        0x201A,
        0x192,
        0x201E,
        0x2026,
        0x2020,
        0x2021,
        0x2C6,
        0x2030,
        0x160,
        0x2039,
        0x152,
        0x8D,
        0x17D,
        0x8F,
        0x90,
        0x2018,
        0x2019,
        0x201C,
        0x201D,
        0x2022,
        0x2013,
        0x2014,
        0x2DC,
        0x2122,
        0x161,
        0x203A,
        0x153,
        0x9D,
        0x17E,
        0x178,
    ];

    /// <summary>A byte of 0x80 to 0x9F read as Windows-1252; bytes that it does not define stay.</summary>
    public static int FromWindows1252(int value) => Windows1252[value - 0x80];

    /// <summary>Python's <c>html.unescape</c>.</summary>
    public static List<AlignedRune> Unescape(List<AlignedRune> text) =>
        Replace(
            text,
            at =>
            {
                if (at + 1 < text.Count && text[at + 1].Value == '#')
                    return Numeric(text, at, semicolonRequired: false);
                int end = at + 1;
                while (
                    end < text.Count
                    && end - at - 1 < LongestPythonName
                    && text[end].Value is not ('\t' or '\n' or '\f' or ' ' or '<' or '&' or '#' or ';')
                )
                {
                    end++;
                }

                if (end == at + 1)
                    return null;
                string name = Name(text, at + 1, end);
                if (end < text.Count && text[end].Value == ';' && Tables.Value.Html5.TryGetValue(name + ";", out int[]? whole))
                    return (whole, end + 1);
                for (int last = end; last > at + 2; last--)
                {
                    if (Tables.Value.Html5.TryGetValue(Name(text, at + 1, last), out int[]? prefix))
                        return (prefix, last);
                }
                return null;
            }
        );

    /// <summary>ftfy's <c>unescape_html</c>: only references with a semicolon, also in capitals.</summary>
    public static List<AlignedRune> UnescapeStrictly(List<AlignedRune> text) =>
        Replace(
            text,
            at =>
            {
                bool numeric = at + 1 < text.Count && text[at + 1].Value == '#';
                int first = numeric ? at + 2 : at + 1;
                int end = first;
                while (
                    end < text.Count
                    && end - first < LongestFtfyName
                    && text[end].Value < 0x80
                    && char.IsAsciiLetterOrDigit((char)text[end].Value)
                )
                {
                    end++;
                }

                if (end == first || end == text.Count || text[end].Value != ';')
                    return null;
                if (numeric)
                    return Numeric(text, at, semicolonRequired: true);
                string name = Name(text, first, end) + ";";
                return Tables.Value.Html5.TryGetValue(name, out int[]? runes) || Tables.Value.Capitals.TryGetValue(name, out runes)
                    ? (runes, end + 1)
                    : null;
            }
        );

    private static (int[] Runes, int End)? Numeric(List<AlignedRune> text, int at, bool semicolonRequired)
    {
        bool hexadecimal = at + 2 < text.Count && text[at + 2].Value is 'x' or 'X';
        int first = hexadecimal ? at + 3 : at + 2;
        int end = first;
        long number = 0;
        while (end < text.Count && Digit(text[end].Value, hexadecimal) is >= 0 and var digit)
        {
            number = Math.Min(number * (hexadecimal ? 16 : 10) + digit, int.MaxValue);
            end++;
        }
        if (end == first)
            return null;
        bool closed = end < text.Count && text[end].Value == ';';
        return semicolonRequired && !closed ? null : (Referred((int)number), closed ? end + 1 : end);
    }

    private static int[] Referred(int number) =>
        number switch
        {
            0 => [0xFFFD],
            >= 0x80 and <= 0x9F => [FromWindows1252(number)],
            >= 0xD800 and <= 0xDFFF or > 0x10FFFF => [0xFFFD],
            >= 0x1 and <= 0x8 or 0xB or >= 0xE and <= 0x1F or 0x7F or >= 0xFDD0 and <= 0xFDEF => [],
            _ when (number & 0xFFFE) == 0xFFFE => [],
            _ => [number],
        };

    private static int Digit(int value, bool hexadecimal) =>
        value < 0x80 && (hexadecimal ? char.IsAsciiHexDigit((char)value) : char.IsAsciiDigit((char)value))
            ? int.Parse([(char)value], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            : -1;

    private static List<AlignedRune> Replace(List<AlignedRune> text, Func<int, (int[] Runes, int End)?> find)
    {
        List<AlignedRune>? replaced = null;
        for (int i = 0; i < text.Count; i++)
        {
            if (text[i].Value == '&' && find(i) is var (runes, end))
            {
                replaced ??= [.. text[..i]];
                replaced.AddRange(runes.Select(rune => new AlignedRune(rune, text[i].Start, text[end - 1].End)));
                i = end - 1;
            }
            else
            {
                replaced?.Add(text[i]);
            }
        }
        return replaced ?? text;
    }

    private static string Name(List<AlignedRune> text, int start, int end)
    {
        var name = new StringBuilder(end - start);
        for (int i = start; i < end; i++)
            name.Append(new Rune(text[i].Value).ToString());
        return name.ToString();
    }

    private static (Dictionary<string, int[]> Html5, Dictionary<string, int[]> Capitals) ReadTables()
    {
        (Dictionary<string, int[]>? html5, Dictionary<string, int[]>? capitals) = (
            new Dictionary<string, int[]>(StringComparer.Ordinal),
            new Dictionary<string, int[]>(StringComparer.Ordinal)
        );
        using Stream stream = typeof(HtmlEntities).Assembly.GetManifestResourceStream("Dcsm.Clip.HtmlEntities.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ');
            int[] runes = [.. parts.Skip(1).Select(part => int.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            if (parts[0][0] == '^')
                capitals.Add(parts[0][1..], runes);
            else
                html5.Add(parts[0], runes);
        }
        return (html5, capitals);
    }
}
