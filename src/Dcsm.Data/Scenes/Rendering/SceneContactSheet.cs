using Dcsm.Data.Pictures;

namespace Dcsm.Data.Scenes.Rendering;

/// <summary>A picture of many samples to look at: image and opposite image side by side, their captions underneath.</summary>
public static class SceneContactSheet
{
    private const int Gap = 10;
    private const int LettersMargin = 2;
    private static readonly (byte, byte, byte) Ink = (25, 25, 30);
    private static readonly (byte, byte, byte) Faint = (110, 110, 120);

    /// <summary>Draws samples into a PNG.</summary>
    /// <param name="path">The PNG; an existing one is replaced.</param>
    /// <param name="renderer">Draws the scenes; pictures smaller than 150 pixels are shown twice as large.</param>
    /// <param name="samples">What to show, row by row.</param>
    /// <param name="columns">Samples a row.</param>
    /// <exception cref="ArgumentException">There is no sample, or not one column.</exception>
    public static void Write(string path, SceneRenderer renderer, IReadOnlyList<SceneSample> samples, int columns = 4)
    {
        ArgumentNullException.ThrowIfNull(renderer);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (samples.Count == 0)
            throw new ArgumentException("A contact sheet needs at least one sample.", nameof(samples));

        columns = Math.Min(columns, samples.Count);
        int scale = renderer.ImageSize < 150 ? 2 : 1;
        int side = renderer.ImageSize * scale;
        int letters = (side - LettersMargin) / BitmapFont.Advance;
        (List<(string Text, bool First)> Left, List<(string Text, bool First)> Right)[] texts = samples
            .Select(sample => (Left: Lines(sample.Captions, letters), Right: Lines(sample.OppositeCaptions, letters)))
            .ToArray();
        int rows = (samples.Count + columns - 1) / columns;

        // Each row is as high as its longest captions need.
        int[] tops = new int[rows + 1];
        tops[0] = Gap;
        for (int row = 0; row < rows; row++)
        {
            int lines = texts.Skip(row * columns).Take(columns).Max(text => Math.Max(text.Left.Count, text.Right.Count));
            tops[row + 1] = tops[row] + side + 4 + (lines * BitmapFont.LineHeight) + Gap;
        }

        int cell = (side * 2) + 2 + (Gap * 2);
        (int width, int height) = ((columns * cell) + Gap, tops[rows]);
        byte[] sheet = new byte[width * height * 3];
        sheet.AsSpan().Fill(246);
        for (int i = 0; i < samples.Count; i++)
        {
            int left = Gap + (i % columns * cell);
            int top = tops[i / columns];
            Copy(renderer.Render(samples[i].Image), renderer.ImageSize, scale, sheet, width, left, top);
            Copy(renderer.Render(samples[i].Opposite), renderer.ImageSize, scale, sheet, width, left + side + 2, top);
            DrawLines(sheet, width, left, top + side + 4, texts[i].Left);
            DrawLines(sheet, width, left + side + 2 + LettersMargin, top + side + 4, texts[i].Right);
        }

        PictureFile.WritePng(path, sheet, width, height);
    }

    private static List<(string Text, bool First)> Lines(IReadOnlyList<string> captions, int letters) =>
        [.. captions.SelectMany((caption, i) => BitmapFont.Wrap(caption, letters).Select(line => (line, i == 0)))];

    private static void DrawLines(Span<byte> sheet, int width, int left, int top, List<(string Text, bool First)> lines)
    {
        foreach ((string? text, bool first) in lines)
        {
            BitmapFont.Draw(sheet, width, left, top, text, first ? Ink : Faint);
            top += BitmapFont.LineHeight;
        }
    }

    private static void Copy(ReadOnlySpan<byte> rgb, int size, int scale, Span<byte> sheet, int width, int left, int top)
    {
        for (int y = 0; y < size * scale; y++)
        {
            ReadOnlySpan<byte> from = rgb.Slice(y / scale * size * 3, size * 3);
            Span<byte> to = sheet.Slice((((top + y) * width) + left) * 3, size * scale * 3);
            for (int x = 0; x < size * scale; x++)
                from.Slice(x / scale * 3, 3).CopyTo(to[(x * 3)..]);
        }
    }
}
