using System.Globalization;
using System.Text;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>
/// Letters for pictures: a sans-serif of the machine where there is one, else the built-in bitmap letters. (The Skia that ships for Linux
/// finds no system fonts by itself, so they are looked for as files.) Letters that the sans-serif lacks, such as Chinese ones and emoji,
/// come from whatever typeface has them.
/// </summary>
internal sealed class PictureFont
{
    private const int MostLetters = 1000;

    private static readonly Lazy<(SKTypeface? Regular, SKTypeface? Bold)> SystemTypeface = new(() => (Find(bold: false), Find(bold: true)));

    private readonly SKTypeface? _regular;
    private readonly SKTypeface? _bold;

    private readonly Func<int, SKTypeface?> _others;

    internal PictureFont(SKTypeface? regular, SKTypeface? bold, Func<int, SKTypeface?> others) =>
        (_regular, _bold, _others) = (regular, bold ?? regular, others);

    /// <summary>The best that this machine has.</summary>
    public static PictureFont System => new(SystemTypeface.Value.Regular, SystemTypeface.Value.Bold, OfSystem);

    /// <summary>The built-in letters, the same on every machine.</summary>
    public static PictureFont BuiltIn { get; } = new(null, null, _ => null);

    public float Measure(string text, float size, bool bold = false)
    {
        if (Typeface(bold) is not { } typeface)
            return text.Length * BitmapFont.Advance * Factor(size);
        float width = 0;
        foreach ((string run, SKTypeface its) in Runs(text, typeface))
        {
            using SKFont font = new(its, size);
            width += font.MeasureText(run);
        }

        return width;
    }

    /// <summary>Draws one line; <paramref name="baseline"/> is where letters stand.</summary>
    public void Draw(SKCanvas canvas, string text, float left, float baseline, float size, SKColor color, bool bold = false)
    {
        if (Typeface(bold) is { } typeface)
        {
            using SKPaint paint = new() { Color = color, IsAntialias = true };
            foreach ((string run, SKTypeface its) in Runs(text, typeface))
            {
                using SKFont font = new(its, size) { Subpixel = true, Edging = SKFontEdging.Antialias };
                canvas.DrawText(run, left, baseline, SKTextAlign.Left, font, paint);
                left += font.MeasureText(run);
            }

            return;
        }

        int width = Math.Max(1, text.Length * BitmapFont.Advance),
            height = BitmapFont.LineHeight,
            factor = Factor(size);
        byte[] letters = new byte[3 * width * height];
        BitmapFont.Draw(letters, width, 0, 0, text.Replace('−', '-').Replace('–', '-'), (255, 255, 255));
        using SKPaint square = new() { Color = color };
        float top = baseline - 7 * factor; // seven pixels of a letter stand above the line
        for (int i = 0; i < width * height; i++)
        {
            if (letters[3 * i] == 0)
                continue;
            float x = MathF.Round(left) + i % width * factor,
                y = MathF.Round(top) + i / width * factor;
            canvas.DrawRect(x, y, factor, factor, square);
        }
    }

    /// <summary>
    /// Breaks a text into lines of at most <paramref name="width"/>: at spaces, and within a word that is wider. What is longer than anyone
    /// would read in a picture ends in "…".
    /// </summary>
    public IReadOnlyList<string> Wrap(string text, float width, float size, bool bold = false)
    {
        if (text.Length > MostLetters)
            text = string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MostLetters - 1]) ? MostLetters - 1 : MostLetters), "…");
        List<string> lines = [];
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : $"{line} {word}";
            if (Measure(longer, size, bold) <= width)
            {
                line = longer;
                continue;
            }

            if (line.Length > 0)
                lines.Add(line);
            line = "";
            foreach (string letter in Letters(word))
            {
                if (line.Length > 0 && Measure(line + letter, size, bold) > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line += letter;
            }
        }

        if (line.Length > 0)
            lines.Add(line);
        return lines;
    }

    private static IEnumerable<string> Letters(string text)
    {
        TextElementEnumerator letters = StringInfo.GetTextElementEnumerator(text);
        while (letters.MoveNext())
            yield return letters.GetTextElement();
    }

    /// <summary>A text in parts, each with a typeface that has its letters, where there is one.</summary>
    private List<(string Text, SKTypeface Typeface)> Runs(string text, SKTypeface typeface)
    {
        List<(string Text, SKTypeface Typeface)> runs = [];
        foreach (string letter in Letters(text))
        {
            // Joiners and selectors between emoji say how to draw them and have no look of their own.
            Rune[] runes = [.. letter.EnumerateRunes().Where(rune => rune.Value is not (0x200D or 0xFE0E or 0xFE0F))];
            SKTypeface its = runes.All(rune => FontFiles.Has(typeface, rune.Value))
                ? typeface
                : runes.Select(rune => _others(rune.Value)).FirstOrDefault(other => other is not null) ?? typeface;
            string shown = string.Concat(runes);
            if (runs.Count > 0 && runs[^1].Typeface == its)
                runs[^1] = (runs[^1].Text + shown, its);
            else
                runs.Add((shown, its));
        }

        return runs;
    }

    private static SKTypeface? OfSystem(int codePoint) =>
        SKFontManager.Default.MatchCharacter(codePoint) ?? FontFiles.OfSystem.Value.With(codePoint);

    // A letter of the bitmap is about as high as one of a typeface of 11 pixels.
    private static int Factor(float size) => Math.Max(1, (int)MathF.Round(size / 12));

    private SKTypeface? Typeface(bool bold) => bold ? _bold : _regular;

    private static SKTypeface? Find(bool bold)
    {
        string[] families = ["Inter", "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", "Liberation Sans", "Arial"];
        foreach (string family in families)
        {
            SKTypeface? typeface = SKFontManager.Default.MatchFamily(family, bold ? SKFontStyle.Bold : SKFontStyle.Normal);
            if (typeface is not null && HasLetters(typeface))
                return typeface;
        }

        string[] files = bold
            ?
            [
                "opentype/inter/Inter-SemiBold.otf",
                "truetype/noto/NotoSans-Bold.ttf",
                "truetype/dejavu/DejaVuSans-Bold.ttf",
                "truetype/liberation/LiberationSans-Bold.ttf",
            ]
            :
            [
                "opentype/inter/Inter-Regular.otf",
                "truetype/noto/NotoSans-Regular.ttf",
                "truetype/dejavu/DejaVuSans.ttf",
                "truetype/liberation/LiberationSans-Regular.ttf",
            ];
        foreach (string file in files)
        {
            string path = Path.Combine("/usr/share/fonts", file);
            if (File.Exists(path) && SKTypeface.FromFile(path) is { } typeface && HasLetters(typeface))
                return typeface;
        }

        return null;
    }

    private static bool HasLetters(SKTypeface typeface) => typeface.GetGlyphs("Aa0.").All(glyph => glyph != 0);
}
