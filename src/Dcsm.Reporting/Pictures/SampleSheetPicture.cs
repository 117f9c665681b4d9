using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>
/// Draws samples of a training: pictures with the boxes of what captions name, true captions with a check, false ones with a cross.
/// </summary>
public static class SampleSheetPicture
{
    private const float Side = 300,
        Gap = 24,
        Margin = 20,
        TextSize = 12,
        NoteSize = 10;
    private static readonly SKColor[] Colors =
    [
        new(0xFF, 0x3B, 0x30),
        new(0x00, 0xC8, 0x53),
        new(0x29, 0x79, 0xFF),
        new(0xFF, 0xAB, 0x00),
        new(0xD5, 0x00, 0xF9),
        new(0x00, 0xB8, 0xD4),
    ];

    /// <summary>Draws a sheet into a PNG file.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="cells">The pictures, row by row, at least one.</param>
    /// <param name="columns">Pictures a row.</param>
    /// <exception cref="ArgumentException">There is no picture.</exception>
    public static void Write(string path, IReadOnlyList<SampleSheetCell> cells, int columns = 4) =>
        AtomicFile.Write(path, Rasters.ToPng(Draw(cells, columns, PictureFont.System)));

    internal static RgbImage Draw(IReadOnlyList<SampleSheetCell> cells, int columns, PictureFont font)
    {
        ArgumentNullException.ThrowIfNull(cells);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (cells.Count == 0)
            throw new ArgumentException("There is no sample to draw.", nameof(cells));
        columns = Math.Min(columns, cells.Count);
        Card[] cards = [.. cells.Select(cell => new Card(cell, font))];
        float[] heights = [.. cards.Chunk(columns).Select(row => row.Max(card => card.Height))];
        using Sheet sheet = new(
            (2 * Margin) + (columns * Side) + ((columns - 1) * Gap),
            (2 * Margin) + heights.Sum() + ((heights.Length - 1) * Gap),
            scale: 1,
            font
        );
        float top = Margin;
        foreach ((int row, Card[] line) in cards.Chunk(columns).Index())
        {
            for (int column = 0; column < line.Length; column++)
                line[column].Draw(sheet, Margin + (column * (Side + Gap)), top);
            top += heights[row] + Gap;
        }

        return sheet.ToImage();
    }

    private sealed class Card(SampleSheetCell cell, PictureFont font)
    {
        private const float Indent = 20,
            TitleHeight = 18;
        private readonly float _scale = Side / Math.Max(cell.Picture.Width, cell.Picture.Height);
        private readonly (SampleSheetCaption Caption, IReadOnlyList<string> Text, IReadOnlyList<string> Note)[] _lines =
        [
            .. cell.Captions.Select(caption =>
                (
                    caption,
                    Sheet.Wrap(font, caption.Text, Side - Indent, TextSize, 1, bold: caption.IsTrue == true),
                    Sheet.Wrap(font, caption.Note, Side - Indent, NoteSize, 1)
                )
            ),
        ];

        public float Height =>
            TitleHeight + (cell.Picture.Height * _scale) + 8 + _lines.Sum(line => (16 * line.Text.Count) + (13 * line.Note.Count) + 6);

        public void Draw(Sheet sheet, float left, float top)
        {
            sheet.Text(cell.Title, left, top + 11, TextSize, Sheet.Faint, bold: true);
            float width = cell.Picture.Width * _scale,
                height = cell.Picture.Height * _scale;
            top += TitleHeight;
            sheet.Picture(cell.Picture, left, top, width, height, corner: 0);
            foreach ((int i, LabeledBox box) in cell.Boxes.Index())
            {
                SKColor color = Colors[i % Colors.Length];
                (float x, float y) = (left + (box.Box.Left * _scale), top + (box.Box.Top * _scale));
                sheet.Frame(x, y, box.Box.Width * _scale, box.Box.Height * _scale, color, thickness: 2, corner: 0);
                // Twice, so that it is to be read on any ground.
                sheet.Text(box.Name, x + 5, y + 14, TextSize, SKColors.Black, bold: true);
                sheet.Text(box.Name, x + 4, y + 13, TextSize, color, bold: true);
            }

            float baseline = top + height + 18;
            foreach ((SampleSheetCaption caption, IReadOnlyList<string> text, IReadOnlyList<string> note) in _lines)
            {
                if (caption.IsTrue is { } isTrue)
                    sheet.Mark(isTrue, left + 7, baseline - 4, 6);
                foreach (string line in text)
                {
                    sheet.Text(line, left + Indent, baseline, TextSize, Sheet.Ink, bold: caption.IsTrue == true);
                    baseline += 16;
                }

                foreach (string line in note)
                {
                    sheet.Text(line, left + Indent, baseline - 3, NoteSize, Sheet.Faint);
                    baseline += 13;
                }

                baseline += 6;
            }
        }
    }
}
