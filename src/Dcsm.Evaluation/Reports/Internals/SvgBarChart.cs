using System.Text;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Internals;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.Tables;

namespace Dcsm.Evaluation.Reports.Internals;

/// <summary>
/// Accuracies as horizontal bars with their intervals. Lengths are percent of the drawing's width and letters have fixed sizes, so
/// that it reads on a phone as on a screen.
/// </summary>
internal static class SvgBarChart
{
    private const int BarHeight = 14, BarGap = 4, GroupTitle = 20, GroupGap = 14, AxisHeight = 22;
    private const double Left = 0, Right = 88; // the value stands right of the longest bar

    public static string Render(SceneEvaluationResult result, SplitPart part)
    {
        SceneKind?[] kinds = [.. result.Kinds.Select(k => (SceneKind?)k), null];
        int groupHeight = GroupTitle + result.Scorers.Count * (BarHeight + BarGap) + GroupGap;
        int bottom = kinds.Length * groupHeight;
        StringBuilder svg = new();
        svg.Append($"<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"{bottom + AxisHeight}\" aria-label=\"{Html.Escape($"Accuracy by kind on {SceneWords.Of(part)}, bars with intervals")}\">");
        foreach (int tick in (int[])[0, 25, 50, 75, 100])
        {
            string x = X(tick / 100.0);
            svg.Append($"<line class=\"{(tick == 50 ? "chance" : "grid")}\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"{bottom}\"/>");
            string anchor = tick == 0 ? "start" : "middle";
            svg.Append($"<text class=\"tick\" x=\"{x}%\" y=\"{bottom + 15}\" text-anchor=\"{anchor}\">{(tick == 50 ? "50 chance" : tick.ToString(System.Globalization.CultureInfo.InvariantCulture))}</text>");
        }

        for (int k = 0; k < kinds.Length; k++)
        {
            int y = k * groupHeight;
            svg.Append($"<text class=\"group\" x=\"0\" y=\"{y + 13}\">{Html.Escape(kinds[k] is { } kind ? SceneWords.Of(kind) : "mean of the kinds")}</text>");
            y += GroupTitle;
            for (int s = 0; s < result.Scorers.Count; s++, y += BarHeight + BarGap)
            {
                if (result.Find(result.Scorers[s].Name, part, kinds[k]) is not { } cell) continue;
                Bar(svg, cell.Accuracy, result.Scorers[s].Name, SeriesClass(s, result.Scorers.Count), y);
            }
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>The colours go by role: the first scorer is what others are compared with, the last the best known.</summary>
    public static string SeriesClass(int scorer, int scorers) =>
        scorer == 0 ? "s0" : scorer == scorers - 1 && scorers > 2 ? "s2" : scorer == 1 ? "s1" : "s3";

    private static void Bar(StringBuilder svg, Estimate accuracy, string name, string series, int y)
    {
        double middle = y + BarHeight / 2.0;
        string tip = $"{name}: {Figures.Percent(accuracy.Value)} ({Figures.Percent(accuracy.Low)}–{Figures.Percent(accuracy.High)})";
        svg.Append($"<g><title>{Html.Escape(tip)}</title>")
            .Append($"<rect class=\"{series}\" x=\"{X(0)}%\" y=\"{y}\" width=\"{Html.Number(accuracy.Value * (Right - Left))}%\" height=\"{BarHeight}\" rx=\"2\"/>")
            .Append($"<line class=\"whisker\" x1=\"{X(accuracy.Low)}%\" x2=\"{X(accuracy.High)}%\" y1=\"{Html.Number(middle)}\" y2=\"{Html.Number(middle)}\"/>");
        foreach (double end in (double[])[accuracy.Low, accuracy.High])
            svg.Append($"<line class=\"whisker\" x1=\"{X(end)}%\" x2=\"{X(end)}%\" y1=\"{Html.Number(middle - 3.5)}\" y2=\"{Html.Number(middle + 3.5)}\"/>");
        svg.Append($"<text class=\"value\" x=\"100%\" y=\"{Html.Number(middle + 4)}\" text-anchor=\"end\">{Figures.Percent(accuracy.Value)}</text></g>");
    }

    private static string X(double share) => Html.Number(Left + share * (Right - Left));
}
