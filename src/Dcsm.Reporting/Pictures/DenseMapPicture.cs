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
        LabelHeight = 36;

    /// <summary>Draws a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="image">The picture that the map is of; square, as the model sees it.</param>
    /// <param name="columns">Panels a row, the picture itself being the first.</param>
    /// <param name="scale">Pixels a unit; a panel is 132 units wide.</param>
    /// <param name="skip">Words to leave out; <see cref="Articles"/> where null.</param>
    public static RgbImage Draw(
        DenseMapExplanation map,
        RgbImage image,
        int columns = 6,
        float scale = 2,
        IReadOnlyCollection<string>? skip = null
    ) => Draw(map, image, columns, scale, skip, PictureFont.System);

    internal static RgbImage Draw(
        DenseMapExplanation map,
        RgbImage image,
        int columns,
        float scale,
        IReadOnlyCollection<string>? skip,
        PictureFont font
    )
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        IReadOnlyList<DenseMapPanel> panels = DenseMapPanel.Of(map, image, (int)(Side * scale), skip: skip ?? [.. Articles]);
        int cells = panels.Count + 1;
        columns = Math.Min(columns, cells);
        int rows = (cells + columns - 1) / columns;
        float width = 2 * Margin + columns * Side + (columns - 1) * Gap;
        IReadOnlyList<string> caption = Sheet.Wrap(
            font,
            $"“{map.Caption}”".Replace('“', '"').Replace('”', '"'),
            width - 2 * Margin,
            14,
            scale,
            bold: true
        );
        float head = 20 * caption.Count + 12;

        using Sheet sheet = new(width, 2 * Margin + head + rows * (Side + LabelHeight) + (rows - 1) * Gap + 30, scale, font);
        for (int i = 0; i < caption.Count; i++)
            sheet.Text(caption[i], Margin, Margin + 12 + 20 * i, 14, Sheet.Ink, bold: true);
        for (int cell = 0; cell < cells; cell++)
        {
            float left = Margin + cell % columns * (Side + Gap),
                top = Margin + head + cell / columns * (Side + LabelHeight + Gap);
            if (cell == 0)
            {
                sheet.Picture(image, left, top, Side, Side);
                sheet.Text("picture", left, top + Side + 16, 12, Sheet.Faint);
                continue;
            }

            DenseMapPanel panel = panels[cell - 1];
            sheet.Picture(panel.Picture, left, top, Side, Side);
            bool functional = panel.FunctionalWord is not null;
            if (functional)
                sheet.Frame(left, top, Side, Side, Sheet.Accent, 2);
            sheet.Text(panel.Word, left, top + Side + 16, 13, functional ? Sheet.Accent : Sheet.Ink, bold: true);
            string detail = functional ? "functional row, fixed" : $"{Cosine(panel.Scale.Low)} to {Cosine(panel.Scale.High)}";
            sheet.Text(detail, left, top + Side + 31, 10.5f, Sheet.Faint);
        }

        float legend = Margin + head + rows * (Side + LabelHeight) + (rows - 1) * Gap + 16;
        sheet.Text("low", Margin, legend + 9, 10.5f, Sheet.Faint);
        sheet.Picture(HeatMapPicture.Legend((int)(140 * scale), (int)(10 * scale)), Margin + 26, legend, 140, 10, corner: 3);
        sheet.Text("high cosine of the word with a patch; each word has its own scale", Margin + 174, legend + 9, 10.5f, Sheet.Faint);
        return sheet.ToImage();
    }

    private static string Cosine(float value) => NumberText.Fixed(value, 2).Replace('-', '−');
}
