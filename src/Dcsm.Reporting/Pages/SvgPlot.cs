using System.Text;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// Points and lines over two axes. The plot is stretched to the drawing's width; lines and letters keep their sizes.
/// </summary>
internal static class SvgPlot
{
    private const int Top = 10,
        LeastHeight = 220,
        AxisHeight = 44,
        NameHeight = 15;
    private const double Left = 9,
        Full = 98,
        BesideNames = 68;

    /// <summary>What is drawn of one thing.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Class">Its color: s0 to s3.</param>
    /// <param name="Points">Where; with a text that is shown where one points at it.</param>
    /// <param name="Line">Whether the points are joined.</param>
    /// <param name="Dots">Whether each point is a dot.</param>
    internal sealed record Series(
        string Name,
        string Class,
        IReadOnlyList<(double X, double Y, string Text)> Points,
        bool Line = true,
        bool Dots = true
    );

    /// <summary>An axis.</summary>
    /// <param name="Title">What it shows.</param>
    /// <param name="Low">Its lower end.</param>
    /// <param name="High">Its upper end.</param>
    /// <param name="Ticks">What is marked, each with its text.</param>
    internal sealed record Axis(string Title, double Low, double High, IReadOnlyList<(double At, string Text)> Ticks);

    /// <summary>A share from 0 to 1, in percent.</summary>
    public static Axis Share(string title) => new(title, 0, 1, [(0, "0"), (0.25, "25"), (0.5, "50"), (0.75, "75"), (1, "100 %")]);

    /// <summary>An axis over numbers, with about four marks.</summary>
    public static Axis Over(string title, IEnumerable<double> values, Func<double, string> format)
    {
        double[] all = [.. values.Where(double.IsFinite).DefaultIfEmpty(0)];
        double low = all.Min(),
            high = all.Max();
        double step = SvgLineChart.NiceStep(Math.Max(high - low, 1e-6));
        (double first, double last) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        if (last <= first)
            last = first + step;
        var ticks = new List<(double, string)>();
        for (double tick = first; tick <= last + (step / 2); tick += step)
            ticks.Add((tick, format(tick)));
        return new Axis(title, first, last, ticks);
    }

    /// <summary>Draws.</summary>
    /// <param name="label">What it shows, for those who can't see it.</param>
    /// <param name="across">The axis below.</param>
    /// <param name="up">The axis at the left.</param>
    /// <param name="series">What is drawn.</param>
    /// <param name="guides">Dashed lines from point to point.</param>
    /// <param name="names">Names of points, which are put in a column at the right, each joined to its point.</param>
    public static string Render(
        string label,
        Axis across,
        Axis up,
        IReadOnlyList<Series> series,
        IReadOnlyList<((double X, double Y) From, (double X, double Y) To)>? guides = null,
        IReadOnlyList<(double X, double Y, string Name)>? names = null
    )
    {
        names ??= [];
        int height = Math.Max(LeastHeight, names.Count * NameHeight);
        double right = names.Count > 0 ? BesideNames : Full;
        double X(double at) => Left + ((right - Left) * Math.Clamp((at - across.Low) / (across.High - across.Low), 0, 1));
        double Y(double value) => Top + (height * (1 - Math.Clamp((value - up.Low) / (up.High - up.Low), 0, 1)));
        string P(double x, double y) => $"{Html.Number(X(x))},{Html.Number(Y(y))}";

        StringBuilder svg = new(
            $"<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"{Top + height + AxisHeight}\" "
                + $"aria-label=\"{Html.Escape(label)}\">"
        );
        foreach ((double at, string text) in up.Ticks)
        {
            string y = Html.Number(Y(at));
            svg.Append($"<line class=\"grid\" x1=\"{Left}%\" x2=\"{right}%\" y1=\"{y}\" y2=\"{y}\"/>")
                .Append(
                    $"<text class=\"tick\" x=\"{Left - 1}%\" y=\"{Html.Number(Y(at) + 4)}\" text-anchor=\"end\">{Html.Escape(text)}</text>"
                );
        }

        foreach ((double at, string text) in across.Ticks)
        {
            svg.Append(
                $"<text class=\"tick\" x=\"{Html.Number(X(at))}%\" y=\"{Top + height + 17}\" "
                    + $"text-anchor=\"middle\">{Html.Escape(text)}</text>"
            );
        }

        svg.Append($"<text class=\"tick\" x=\"{right}%\" y=\"{Top + height + 34}\" text-anchor=\"end\">{Html.Escape(across.Title)}</text>")
            .Append($"<text class=\"tick\" x=\"{Left}%\" dx=\"4\" y=\"{Top + 10}\">{Html.Escape(up.Title)}</text>")
            // Inside this drawing a unit is a hundredth of the width, and a pixel of height.
            .Append(
                $"<svg x=\"0\" y=\"0\" width=\"100%\" height=\"{Top + height}\" viewBox=\"0 0 100 {Top + height}\" "
                    + "preserveAspectRatio=\"none\">"
            );
        foreach (((double X, double Y) from, (double X, double Y) to) in guides ?? [])
            svg.Append($"<polyline class=\"line chance\" points=\"{P(from.X, from.Y)} {P(to.X, to.Y)}\"/>");
        foreach (Series own in series.Where(own => own.Line))
        {
            svg.Append($"<polyline class=\"line {own.Class}\" points=\"")
                .AppendJoin(' ', own.Points.Select(point => P(point.X, point.Y)))
                .Append("\"/>");
        }

        svg.Append("</svg>");
        AppendNames(svg, [.. names.Select(own => (X(own.X), Y(own.Y), own.Name)).OrderBy(own => own.Item2)], Top + height);
        foreach (Series own in series.Where(own => own.Dots))
        {
            foreach ((double x, double y, string text) in own.Points)
            {
                svg.Append(
                    $"<circle class=\"{own.Class}\" cx=\"{Html.Number(X(x))}%\" cy=\"{Html.Number(Y(y))}\" r=\"3.5\">"
                        + $"<title>{Html.Escape($"{own.Name}: {text}")}</title></circle>"
                );
            }
        }

        return svg.Append("</svg>").ToString();
    }

    // Each as high as its point where there is room: first pushed down by those above it, then up from the lower edge.
    private static void AppendNames(StringBuilder svg, (double X, double Y, string Name)[] points, double bottom)
    {
        double[] at = [.. points.Select(point => point.Y)];
        for (int i = 0; i < at.Length; i++)
            at[i] = Math.Max(at[i], i == 0 ? Top + (NameHeight / 2) : at[i - 1] + NameHeight);
        for (int i = at.Length - 1; i >= 0; i--)
            at[i] = Math.Min(at[i], i == at.Length - 1 ? bottom : at[i + 1] - NameHeight);
        foreach (((double x, double y, string name), double own) in points.Zip(at))
        {
            string ends = $"x1=\"{Html.Number(x)}%\" y1=\"{Html.Number(y)}\" x2=\"{BesideNames + 1}%\" y2=\"{Html.Number(own)}\"";
            string place = $"x=\"{BesideNames + 2}%\" y=\"{Html.Number(own + 4)}\"";
            svg.Append($"<line class=\"grid\" {ends}/><text class=\"tick\" {place} text-anchor=\"start\">{Html.Escape(name)}</text>");
        }
    }

    /// <summary>The names and colors of what is drawn.</summary>
    public static string Legend(IReadOnlyList<Series> series) =>
        "<p class=\"legend\">"
        + string.Concat(series.Select(own => $"<span><i class=\"{own.Class}\"></i>{Html.Escape(own.Name)}</span>"))
        + "</p>";
}
