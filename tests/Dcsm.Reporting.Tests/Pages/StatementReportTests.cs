using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Head;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pages;

public class StatementReportTests
{
    private const string Awkward = "a <b>cat</b> & a \"dog\"";

    [Fact]
    public void A_report_is_balanced_and_refers_to_nothing_outside()
    {
        string html = new StatementReport { Result = Run(calibrated: true) }.ToHtml();
        Assert.Null(Markup.Fault(html));
        Assert.NotEmpty(Markup.Links(html));
        Assert.All(Markup.Links(html), link => Assert.StartsWith("data:image/", link, StringComparison.Ordinal));
        Assert.DoesNotContain("<b>cat", html, StringComparison.Ordinal);
        // Two diagrams, a line and a dot for each of the two bins.
        Assert.Equal(2, html.Split("<polyline class=\"line s1\"").Length - 1);
        Assert.Equal(4, html.Split("<circle class=\"s1 faint\"").Length - 1);
    }

    [Fact]
    public void Probabilities_stand_beside_statements_where_a_scorer_gives_them()
    {
        string html = new StatementReport { Result = Run(calibrated: true) }.ToHtml();
        Assert.Contains("<b class=\"right\">✓</b>", html, StringComparison.Ordinal);
        Assert.Contains("<b class=\"wrong\">=</b>", html, StringComparison.Ordinal);
        Assert.Contains("<small>75.0 % : 25.0 %</small>", html, StringComparison.Ordinal);
        Assert.Contains("<small>0.250 : 0.250</small>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_calibration_there_is_no_diagram()
    {
        StatementEvaluationResult result = Run(calibrated: false);
        Assert.DoesNotContain("Probabilities", new StatementReport { Result = result }.ToHtml(), StringComparison.Ordinal);
        Assert.Empty(ReliabilityPicture.Charts(result));
    }

    [Fact]
    public void The_picture_has_a_chart_for_each_wordings()
    {
        IReadOnlyList<LineChart> charts = ReliabilityPicture.Charts(Run(calibrated: true));
        Assert.Equal(
            ["Share true: unseen objects, trained wordings", "Share true: unseen objects, other wordings"],
            charts.Select(chart => chart.Title)
        );
        Assert.Equal([(0, 0), (1, 1)], charts[0].Series[0].Points);
        Assert.Equal("timid, off by 25.0 %", charts[0].Series[1].Name);
        Assert.Equal([(0.25, 0), (0.75, 1)], charts[0].Series[1].Points.Select(point => (Math.Round(point.X, 6), point.Y)));
        Assert.True(LineChartPicture.Draw(charts).Width > LineChartPicture.Draw([charts[0]]).Width);
    }

    /// <summary>A constant scorer with an awkward name, and one that knows but says 3/4 and 1/4.</summary>
    private static StatementEvaluationResult Run(bool calibrated)
    {
        StatementTestSet tests = StatementScorer.NewTests();
        return StatementEvaluation.Run(
            tests,
            [
                StatementScorer.Constant(tests, Awkward),
                new StatementScorer(tests)
                {
                    Name = "timid",
                    Rule = (isTrue, _, _) => isTrue == true ? 1 : -1,
                    Calibration = calibrated ? new ScoreCalibration(Math.Log(3), 0) : null,
                },
            ]
        );
    }
}
