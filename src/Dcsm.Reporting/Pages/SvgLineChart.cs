using System.Globalization;
using System.Text;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// A curve over steps, with the seconds below. The curve is stretched to the drawing's width; lines and letters keep their sizes.
/// </summary>
internal static class SvgLineChart
{
    private const int Top = 8,
        PlotHeight = 168,
        AxisHeight = 40;

    public static string Render(
        string label,
        IReadOnlyList<(int Step, double Value)> points,
        IReadOnlyList<CurvePoint> all,
        double low,
        double high,
        double step,
        string series,
        Func<double, string> format,
        bool dots
    )
    {
        int first = Math.Min(0, all[0].Step),
            last = Math.Max(all[^1].Step, first + 1);
        double X(double at) => 9 + 89.0 * (at - first) / (last - first);
        double Y(double value) => Top + PlotHeight * (1 - (value - low) / (high - low));

        StringBuilder svg = new(
            $"<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"{Top + PlotHeight + AxisHeight}\" "
                + $"aria-label=\"{Html.Escape(label)}\">"
        );
        for (double tick = low; tick <= high + 1e-9; tick += step)
        {
            string y = Html.Number(Y(tick));
            svg.Append(
                $"<line class=\"grid\" x1=\"9%\" x2=\"98%\" y1=\"{y}\" y2=\"{y}\"/><text class=\"tick\" x=\"8%\" dx=\"-2\" "
                    + $"y=\"{Html.Number(Y(tick) + 4)}\" text-anchor=\"end\">{Html.Escape(format(tick))}</text>"
            );
        }

        foreach (int tick in Ticks(last))
        {
            string x = Html.Number(X(tick)),
                anchor = tick == last ? "end" : "middle";
            double seconds = Seconds(all, tick);
            svg.Append(
                    $"<text class=\"tick\" x=\"{x}%\" y=\"{Top + PlotHeight + 17}\" "
                        + $"text-anchor=\"{anchor}\">{tick.ToString(CultureInfo.InvariantCulture)}{(tick == last ? " steps" : "")}</text>"
                )
                .Append(
                    $"<text class=\"tick faint\" x=\"{x}%\" y=\"{Top + PlotHeight + 33}\" "
                        + $"text-anchor=\"{anchor}\">{Html.Escape(Duration(seconds))}</text>"
                );
        }

        // Inside this drawing a unit is a hundredth of the width, and a pixel of height.
        svg.Append(
            $"<svg x=\"0\" y=\"0\" width=\"100%\" height=\"{Top + PlotHeight}\" viewBox=\"0 0 100 {Top + PlotHeight}\" "
                + $"preserveAspectRatio=\"none\"><polyline class=\"line {series}\" points=\""
        );
        svg.AppendJoin(' ', points.Select(p => $"{Html.Number(X(p.Step))},{Html.Number(Math.Clamp(Y(p.Value), 0, Top + PlotHeight))}"))
            .Append("\"/></svg>");
        if (dots)
        {
            foreach ((int at, double value) in points)
            {
                string title = Html.Escape(
                    $"step {at.ToString(CultureInfo.InvariantCulture)}, {Duration(Seconds(all, at))}: {format(value)}"
                );
                svg.Append(
                    $"<circle class=\"{series}\" cx=\"{Html.Number(X(at))}%\" cy=\"{Html.Number(Y(value))}\" "
                        + $"r=\"3\"><title>{title}</title></circle>"
                );
            }
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A step of 1, 2 or 5 times a power of ten that cuts a range into about four.</summary>
    public static double NiceStep(double range)
    {
        double raw = range / 4,
            power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double part = raw / power;
        return power
            * (
                part <= 1 ? 1
                : part <= 2 ? 2
                : part <= 5 ? 5
                : 10
            );
    }

    public static string Duration(double seconds) =>
        seconds < 99.5 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 5940
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");

    private static IEnumerable<int> Ticks(int last)
    {
        int step = Math.Max(1, (int)NiceStep(last));
        for (int tick = 0; tick + step * 0.6 < last; tick += step)
            yield return tick;
        yield return last;
    }

    private static double Seconds(IReadOnlyList<CurvePoint> all, int step)
    {
        CurvePoint before = new(0, 0, 0);
        foreach (CurvePoint point in all)
        {
            if (point.Step >= step)
            {
                double part = point.Step == before.Step ? 1 : (step - before.Step) / (double)(point.Step - before.Step);
                return before.Seconds + part * (point.Seconds - before.Seconds);
            }

            before = point;
        }

        return before.Seconds;
    }
}
