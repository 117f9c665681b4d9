using System.Globalization;
using System.Text;
using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Association;
using Dcsm.Evaluation.Geometry;
using Dcsm.Evaluation.Robustness;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>HTML files that show robustness, association and geometry. Each refers to nothing outside itself.</summary>
public static class ClipUseReports
{
    private const int Bins = 24,
        Breaking = 3;

    /// <summary>Writes how robust models are: the picture of dots, line and y = x, and the table.</summary>
    public static void WriteReport(this RobustnessResult result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        StringBuilder html = new();
        ReportPage.Begin(
            html,
            "Robustness",
            "Accuracy under a shift over accuracy in distribution. Standard models lie on a line; what lies above it is more robust "
                + "than its accuracy says."
        );
        // One range for both axes, so that y = x goes from corner to corner.
        SvgPlot.Axis across = SvgPlot.Over(
            "in distribution, %",
            result.Models.SelectMany(row => new[] { row.Model.InDistribution, row.Model.Shifted }),
            share => NumberText.Percent(share, 0)
        );
        (double low, double high) = (across.Low, across.High);
        SvgPlot.Series[] series =
        [
            new("standard", "s0", Points(result.Models.Where(row => row.IsStandard)), Line: false),
            new("others", "s2", Points(result.Models.Where(row => !row.IsStandard)), Line: false),
            new(
                "line of the standard models",
                "s1",
                [
                    .. Enumerable
                        .Range(0, 101)
                        .Select(i => low + ((high - low) * i / 100))
                        .Where(share => share is > 0 and < 1)
                        .Select(share => (share, result.Fit.Predict(share), ""))
                        .Where(point => point.Item2 >= low && point.Item2 <= high),
                ],
                Dots: false
            ),
        ];
        html.Append("<section><h2>Picture</h2>")
            .Append(SvgPlot.Legend(series))
            .Append(
                SvgPlot.Render(
                    "Accuracy under the shift over accuracy in distribution; dashed: the same",
                    across,
                    across with
                    {
                        Title = "shifted, %; dashed: y = x",
                    },
                    series,
                    [((low, low), (high, high))],
                    [.. result.Models.Select(row => (row.Model.InDistribution, row.Model.Shifted, row.Model.Name))]
                )
            )
            .Append("</section><section><h2>Models</h2>")
            .Append(HtmlTable.Render(result.ToTable()))
            .Append("</section>\n");
        ReportPage.Foot(html, result.Arguments, [], result.Versions);
        AtomicFile.Write(path, ReportPage.End(html));
    }

    /// <summary>Writes which labels groups get.</summary>
    public static void WriteReport(this AssociationResult result, string path)
    {
        ArgumentNullException.ThrowIfNull(result);
        StringBuilder html = new();
        ReportPage.Begin(
            html,
            "Associations",
            "Which labels the CLIP gives to pictures of each group. A gap says that the model treats these pictures differently "
                + "when it is asked with these labels; it does not say why, and no gap does not say that there is none elsewhere."
        );
        html.Append("<section><h2>Result</h2>");
        foreach (Table table in result.ToTables())
            html.Append(HtmlTable.Render(table));
        html.Append(
                SvgBarChart.Render(
                    [
                        .. result
                            .Shares.GroupBy(share => share.Category)
                            .Select(category => new BarGroup(
                                category.Key,
                                [.. category.Select((share, g) => (share.Group, share.Share, $"s{g % 4}"))]
                            )),
                    ],
                    null,
                    "Share of pictures whose best label is of a category, by group"
                )
            )
            .Append("</section>\n");
        ReportPage.Foot(html, result.Arguments, [], result.Versions);
        AtomicFile.Write(path, ReportPage.End(html));
    }

    /// <summary>Writes how far a CLIP meets the conditions: a histogram of margins for each, and cases that break it.</summary>
    /// <param name="result">The result.</param>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens a picture of a case; null where there is none to show.</param>
    public static void WriteReport(this GeometryResult result, string path, Func<GeometryPicture, RgbImage?> open)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(open);
        StringBuilder html = new();
        ReportPage.Begin(
            html,
            "Conditions of an ideal CLIP",
            "No vectors can meet all of these conditions at once. Which of them this CLIP meets, by how much, and what breaks them."
        );
        html.Append("<section><h2>Result</h2>");
        foreach (Table table in result.ToTables())
            html.Append(HtmlTable.Render(table));
        html.Append("</section>\n");
        foreach (GeometryCondition condition in result.Asked)
        {
            html.Append("<section><h2>")
                .Append(Html.Escape($"{condition.Id}: {condition.Words}"))
                .Append("</h2><p class=\"say\">")
                .Append(
                    Html.Escape(
                        $"{NumberText.Percent(condition.Satisfied.Value)} % of {NumberText.Count(condition.Cases, "case")} satisfy it; "
                            + $"mean margin {NumberText.Fixed(condition.MeanMargin, 4)}. Right of 0: satisfied."
                    )
                )
                .Append("</p>")
                .Append(Histogram(condition));
            ExampleFigure.Strip(
                html,
                "Cases that break it most",
                [.. condition.All.Where(own => own.Margin <= 0).OrderBy(own => own.Margin).Take(Breaking)],
                own => Case(html, own, open)
            );
            html.Append("</section>\n");
        }

        ReportPage.Foot(html, [.. result.Arguments, new("fingerprint", result.Fingerprint)], [], result.Versions);
        AtomicFile.Write(path, ReportPage.End(html));
    }

    private static (double X, double Y, string Text)[] Points(IEnumerable<RobustnessRow> rows) =>
        [
            .. rows.Select(row =>
                (
                    row.Model.InDistribution,
                    row.Model.Shifted,
                    $"{row.Model.Name}: {NumberText.Percent(row.Model.InDistribution)} %, shifted {NumberText.Percent(row.Model.Shifted)} %"
                )
            ),
        ];

    private static string Histogram(GeometryCondition condition)
    {
        double low = Math.Min(0, condition.All.Min(own => own.Margin)),
            high = Math.Max(0, condition.All.Max(own => own.Margin));
        double width = Math.Max((high - low) / Bins, 1e-9);
        int[] counts = new int[Bins];
        foreach (GeometryCase own in condition.All)
            counts[Math.Min(Bins - 1, (int)((own.Margin - low) / width))]++;
        int most = counts.Max();
        return SvgPlot.Render(
            $"Histogram of the margins of condition {condition.Id}",
            SvgPlot.Over("left less right", [low, high], value => value.ToString("0.####", CultureInfo.InvariantCulture)),
            SvgPlot.Over("cases", [0, most], value => value.ToString("0.#", CultureInfo.InvariantCulture)),
            [
                new(
                    "cases",
                    "s1",
                    [
                        .. counts.SelectMany(
                            (count, i) => new[] { (low + (i * width), (double)count, ""), (low + ((i + 1) * width), count, "") }
                        ),
                    ],
                    Dots: false
                ),
            ],
            [((0, 0), (0, most))]
        );
    }

    private static void Case(StringBuilder html, GeometryCase own, Func<GeometryPicture, RgbImage?> open)
    {
        html.Append("<figure>");
        foreach (GeometryPicture picture in own.Pictures)
        {
            if (open(picture) is { } pixels)
                html.Append(SceneReportPage.Image(pixels, picture.ToString()));
        }

        html.Append("<figcaption><p>")
            .Append(Html.Escape(own.Words))
            .Append("</p><small>")
            .Append(Html.Escape($"{NumberText.Fixed(own.Left, 4)} : {NumberText.Fixed(own.Right, 4)}"))
            .Append("</small></figcaption></figure>");
    }
}
