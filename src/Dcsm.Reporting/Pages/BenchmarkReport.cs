using System.Text;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Collections;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pages;

/// <summary>
/// One HTML file that shows a run on a benchmark: tables, bars with intervals, the items that tell most with their pictures and
/// dense maps, and what it was made with. It refers to nothing outside itself.
/// </summary>
public sealed record BenchmarkReport
{
    /// <summary>The figures.</summary>
    public required BenchmarkResult Result { get; init; }

    /// <summary>What the benchmark is, in a few words; its name where null.</summary>
    public string? Title { get; init; }

    /// <summary>The scorers, to score the items that are shown; without them none are.</summary>
    public IReadOnlyList<IScorer> Scorers
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<IScorer>([]);

    /// <summary>Items of each sort that are shown.</summary>
    public int Examples { get; init; } = 3;

    /// <summary>Whether numbers that others published stand beside.</summary>
    public bool WithPublished { get; init; }

    /// <summary>What a scorer reads instead of a caption; null for the caption as it is.</summary>
    public Func<IScorer, string, string>? Text { get; init; }

    /// <summary>Writes the report, whole or not at all.</summary>
    public void Write(string path) => AtomicFile.Write(path, ToHtml());

    /// <summary>The report as HTML.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        ReportPage.Begin(html, Title ?? Result.Name, Lead());
        html.Append("<section><h2>Result</h2>").Append(HtmlTable.Render(Result.ToTable()));
        if (Result.ToComparisonTable() is { } comparison)
            html.Append(HtmlTable.Render(comparison));
        html.Append("</section>\n<section><h2>Bars</h2>");
        ReportPage.Legend(html, Result.Scorers);
        html.Append("<figure>")
            .Append(SvgBarChart.Render(Bars(), Result.Chance, "Figures of each scorer, bars with intervals"))
            .Append("</figure></section>\n");
        if (Result.ToGroupTable() is { } groups)
            html.Append("<section><h2>By group</h2>").Append(HtmlTable.Render(groups)).Append("</section>\n");
        if (WithPublished && Result.ToPublishedTable() is { } published)
            html.Append("<section><h2>Published</h2>").Append(HtmlTable.Render(published)).Append("</section>\n");
        ShowExamples(html);
        LeftOut(html);
        ReportPage.Foot(
            html,
            [
                .. Result.Arguments,
                .. Result.AnnotationFiles.Select(file => KeyValuePair.Create(Path.GetFileName(file.Key), file.Value)),
                new("bootstrap", $"{Result.Options.Resamples} draws, seed {Result.Options.Seed}"),
            ],
            Result.Scorers,
            Result.Versions
        );
        return ReportPage.End(html);
    }

    private string Lead()
    {
        string size = Result.Chance is { } chance
            ? $"{NumberText.Count(Result.Items)} items with {NumberText.Count(Result.Images)} pictures; guessing gives "
                + $"{NumberText.Percent(chance)} %."
            : $"{NumberText.Count(Result.Items)} captions of {NumberText.Count(Result.Images)} pictures.";
        string[] accuracies =
        [
            .. Result
                .Results.Select(r => (r.Scorer, Found: r.Find(Result.Options.ChoiceKey("accuracy"))))
                .Where(r => r.Found is not null)
                .Select(r => $"{r.Scorer}: {NumberText.Percent(r.Found!.Estimate.Value)} %"),
        ];
        return accuracies.Length == 0 ? size : $"{size} {string.Join(", ", accuracies)}.";
    }

    private List<BarGroup> Bars()
    {
        string[] keys = [.. Result.Results[0].Estimates.Select(e => e.Key)];
        // A benchmark of hundreds of pairs of attributes is a table, not a drawing.
        if (keys.Length > 16)
            keys = [.. keys.Where(key => !key.Contains(".by_group.", StringComparison.Ordinal))];
        return
        [
            .. keys.Select(key => new BarGroup(
                Group(key),
                [
                    .. Result
                        .Results.Select(
                            (result, s) =>
                                (result.Scorer, Found: result.Find(key), Series: SvgBarChart.SeriesClass(s, Result.Results.Count))
                        )
                        .Where(bar => bar.Found is not null && !double.IsNaN(bar.Found.Estimate.Value))
                        .Select(bar => (bar.Scorer, bar.Found!.Estimate, bar.Series)),
                ]
            )),
        ];
    }

    private static string Group(string key)
    {
        const string Groups = ".by_group.";
        int at = key.IndexOf(Groups, StringComparison.Ordinal);
        return at < 0 ? BenchmarkTables.Title(key) : key[(at + Groups.Length)..key.LastIndexOf('.')];
    }

    private void ShowExamples(StringBuilder html)
    {
        if (Scorers.Count == 0 || Examples == 0 || Result is not ChoiceBenchmarkResult { Scores: { } scores })
            return;
        int last = Scorers.Count - 1;
        string name = Scorers[last].Name;
        if (last > 0)
        {
            Show(
                html,
                scores,
                $"{name} is right, {Scorers[0].Name} is wrong: the clearest",
                [
                    .. Enumerable
                        .Range(0, scores.Benchmark.Items.Count)
                        .Where(i => Margin(scores, last, i) > 0 && Margin(scores, 0, i) < 0)
                        .OrderByDescending(i => Margin(scores, last, i))
                        .ThenBy(i => i)
                        .Take(Examples),
                ]
            );
        }

        Show(
            html,
            scores,
            $"{name} is wrong: the worst",
            [
                .. Enumerable
                    .Range(0, scores.Benchmark.Items.Count)
                    .Where(i => Margin(scores, last, i) < 0)
                    .OrderBy(i => Margin(scores, last, i))
                    .ThenBy(i => i)
                    .Take(Examples),
            ]
        );
    }

    /// <summary>How far the right option is above the best wrong one.</summary>
    private static double Margin(ChoiceScores scores, int scorer, int item)
    {
        double[] row = scores.Scores[scorer][item];
        int right = scores.Benchmark.Items[item].Right;
        return row[right] - row.Where((_, option) => option != right).Max();
    }

    private void Show(StringBuilder html, ChoiceScores scores, string title, int[] items)
    {
        html.Append("<section><h2>").Append(Html.Escape(title)).Append("</h2>\n");
        if (items.Length == 0)
            html.Append("<p class=\"say\">There is none.</p>");
        foreach (int i in items)
        {
            ChoiceItem item = scores.Benchmark.Items[i];
            RgbImage picture = Scorers[^1].Encoder.Open(item.Image);
            SampleCard.Render(html, ReportSample.FromPicture(picture, item.Options, item.Right, Scorers, item.Id, Text));
        }

        html.Append("</section>\n");
    }

    private void LeftOut(StringBuilder html)
    {
        if (Result.Missing.Count + Result.Skipped.Count == 0)
            return;
        html.Append("<section><h2>Left out</h2><details><summary>")
            .Append(NumberText.Count(Result.Missing.Count + Result.Skipped.Count))
            .Append(" pictures</summary><ul>");
        foreach (string place in Result.Missing)
            html.Append("<li>missing: ").Append(Html.Escape(place)).Append("</li>");
        foreach (string reason in Result.Skipped)
            html.Append("<li>").Append(Html.Escape(reason)).Append("</li>");
        html.Append("</ul></details></section>\n");
    }
}
