using System.Text;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// Accuracies as horizontal bars with their intervals. Lengths are percent of the drawing's width and letters have fixed sizes, so
/// that it reads on a phone as on a screen.
/// </summary>
internal static class SvgBarChart
{
    private const int BarHeight = 14,
        BarGap = 4,
        GroupTitle = 20,
        GroupGap = 14,
        AxisHeight = 22;
    private const double Left = 0,
        Right = 88; // the value stands right of the longest bar

    public static string Render(SceneEvaluationResult result, SplitPart part) =>
        Render(
            [
                .. result
                    .Kinds.Select(k => (SceneKind?)k)
                    .Append(null)
                    .Select(kind => new BarGroup(
                        kind is { } k ? SceneNames.Of(k) : "mean of the kinds",
                        [
                            .. result
                                .Scorers.Select(
                                    (scorer, s) =>
                                        (
                                            scorer.Name,
                                            Cell: result.Find(scorer.Name, part, kind),
                                            Series: SeriesClass(s, result.Scorers.Count)
                                        )
                                )
                                .Where(bar => bar.Cell is not null)
                                .Select(bar => (bar.Name, bar.Cell!.Accuracy, bar.Series)),
                        ]
                    )),
            ],
            chance: 0.5,
            $"Accuracy by kind on {SceneWords.Of(part)}, bars with intervals"
        );

    /// <summary>Draws groups of bars below one another.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="chance">The share that guessing gives, marked by a line; null for none.</param>
    /// <param name="label">What the drawing shows, for those who can't see it.</param>
    public static string Render(IReadOnlyList<BarGroup> groups, double? chance, string label)
    {
        int bottom = groups.Sum(Height);
        StringBuilder svg = new();
        svg.Append(
            $"<svg class=\"chart\" role=\"img\" width=\"100%\" height=\"{bottom + AxisHeight}\" aria-label=\"{Html.Escape(label)}\">"
        );
        // A tick near the line of chance would be written over it.
        List<double> ticks = [.. new[] { 0, 0.25, 0.5, 0.75, 1 }.Where(tick => chance is null || Math.Abs(tick - chance.Value) > 0.1)];
        if (chance is { } guessing)
            ticks.Add(guessing);
        foreach (double tick in ticks.Order())
        {
            string x = X(tick);
            bool isChance = tick == chance;
            svg.Append($"<line class=\"{(isChance ? "chance" : "grid")}\" x1=\"{x}%\" x2=\"{x}%\" y1=\"0\" y2=\"{bottom}\"/>");
            string anchor = tick == 0 ? "start" : "middle";
            string name = (tick * 100).ToString("0.#", System.Globalization.CultureInfo.InvariantCulture);
            svg.Append(
                $"<text class=\"tick\" x=\"{x}%\" y=\"{bottom + 15}\" "
                    + $"text-anchor=\"{anchor}\">{(isChance ? $"{name} chance" : name)}</text>"
            );
        }

        int y = 0;
        foreach (BarGroup group in groups)
        {
            svg.Append($"<text class=\"group\" x=\"0\" y=\"{y + 13}\">{Html.Escape(group.Title)}</text>");
            int bar = y + GroupTitle;
            foreach ((string name, Estimate share, string series) in group.Bars)
            {
                Bar(svg, share, name, series, bar);
                bar += BarHeight + BarGap;
            }

            y += Height(group);
        }

        return svg.Append("</svg>").ToString();
    }

    private static int Height(BarGroup group) => GroupTitle + (group.Bars.Count * (BarHeight + BarGap)) + GroupGap;

    /// <summary>The colors go by role: the first scorer is what others are compared with, the last the best known.</summary>
    public static string SeriesClass(int scorer, int scorers) =>
        scorer == 0 ? "s0"
        : scorer == scorers - 1 && scorers > 2 ? "s2"
        : scorer == 1 ? "s1"
        : "s3";

    private static void Bar(StringBuilder svg, Estimate accuracy, string name, string series, int y)
    {
        double middle = y + BarHeight / 2.0;
        string tip =
            $"{name}: {NumberText.Percent(accuracy.Value)} ({NumberText.Percent(accuracy.Low)}–{NumberText.Percent(accuracy.High)})";
        svg.Append($"<g><title>{Html.Escape(tip)}</title>")
            .Append(
                $"<rect class=\"{series}\" x=\"{X(0)}%\" y=\"{y}\" width=\"{Html.Number(accuracy.Value * (Right - Left))}%\" "
                    + $"height=\"{BarHeight}\" rx=\"2\"/>"
            )
            .Append(
                $"<line class=\"whisker\" x1=\"{X(accuracy.Low)}%\" x2=\"{X(accuracy.High)}%\" y1=\"{Html.Number(middle)}\" "
                    + $"y2=\"{Html.Number(middle)}\"/>"
            );
        foreach (double end in (double[])[accuracy.Low, accuracy.High])
        {
            svg.Append(
                $"<line class=\"whisker\" x1=\"{X(end)}%\" x2=\"{X(end)}%\" y1=\"{Html.Number(middle - 3.5)}\" "
                    + $"y2=\"{Html.Number(middle + 3.5)}\"/>"
            );
        }

        svg.Append(
            $"<text class=\"value\" x=\"100%\" y=\"{Html.Number(middle + 4)}\" "
                + $"text-anchor=\"end\">{NumberText.Percent(accuracy.Value)}</text></g>"
        );
    }

    private static string X(double share) => Html.Number(Left + share * (Right - Left));
}
