using System.Text;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// One HTML file that shows a run on statements: tables, bars, reliability diagrams, pictures with statements, and what it was made with.
/// It refers to nothing outside itself.
/// </summary>
public sealed record StatementReport
{
    private const int PictureSide = 224;

    /// <summary>The figures.</summary>
    public required StatementEvaluationResult Result { get; init; }

    /// <summary>Writes the report, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The report as HTML.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        ReportPage.Begin(html, "True and false statements about pictures", Lead());
        html.Append("<section><h2>Result</h2>");
        foreach (Table table in Result.ToTables())
            html.Append(HtmlTable.Render(table));
        Details(html, "Differences", [.. Result.ToDifferenceTables()]);
        html.Append("</section>\n<section><h2>By kind</h2>");
        ReportPage.Legend(html, Result.Scorers);
        html.Append("<div class=\"two\">");
        foreach ((SplitPart part, StatementWordings wordings) in Views())
        {
            html.Append("<figure><figcaption>")
                .Append(Html.Escape(Name(part, wordings)))
                .Append("</figcaption>")
                .Append(SvgBarChart.Render(Bars(part, wordings), chance: 0.5, $"Right by kind, {Name(part, wordings)}"))
                .Append("</figure>");
        }

        html.Append("</div></section>\n");
        Reliability(html);
        foreach (StatementWordings wordings in Enum.GetValues<StatementWordings>())
            Examples(html, Result.Parts[^1], wordings);
        ReportPage.Foot(
            html,
            [
                .. Result.Data.Select(entry => KeyValuePair.Create($"scenes: {entry.Key}", entry.Value)),
                new("bootstrap", $"{Result.Options.Resamples} draws, seed {Result.Options.BootstrapSeed}"),
            ],
            Result.Scorers,
            Result.Versions
        );
        return ReportPage.End(html);
    }

    private string Lead()
    {
        SplitPart part = Result.Parts[^1];
        string[] shares =
        [
            .. Result.Scorers.Select(scorer =>
                $"{scorer.Name} {NumberText.Percent(Result.Find(scorer.Name, part, StatementMeasure.WithinKinds)!.Value.Value)} %"
            ),
        ];
        return $"Of a true and a false statement about a picture, {SceneWords.Of(part)}, the true one has the higher score: "
            + $"{string.Join(", ", shares)}; tossing a coin gives 50 %.";
    }

    private IEnumerable<(SplitPart Part, StatementWordings Wordings)> Views() =>
        Result.Parts.SelectMany(part => Enum.GetValues<StatementWordings>().Select(wordings => (part, wordings)));

    private static string Name(SplitPart part, StatementWordings wordings) => $"{SceneWords.Of(part)}, {SceneWords.Of(wordings)} wordings";

    private static void Details(StringBuilder html, string summary, IReadOnlyList<Table> tables)
    {
        if (tables.Count == 0)
            return;
        html.Append("<details><summary>").Append(Html.Escape(summary)).Append("</summary>");
        foreach (Table table in tables)
            html.Append(HtmlTable.Render(table));
        html.Append("</details>");
    }

    private List<BarGroup> Bars(SplitPart part, StatementWordings wordings) =>
        [
            .. Result
                .Kinds.Select(kind => (Name: SceneNames.Of(kind), Measure: StatementMeasure.WithinKinds, Kind: (StatementKind?)kind))
                .Append(("mean of the kinds", StatementMeasure.WithinKinds, null))
                .Append(("across kinds", StatementMeasure.AcrossKinds, null))
                .Select(group => new BarGroup(
                    group.Name,
                    [
                        .. Result
                            .Scorers.Select(
                                (scorer, s) =>
                                    (
                                        scorer.Name,
                                        Found: Result.Find(scorer.Name, part, group.Measure, wordings, group.Kind),
                                        Series: SvgBarChart.SeriesClass(s, Result.Scorers.Count)
                                    )
                            )
                            .Where(bar => bar.Found is not null)
                            .Select(bar => (bar.Name, bar.Found!.Value, bar.Series)),
                    ]
                ))
                .Where(group => group.Bars.Count > 0),
        ];

    private void Reliability(StringBuilder html)
    {
        if (Result.Reliability.Count == 0)
            return;
        html.Append(
            "<section><h2>Probabilities</h2><p class=\"say\">Of the statements that are given a probability, what share is true. "
                + "On the dotted line it is as said. A dot is one of 15 bins, and the larger, the more statements lie in it.</p>"
        );
        ReportPage.Legend(html, Result.Scorers);
        html.Append("<div class=\"two\">");
        foreach ((SplitPart part, StatementWordings wordings) in Views())
        {
            (ReliabilityDiagram Diagram, string Series)[] diagrams =
            [
                .. Result
                    .Reliability.Where(diagram => (diagram.Part, diagram.Wordings) == (part, wordings))
                    .Select(diagram =>
                        (
                            diagram,
                            SvgBarChart.SeriesClass(
                                Result.Scorers.ToList().FindIndex(scorer => scorer.Name == diagram.Scorer),
                                Result.Scorers.Count
                            )
                        )
                    ),
            ];
            string errors = string.Join(
                ", ",
                diagrams.Select(d => $"{d.Diagram.Scorer} off by {ReliabilityPicture.Error(Result, d.Diagram)} %")
            );
            html.Append("<figure><figcaption>")
                .Append(Html.Escape($"{Name(part, wordings)}: {errors}"))
                .Append("</figcaption>")
                .Append(SvgReliability.Render(diagrams, $"Share that is true over the probability said, {Name(part, wordings)}"))
                .Append("</figure>");
        }

        html.Append("</div></section>\n");
    }

    private void Examples(StringBuilder html, SplitPart part, StatementWordings wordings)
    {
        (int Picture, int Twin)[] all =
        [
            .. Enumerable
                .Range(0, Result.TestSet.Pictures.Count)
                .Where(i => Result.TestSet.Pictures[i].Part == part)
                .SelectMany(i => Enumerable.Range(0, Result.TestSet.Pictures[i].Said.Twins.Count).Select(t => (i, t)))
                .Where(example => TwinOf(example).Wordings == wordings),
        ];
        int last = Result.Scorers.Count - 1;
        string name = Result.Scorers[last].Name;
        html.Append("<section><h2>").Append(Html.Escape($"Pictures, {Name(part, wordings)}")).Append("</h2>");
        Strip(html, "The first of each kind, whatever came out", OnePerKind(all));
        if (last > 0)
        {
            Strip(
                html,
                $"{name} is right, {Result.Scorers[0].Name} is wrong: the clearest",
                OnePerKind(all.Where(e => Margin(last, e) > 0 && Margin(0, e) < 0).OrderByDescending(e => Margin(last, e)))
            );
        }

        Strip(html, $"{name} is wrong: the worst", OnePerKind(all.Where(e => Margin(last, e) < 0).OrderBy(e => Margin(last, e))));
        html.Append("</section>\n");
    }

    private (int Picture, int Twin)[] OnePerKind(IEnumerable<(int Picture, int Twin)> examples) =>
        [.. examples.GroupBy(example => TwinOf(example).True.Statement.Kind).OrderBy(kind => kind.Key).Select(kind => kind.First())];

    private void Strip(StringBuilder html, string title, (int Picture, int Twin)[] examples) =>
        ExampleFigure.Strip(
            html,
            title,
            examples,
            example =>
            {
                StatementTwin twin = TwinOf(example);
                ExampleFigure.Render(
                    html,
                    Result.TestSet.Picture(example.Picture, PictureSide),
                    SceneNames.Of(twin.True.Statement.Kind),
                    twin.True.Text,
                    twin.False.Text,
                    Result.Scorers.Select(
                        (scorer, s) =>
                        {
                            (float right, float wrong) = ScoresOf(s, example);
                            return (scorer.Name, right, wrong, (Func<float, string>)(score => Text(Result.Calibrations[s], score)));
                        }
                    )
                );
            }
        );

    private static string Text(ScoreCalibration? calibration, float score) =>
        calibration is null ? NumberText.Score(score) : NumberText.Percent(calibration.Probability(score)) + " %";

    private StatementTwin TwinOf((int Picture, int Twin) example) => Result.TestSet.Pictures[example.Picture].Said.Twins[example.Twin];

    private (float Right, float Wrong) ScoresOf(int scorer, (int Picture, int Twin) example)
    {
        IReadOnlyList<float> scores = Result.Scores[scorer][example.Picture].Statements;
        return (scores[2 * example.Twin], scores[(2 * example.Twin) + 1]);
    }

    private float Margin(int scorer, (int Picture, int Twin) example)
    {
        (float right, float wrong) = ScoresOf(scorer, example);
        return right - wrong;
    }
}
