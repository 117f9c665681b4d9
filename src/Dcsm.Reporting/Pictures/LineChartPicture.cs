using System.Globalization;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws charts of lines as a picture, side by side.</summary>
public static class LineChartPicture
{
    private const float Width = 460,
        Height = 300,
        Left = 58,
        Right = 18,
        Top = 40,
        Bottom = 48,
        LegendLine = 18;

    // Told apart by those who see no red or green, too (Okabe and Ito, 2008).
    private static readonly SKColor[] Colors =
    [
        new(0x00, 0x72, 0xB2),
        new(0xD5, 0x5E, 0x00),
        new(0x00, 0x9E, 0x73),
        new(0xCC, 0x79, 0xA7),
        new(0xE6, 0x9F, 0x00),
        new(0x56, 0xB4, 0xE9),
        new(0x1C, 0x1E, 0x26),
        new(0x8A, 0x8F, 0x9C),
    ];

    /// <summary>Draws the charts.</summary>
    /// <param name="charts">The charts, from left to right, at least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static RgbImage Draw(IReadOnlyList<LineChart> charts) => Draw(charts, PictureFont.System);

    /// <summary>Draws the charts into a PNG file, which is written beside and renamed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="charts">The charts, from left to right, at least one.</param>
    public static void Write(string path, IReadOnlyList<LineChart> charts) => AtomicFile.Write(path, Rasters.ToPng(Draw(charts)));

    internal static RgbImage Draw(IReadOnlyList<LineChart> charts, PictureFont font)
    {
        ArgumentNullException.ThrowIfNull(charts);
        if (charts.Count == 0)
            throw new ArgumentException("There is no chart to draw.", nameof(charts));
        int legend = charts.Max(chart => chart.Series.Count > 1 ? (chart.Series.Count + 1) / 2 : 0);
        using Sheet sheet = new(Width * charts.Count, Height + (legend * LegendLine), scale: 2, font);
        for (int i = 0; i < charts.Count; i++)
            Draw(sheet, charts[i], i * Width);
        return sheet.ToImage();
    }

    private static void Draw(Sheet sheet, LineChart chart, float left)
    {
        (double X, double Y)[][] lines =
        [
            .. chart.Series.Select(series =>
                series.Points.Where(point => IsDrawn(point.X, chart.LogarithmicX) && IsDrawn(point.Y, chart.LogarithmicY)).ToArray()
            ),
        ];
        var x = new ChartAxis([.. lines.SelectMany(line => line).Select(point => point.X)], chart.LogarithmicX, tight: true);
        var y = new ChartAxis([.. lines.SelectMany(line => line).Select(point => point.Y)], chart.LogarithmicY, tight: false, chart.MostY);
        float right = left + Width - Right,
            bottom = Height - Bottom;
        float X(double value) => left + Left + (float)(x.Place(value) * (Width - Left - Right));
        float Y(double value) => bottom - (float)(y.Place(value) * (bottom - Top));

        sheet.Text(chart.Title, left + Left, Top - 16, 14, Sheet.Ink, bold: true);
        foreach (double tick in y.Ticks)
        {
            sheet.Line(left + Left, Y(tick), right, Y(tick), Sheet.Rule);
            sheet.TextRight(tick.ToString(chart.YFormat, CultureInfo.InvariantCulture), left + Left - 6, Y(tick) + 4, 11, Sheet.Faint);
        }
        foreach (double tick in x.Ticks)
        {
            sheet.Line(X(tick), bottom, X(tick), bottom + 4, Sheet.Faint);
            sheet.TextCentered(tick.ToString("#,0.####", CultureInfo.InvariantCulture), X(tick), bottom + 17, 11, Sheet.Faint);
        }
        sheet.Line(left + Left, bottom, right, bottom, Sheet.Faint);
        sheet.TextCentered(chart.XLabel, left + Left + ((Width - Left - Right) / 2), bottom + 35, 12, Sheet.Ink);

        if (chart.Mark is { } mark && IsDrawn(mark.X, chart.LogarithmicX))
        {
            sheet.Line(X(mark.X), Top, X(mark.X), bottom, Sheet.Faint);
            if (x.Place(mark.X) > 0.5)
                sheet.TextRight(mark.Name, X(mark.X) - 5, bottom - 7, 11, Sheet.Faint);
            else
                sheet.Text(mark.Name, X(mark.X) + 5, bottom - 7, 11, Sheet.Faint);
        }
        for (int i = 0; i < lines.Length; i++)
        {
            SKColor color = Colors[i % Colors.Length];
            sheet.Polyline([.. lines[i].Select(point => (X(point.X), Y(point.Y)))], color, thickness: 1.8f);
            if (chart.Series[i].Dots || lines[i].Length == 1)
            {
                foreach ((double px, double py) in lines[i])
                    sheet.Dot(X(px), Y(py), 2.6f, color);
            }
        }
        for (int i = 0; chart.Series.Count > 1 && i < chart.Series.Count; i++)
        {
            float column = left + Left + (i % 2 * (Width - Left - Right) / 2),
                row = Height + (i / 2 * LegendLine);
            sheet.Polyline([(column, row - 4), (column + 18, row - 4)], Colors[i % Colors.Length], thickness: 2.6f);
            sheet.Text(chart.Series[i].Name, column + 24, row, 12, Sheet.Ink);
        }
    }

    private static bool IsDrawn(double value, bool logarithmic) => double.IsFinite(value) && (!logarithmic || value > 0);
}
