using System.Globalization;
using System.Text;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// A reliability diagram: over the probability said, the share that is true, a dot a bin whose area goes with its statements. What is said
/// and what is true agree on the diagonal.
/// </summary>
internal static class SvgReliability
{
    private const int Side = 280,
        Left = 36,
        Top = 8,
        Bottom = 38;

    /// <param name="diagrams">The diagrams of one part and wordings, with their CSS classes.</param>
    /// <param name="label">What the drawing shows, for those who can't see it.</param>
    public static string Render(IReadOnlyList<(ReliabilityDiagram Diagram, string Series)> diagrams, string label)
    {
        StringBuilder svg = new(
            $"<svg class=\"chart\" role=\"img\" width=\"{Left + Side + 8}\" height=\"{Top + Side + Bottom}\" "
                + $"aria-label=\"{Html.Escape(label)}\">"
        );
        foreach (double tick in (double[])[0, 0.25, 0.5, 0.75, 1])
        {
            string name = (tick * 100).ToString(CultureInfo.InvariantCulture);
            svg.Append($"<line class=\"grid\" x1=\"{X(0)}\" x2=\"{X(1)}\" y1=\"{Y(tick)}\" y2=\"{Y(tick)}\"/>")
                .Append($"<line class=\"grid\" x1=\"{X(tick)}\" x2=\"{X(tick)}\" y1=\"{Y(0)}\" y2=\"{Y(1)}\"/>")
                .Append($"<text class=\"tick\" x=\"{Left - 6}\" y=\"{Y(tick)}\" dy=\"4\" text-anchor=\"end\">{name}</text>")
                .Append($"<text class=\"tick\" x=\"{X(tick)}\" y=\"{Top + Side + 16}\" text-anchor=\"middle\">{name}</text>");
        }

        svg.Append($"<text class=\"tick\" x=\"{X(0.5)}\" y=\"{Top + Side + 33}\" text-anchor=\"middle\">probability said, percent</text>")
            .Append($"<line class=\"chance\" x1=\"{X(0)}\" x2=\"{X(1)}\" y1=\"{Y(0)}\" y2=\"{Y(1)}\"/>");
        foreach ((ReliabilityDiagram diagram, string series) in diagrams)
            Line(svg, diagram, series);
        return svg.Append("</svg>").ToString();
    }

    private static void Line(StringBuilder svg, ReliabilityDiagram diagram, string series)
    {
        svg.Append($"<polyline class=\"line {series}\" points=\"")
            .AppendJoin(' ', diagram.Bins.Select(bin => $"{X(bin.MeanProbability)},{Y(bin.TrueShare)}"))
            .Append("\"/>");
        double all = diagram.Bins.Sum(bin => bin.Statements);
        foreach (ReliabilityBin bin in diagram.Bins)
        {
            string tip =
                $"{diagram.Scorer}: of {NumberText.Count(bin.Statements)} statements with {NumberText.Percent(bin.MeanProbability)} % "
                + $"on average, {NumberText.Percent(bin.TrueShare)} % are true";
            string radius = Html.Number(2 + (10 * Math.Sqrt(bin.Statements / all)));
            svg.Append(
                $"<circle class=\"{series} faint\" cx=\"{X(bin.MeanProbability)}\" cy=\"{Y(bin.TrueShare)}\" r=\"{radius}\">"
                    + $"<title>{Html.Escape(tip)}</title></circle>"
            );
        }
    }

    private static string X(double share) => Html.Number(Left + (share * Side));

    private static string Y(double share) => Html.Number(Top + ((1 - share) * Side));
}
