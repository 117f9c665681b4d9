using System.Globalization;
using System.Text;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>One HTML file that shows a linear probe: beside zero-shot, over pictures of each class, over C, and its confusions.</summary>
public sealed class ProbeReport
{
    /// <summary>What was found.</summary>
    public required ProbeResult Result { get; init; }

    /// <summary>Writes the report, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The report as HTML.</summary>
    public string ToHtml()
    {
        StringBuilder further = new("<section><h2>Beside zero-shot</h2>");
        foreach (Table table in Result.ToTables())
            further.Append(HtmlTable.Render(table));
        further.Append(FewShot()).Append(Trials()).Append("</section>\n");
        return new ClassificationReport { Result = Result.Tests[0], Further = further.ToString() }.ToHtml();
    }

    private string FewShot()
    {
        FewShotPoint[] counted = [.. Result.FewShot.Where(point => point.Shots is not null)];
        if (counted.Length == 0)
            return "";
        SvgPlot.Series[] series =
        [
            .. counted
                .GroupBy(point => point.Data)
                .Select(
                    (data, i) =>
                        new SvgPlot.Series(
                            data.Key,
                            $"s{(i + 1) % 4}",
                            [.. data.Select(point => (Math.Log2(point.Shots!.Value), point.Accuracy, Text(point)))]
                        )
                ),
        ];
        int[] shots = [.. counted.Select(point => point.Shots!.Value).Distinct().Order()];
        var across = new SvgPlot.Axis(
            "pictures of each class",
            Math.Log2(shots[0]),
            Math.Max(Math.Log2(shots[^1]), Math.Log2(shots[0]) + 1),
            [.. shots.Select(count => (Math.Log2(count), count.ToString(CultureInfo.InvariantCulture)))]
        );
        double zeroShot = Result.ZeroShot!.Top1.Value;
        return SvgPlot.Legend(series)
            + SvgPlot.Render(
                "Share of right pictures over pictures of each class; dashed: zero-shot",
                across,
                SvgPlot.Share("right; dashed: zero-shot"),
                series,
                [((across.Low, zeroShot), (across.High, zeroShot))]
            );
    }

    private string Trials()
    {
        if (Result.Trials.Count == 0)
            return "";
        SvgPlot.Series[] series =
        [
            new(
                "validation",
                "s1",
                [.. Result.Trials.Select(trial => (Math.Log10(trial.C), trial.Accuracy, $"{NumberText.Percent(trial.Accuracy)} %"))]
            ),
        ];
        return "<h3>Over C</h3>"
            + SvgPlot.Render(
                "Share of right validation pictures over C",
                new SvgPlot.Axis("C", -6, 6, [(-6, "1e-6"), (-3, "1e-3"), (0, "1"), (3, "1e3"), (6, "1e6")]),
                SvgPlot.Share("right on validation"),
                series
            );
    }

    private static string Text(FewShotPoint point) =>
        double.IsNaN(point.Deviation)
            ? $"{NumberText.Percent(point.Accuracy)} %"
            : $"{NumberText.Percent(point.Accuracy)} ± {NumberText.Percent(point.Deviation)} %";
}
