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
            .Append(
                SvgBarChart.Render(
                    Bars(),
                    Result is ChoiceBenchmarkResult ? Result.Chance : null,
                    "Figures of each scorer, bars with intervals"
                )
            )
            .Append("</figure></section>\n");
        if (Result.ToCategoryTable() is { } categories)
            html.Append("<section><h2>By category</h2>").Append(HtmlTable.Render(categories)).Append("</section>\n");
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
                .Results.Select(r => (r.Scorer, Found: r.Find(Result.MainFigure)))
                .Where(r => Result.Chance is not null && r.Found is not null)
                .Select(r => $"{r.Scorer}: {NumberText.Percent(r.Found!.Estimate.Value)} %"),
        ];
        string figure = Result is MatchBenchmarkResult ? $"The {BenchmarkTables.Title(Result.MainFigure)} of " : "";
        return accuracies.Length == 0 ? size : $"{size} {figure}{string.Join(", ", accuracies)}.";
    }

    private List<BarGroup> Bars()
    {
        string[] keys = [.. Result.Results[0].Estimates.Select(e => e.Key)];
        // A benchmark of hundreds of pairs of attributes is a table, not a drawing.
        if (keys.Length > 16)
            keys = [.. keys.Where(key => !key.Contains(".by_", StringComparison.Ordinal))];
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
        if (at < 0)
            return BenchmarkTables.Title(key);
        string group = key[(at + Groups.Length)..key.LastIndexOf('.')];
        return key.EndsWith(".accuracy", StringComparison.Ordinal) ? group : $"{group}, {BenchmarkTables.Title(key)}";
    }

    private void ShowExamples(StringBuilder html)
    {
        int count = Result switch
        {
            ChoiceBenchmarkResult choices => choices.Scores.Benchmark.Items.Count,
            MatchBenchmarkResult { Matches: [var first, ..] } when !double.IsNaN(first.Margin(0)) => first.Items.Count,
            _ => 0,
        };
        if (Scorers.Count == 0 || Examples == 0 || count == 0)
            return;
        int last = Scorers.Count - 1;
        string name = Scorers[last].Name;
        if (last > 0)
        {
            Show(
                html,
                $"{name} is right, {Scorers[0].Name} is wrong: the clearest",
                [
                    .. Enumerable
                        .Range(0, count)
                        .Where(i => Margin(last, i) > 0 && Margin(0, i) < 0)
                        .OrderByDescending(i => Margin(last, i))
                        .ThenBy(i => i)
                        .Take(Examples),
                ]
            );
        }

        Show(
            html,
            $"{name} is wrong: the worst",
            [.. Enumerable.Range(0, count).Where(i => Margin(last, i) < 0).OrderBy(i => Margin(last, i)).ThenBy(i => i).Take(Examples)]
        );
    }

    /// <summary>How far the right option is above the best wrong one, or what has to be above above what has not.</summary>
    private double Margin(int scorer, int item)
    {
        if (Result is MatchBenchmarkResult matches)
            return matches.Matches[scorer].Margin(item);
        ChoiceScores scores = ((ChoiceBenchmarkResult)Result).Scores;
        double[] row = scores.Scores[scorer][item];
        int right = scores.Benchmark.Items[item].Right;
        return row[right] - row.Where((_, option) => option != right).Max();
    }

    /// <summary>The pictures of an item, each with its captions and, where one alone is right, its place.</summary>
    private IEnumerable<(string Title, BenchmarkImage Image, IReadOnlyList<string> Captions, int? Right)> Pictures(int place)
    {
        if (Result is ChoiceBenchmarkResult choices)
        {
            ChoiceItem choice = choices.Scores.Benchmark.Items[place];
            return [(choice.Id, choice.Image, choice.Options, choice.Right)];
        }

        MatchItem item = ((MatchBenchmarkResult)Result).Matches[0].Items[place];
        return item.Images.Select(
            (image, i) =>
            {
                int[] right = [.. Enumerable.Range(0, item.Captions.Count).Where(c => item.Matches[(i * item.Captions.Count) + c] == true)];
                string title =
                    item.Images.Count > 1 ? FormattableString.Invariant($"{item.Id}, picture {i + 1}")
                    : item.Captions.Count > 1 ? item.Id
                    : $"{item.Id}, {(right.Length > 0 ? "true" : "false")}";
                return (title, image, item.Captions, right.Length == 1 ? right[0] : (int?)null);
            }
        );
    }

    private void Show(StringBuilder html, string title, int[] items)
    {
        html.Append("<section><h2>").Append(Html.Escape(title)).Append("</h2>\n");
        if (items.Length == 0)
            html.Append("<p class=\"say\">There is none.</p>");
        foreach ((string name, BenchmarkImage image, IReadOnlyList<string> captions, int? right) in items.SelectMany(Pictures))
        {
            RgbImage picture = Scorers[^1].Encoder.Open(image);
            SampleCard.Render(html, ReportSample.FromPicture(picture, captions, right, Scorers, name, Text));
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
