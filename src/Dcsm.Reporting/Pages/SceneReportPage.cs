using System.Text;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>The parts of a <see cref="SceneReport"/>, top to bottom.</summary>
internal static class SceneReportPage
{
    public static string Render(SceneReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        SceneEvaluationResult result = report.Result;
        StringBuilder html = new();
        ReportPage.Begin(html, report.Title, report.Headline ?? SceneReport.Summarize(result));

        Figures(html, result);
        if (report.Statements is { } statements)
        {
            html.Append("<section><h2>Free captions</h2>");
            foreach (Table table in statements.ToTables())
                html.Append(HtmlTable.Render(table));
            html.Append("</section>\n");
        }

        if (report.Curve.Count > 1)
            Curve(html, report.Curve);
        for (int i = 0; i < report.Samples.Count; i++)
        {
            if (i == 0)
            {
                html.Append(
                    "<section><h2>Sample pictures</h2><p class=\"say\">What each scorer gives each caption; the caption it "
                        + "chooses is marked. Scores of different scorers are on different scales.</p>\n"
                );
            }

            SampleCard.Render(html, report.Samples[i]);
            if (i == report.Samples.Count - 1)
                html.Append("</section>\n");
        }

        if (report.ExamplesPerKind > 0)
            ExampleStrips.Render(html, result, report.ExamplesPerKind);
        if (report.ZeroShot is not null || report.DenseMaps is not null)
        {
            html.Append("<section><h2>The CLIP below</h2>");
            if (report.ZeroShot is { } zeroShot)
                html.Append(HtmlTable.Render(zeroShot.ToTable()));
            if (report.DenseMaps is { } maps)
                html.Append(HtmlTable.Render(maps.ToTable()));
            html.Append("</section>\n");
        }

        ReportPage.Foot(
            html,
            [
                .. report.Arguments,
                .. result.Data.Select(entry => KeyValuePair.Create($"scenes: {entry.Key}", entry.Value)),
                new("bootstrap", $"{result.Options.Resamples} draws, seed {result.Options.BootstrapSeed}"),
            ],
            result.Scorers,
            result.Versions
        );
        return ReportPage.End(html);
    }

    private static void Figures(StringBuilder html, SceneEvaluationResult result)
    {
        html.Append("<section><h2>Result</h2>").Append(HtmlTable.Render(result.ToTable())).Append("</section>\n");
        html.Append("<section><h2>By kind</h2>");
        ReportPage.Legend(html, result.Scorers);
        html.Append("<div class=\"two\">");
        foreach (SplitPart part in result.Parts)
        {
            html.Append("<figure><figcaption>")
                .Append(Html.Escape(SceneWords.Of(part)))
                .Append("</figcaption>")
                .Append(SvgBarChart.Render(result, part))
                .Append("</figure>");
        }

        html.Append("</div>");
        html.Append("<details><summary>Differences, the other direction, and groups</summary>");
        if (result.Comparisons.Count > 0)
            html.Append(HtmlTable.Render(result.ToComparisonTable()));
        html.Append(HtmlTable.Render(result.ToTable(details: true))).Append("</details></section>\n");
    }

    private static void Curve(StringBuilder html, IReadOnlyList<CurvePoint> curve)
    {
        html.Append("<section><h2>Training</h2><p class=\"say\">")
            .Append(Html.Escape($"{NumberText.Count(curve[^1].Step)} steps in {SvgLineChart.Duration(curve[^1].Seconds)}."))
            .Append("</p><div class=\"two\">");
        (int, double)[] accuracy =
        [
            .. curve.Where(p => p.ValidationAccuracy is not null).Select(p => (p.Step, p.ValidationAccuracy!.Value)),
        ];
        if (accuracy.Length > 0)
        {
            double low = Math.Min(0.5, Math.Floor(accuracy.Min(p => p.Item2) * 10) / 10);
            html.Append("<figure><figcaption>validation accuracy, percent</figcaption>")
                .Append(
                    SvgLineChart.Render(
                        "Validation accuracy by step",
                        accuracy,
                        curve,
                        low,
                        1,
                        0.1,
                        "s1",
                        v => NumberText.Percent(v, 0),
                        dots: accuracy.Length <= 60
                    )
                )
                .Append("</figure>");
        }

        (int, double)[] loss = [.. curve.Where(p => double.IsFinite(p.Loss)).Select(p => (p.Step, p.Loss))];
        if (loss.Length > 0)
        {
            double step = SvgLineChart.NiceStep(Math.Max(loss.Max(p => p.Item2), 1e-6));
            double high = step * Math.Ceiling(loss.Max(p => p.Item2) / step);
            int digits =
                step >= 1 ? 0
                : step >= 0.1 ? 1
                : 2;
            html.Append("<figure><figcaption>training loss</figcaption>")
                .Append(
                    SvgLineChart.Render(
                        "Training loss by step",
                        loss,
                        curve,
                        0,
                        Math.Max(high, step),
                        step,
                        "s3",
                        v => NumberText.Fixed(v, digits),
                        dots: false
                    )
                )
                .Append("</figure>");
        }

        html.Append("</div></section>\n");
    }

    public static string Image(Clip.Preprocessing.RgbImage picture, string text, string style = "") =>
        $"<img src=\"{Rasters.ToDataUri(picture, jpeg: true)}\" "
        + $"alt=\"{Html.Escape(text)}\"{(style.Length > 0 ? $" class=\"{style}\"" : "")}>";
}
