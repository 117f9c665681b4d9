using Dcsm.Data.Scenes.Rendering;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>
/// Letters for pictures: a sans-serif of the machine where there is one, else the built-in bitmap letters. (The Skia that ships for Linux
/// finds no system fonts by itself, so they are looked for as files.)
/// </summary>
internal sealed class PictureFont
{
    private static readonly Lazy<(SKTypeface? Regular, SKTypeface? Bold)> SystemTypeface = new(() => (Find(bold: false), Find(bold: true)));

    private readonly SKTypeface? _regular;
    private readonly SKTypeface? _bold;

    private PictureFont(SKTypeface? regular, SKTypeface? bold) => (_regular, _bold) = (regular, bold ?? regular);

    /// <summary>The best that this machine has.</summary>
    public static PictureFont System => new(SystemTypeface.Value.Regular, SystemTypeface.Value.Bold);

    /// <summary>The built-in letters, the same on every machine.</summary>
    public static PictureFont BuiltIn { get; } = new(null, null);

    public float Measure(string text, float size, bool bold = false)
    {
        if (Typeface(bold) is not { } typeface)
            return text.Length * BitmapFont.Advance * Factor(size);
        using SKFont font = new(typeface, size);
        return font.MeasureText(text);
    }

    /// <summary>Draws one line; <paramref name="baseline"/> is where letters stand.</summary>
    public void Draw(SKCanvas canvas, string text, float left, float baseline, float size, SKColor color, bool bold = false)
    {
        if (Typeface(bold) is { } typeface)
        {
            using SKFont font = new(typeface, size) { Subpixel = true, Edging = SKFontEdging.Antialias };
            using SKPaint paint = new() { Color = color, IsAntialias = true };
            canvas.DrawText(text, left, baseline, SKTextAlign.Left, font, paint);
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

    /// <summary>Breaks a text at spaces into lines of at most <paramref name="width"/>.</summary>
    public IReadOnlyList<string> Wrap(string text, float width, float size, bool bold = false)
    {
        List<string> lines = [];
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Measure(longer, size, bold) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }

        if (line.Length > 0)
            lines.Add(line);
        return lines;
    }

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
