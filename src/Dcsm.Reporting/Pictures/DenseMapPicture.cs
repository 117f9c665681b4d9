using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Statistics;
using Dcsm.Maps;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws a dense map word by word: the picture, then a heat map over it for each word of the caption.</summary>
public static class DenseMapPicture
{
    /// <summary>Words that are left out of a drawing, since little is to be seen at them.</summary>
    public static IReadOnlyList<string> Articles { get; } = ["a", "an", "the", "of", "picture", "image", "photo", "and"];

    private const float Side = 132,
        Gap = 12,
        Margin = 20,
        Line = 15,
        Least = 300;

    /// <summary>Draws a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="image">The picture that the map is of; square, as the model sees it.</param>
    /// <param name="options">How; as usual where null.</param>
    public static RgbImage Draw(DenseMapExplanation map, RgbImage image, DenseMapPictureOptions? options = null) =>
        Draw(map, image, options ?? new DenseMapPictureOptions(), PictureFont.System);

    internal static RgbImage Draw(DenseMapExplanation map, RgbImage image, DenseMapPictureOptions options, PictureFont font)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Columns, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Scale);
        float scale = options.Scale;
        image = Rasters.ToDraw(image);
        IReadOnlyList<DenseMapPanel> panels = DenseMapPanel.Of(map, image, (int)(Side * scale), options.OwnScales, options.Skip);
        Cell[] cells =
        [
            .. options.Whole is { } whole
                ? [Cell.Of(font, scale, Rasters.ToDraw(whole), $"picture, {whole.Width} × {whole.Height}", "")]
                : (Cell[])[],
            Cell.Of(font, scale, image, options.Whole is null ? "picture" : "as the model sees it", ""),
            .. panels.Select(panel => Cell.Of(font, scale, panel)),
        ];
        int columns = Math.Min(options.Columns, cells.Length),
            rows = (cells.Length + columns - 1) / columns;
        float width = Math.Max(2 * Margin + columns * Side + (columns - 1) * Gap, Least);
        IReadOnlyList<string> caption = Sheet.Wrap(
                font,
                $"\"{options.Caption ?? map.Caption}\"",
                width - 2 * Margin,
                14,
                scale,
                bold: true
            ),
            note = Sheet.Wrap(font, options.Note, width - 2 * Margin, 12, scale),
            legend = Sheet.Wrap(font, Legend(options.OwnScales), width - 2 * Margin, 10.5f, scale);
        float head = 20 * caption.Count + 17 * note.Count + 12;
        float[] heights = [.. Enumerable.Range(0, rows).Select(row => cells.Skip(row * columns).Take(columns).Max(cell => cell.Height))];
        float foot = 2 * Margin + head + heights.Sum() + (rows - 1) * Gap;

        using Sheet sheet = new(width, foot + 15 + Line * legend.Count, scale, font);
        for (int i = 0; i < caption.Count; i++)
            sheet.Text(caption[i], Margin, Margin + 12 + 20 * i, 14, Sheet.Ink, bold: true);
        for (int i = 0; i < note.Count; i++)
            sheet.Text(note[i], Margin, Margin + 10 + 20 * caption.Count + 17 * i, 12, Sheet.Faint);
        for (int i = 0; i < cells.Length; i++)
            cells[i].Draw(sheet, Margin + i % columns * (Side + Gap), Margin + head + heights.Take(i / columns).Sum() + i / columns * Gap);
        DrawLegend(sheet, panels, options.OwnScales, legend, foot - Margin + 16);
        return sheet.ToImage();
    }

    private static string Legend(bool ownScales) =>
        "cosine of the word with a patch; " + (ownScales ? "each word has a scale of its own" : "all words share one scale");

    private static void DrawLegend(Sheet sheet, IReadOnlyList<DenseMapPanel> panels, bool ownScales, IReadOnlyList<string> text, float top)
    {
        HeatScale? shared = ownScales ? null : panels.FirstOrDefault(panel => panel.FunctionalWord is null)?.Scale;
        string low = shared is { } from ? Cosine(from.Low) : "low",
            high = shared is { } to ? Cosine(to.High) : "high";
        sheet.Text(low, Margin, top + 9, 10.5f, Sheet.Faint);
        sheet.Picture(HeatMapPicture.Legend((int)(140 * sheet.Scale), (int)(10 * sheet.Scale)), Margin + 36, top, 140, 10, corner: 3);
        sheet.Text(high, Margin + 184, top + 9, 10.5f, Sheet.Faint);
        for (int i = 0; i < text.Count; i++)
            sheet.Text(text[i], Margin, top + 26 + Line * i, 10.5f, Sheet.Faint);
    }

    /// <summary>A picture with what stands below it.</summary>
    private sealed record Cell(RgbImage Picture, IReadOnlyList<string> Name, IReadOnlyList<string> Detail, bool IsWord, bool IsFunctional)
    {
        public float Height => Side + 6 + Line * (Name.Count + Math.Max(1, Detail.Count));

        public static Cell Of(PictureFont font, float scale, RgbImage picture, string name, string detail) =>
            new(picture, Sheet.Wrap(font, name, Side, 12, scale), Sheet.Wrap(font, detail, Side, 10.5f, scale), false, false);

        public static Cell Of(PictureFont font, float scale, DenseMapPanel panel)
        {
            bool functional = panel.FunctionalWord is not null;
            string detail = functional ? "functional row, fixed" : $"{Cosine(panel.Values.Low)} to {Cosine(panel.Values.High)}";
            return new(
                panel.Picture,
                Sheet.Wrap(font, panel.Word, Side, 13, scale, bold: true),
                Sheet.Wrap(font, detail, Side, 10.5f, scale),
                true,
                functional
            );
        }

        public void Draw(Sheet sheet, float left, float top)
        {
            // A picture that is no square keeps its shape.
            float largest = Math.Max(Picture.Width, Picture.Height),
                width = Side * Picture.Width / largest,
                height = Side * Picture.Height / largest;
            sheet.Picture(Picture, left, top + (Side - height) / 2, width, height);
            if (IsFunctional)
                sheet.Frame(left, top, Side, Side, Sheet.Accent, 2);
            float baseline = top + Side + 16;
            foreach (string line in Name)
            {
                sheet.Text(
                    line,
                    left,
                    baseline,
                    IsWord ? 13 : 12,
                    !IsWord ? Sheet.Faint
                        : IsFunctional ? Sheet.Accent
                        : Sheet.Ink,
                    IsWord
                );
                baseline += Line;
            }

            foreach (string line in Detail)
            {
                sheet.Text(line, left, baseline, 10.5f, Sheet.Faint);
                baseline += Line;
            }
        }
    }

    private static string Cosine(float value) => NumberText.Fixed(value, 2).Replace('-', '−');
}
