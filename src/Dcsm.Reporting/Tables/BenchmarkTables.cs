using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Published;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of a <see cref="BenchmarkResult"/>.</summary>
public static class BenchmarkTables
{
    private const int GroupsShown = 40;

    /// <summary>The main table: a row a scorer, percent.</summary>
    public static Table ToTable(this BenchmarkResult result) =>
        result switch
        {
            ChoiceBenchmarkResult choices => ToTable(choices),
            RetrievalBenchmarkResult retrieval => ToTable(retrieval),
            _ => throw new ArgumentException($"There is no table of a {result?.GetType().Name}.", nameof(result)),
        };

    /// <summary>Accuracy by relation, type or pair of attributes, a row each; null where items have no groups.</summary>
    /// <param name="all">All groups, and not the largest only.</param>
    public static Table? ToGroupTable(this BenchmarkResult result, bool all = false)
    {
        if (result is not ChoiceBenchmarkResult { Choices: [{ Strict.Groups: { Count: > 0 } groups }, ..] })
            return null;
        IReadOnlyList<GroupAccuracy> shown = all
            ? groups
            : [.. groups.OrderByDescending(group => group.Count).ThenBy(group => group.Group, StringComparer.Ordinal).Take(GroupsShown)];
        TableRow[] rows =
        [
            .. shown.Select(group => new TableRow([
                group.Group,
                TableCell.Count(group.Count),
                .. result.Results.Select(scorer => Cell(result, scorer, result.Options.ChoiceKey($"by_group.{group.Group}.accuracy"))),
            ])),
        ];
        return new Table(
            $"{result.Name} by group, percent",
            [
                new("Group"),
                new("Items", AlignRight: true),
                .. result.Scorers.Select(scorer => new TableColumn(scorer.Name, AlignRight: true)),
            ],
            rows,
            shown.Count < groups.Count ? [$"The largest {shown.Count} of {groups.Count} groups."] : []
        );
    }

    /// <summary>Differences between scorers, in points; null for a single scorer.</summary>
    public static Table? ToComparisonTable(this BenchmarkResult result)
    {
        if (result.Comparisons.Count == 0)
            return null;
        var rows = new List<TableRow>();
        foreach (ScorerComparison comparison in result.Comparisons)
        {
            bool first = true;
            foreach (
                FigureDifference difference in comparison.Differences.Where(d => !d.Key.Contains(".by_group.", StringComparison.Ordinal))
            )
            {
                rows.Add(
                    new TableRow(
                        [
                            first ? $"{comparison.First} − {comparison.Second}" : "",
                            Title(difference.Key),
                            TableCell.Points(difference.Difference),
                            TableCell.Count(difference.OnlyFirst),
                            TableCell.Count(difference.OnlySecond),
                            TableCell.PValue(difference.McNemarP),
                            TableCell.PValue(difference.ClusterP),
                        ],
                        StartsGroup: first && rows.Count > 0
                    )
                );
                first = false;
            }
        }

        return new Table(
            $"{result.Name}: differences, percentage points",
            [
                new("Difference"),
                new("Figure"),
                new("Points", AlignRight: true),
                new("only first right", AlignRight: true),
                new("only second right", AlignRight: true),
                new("p", AlignRight: true),
                new("p by picture", AlignRight: true),
            ],
            rows,
            [
                $"In brackets: {Interval(result)} by a paired bootstrap. p: McNemar, exact, as if all items were independent; by picture "
                    + $"(or set of pictures): each counts once, for the scorer that has more of its items right.",
            ]
        );
    }

    /// <summary>What others published on this benchmark, marked as such; null where nothing was found.</summary>
    public static Table? ToPublishedTable(this BenchmarkResult result)
    {
        IReadOnlyList<PublishedResult> published = PublishedResults.For(result.Name);
        return published.Count == 0
            ? null
            : new Table(
                $"{result.Name}: {PublishedResult.Mark} by others, not measured here, percent",
                [new("Model"), new("Figure"), new("Value", AlignRight: true), new("Source")],
                [
                    .. published.Select(p => new TableRow([
                        $"{p.Model} ({PublishedResult.Mark}{(IsOfSameSize(result, p) ? "" : ", of other data")})",
                        p.Metric,
                        TableCell.Percent(p.Share, 2),
                        p.Source,
                    ])),
                ],
                [.. OfOtherData(result)]
            );
    }

    /// <summary>Whether a published figure is of as many items as were judged here, as far as is known.</summary>
    private static bool IsOfSameSize(BenchmarkResult result, PublishedResult published) =>
        published.Benchmark == result.Name && (PublishedResults.Items(result.Name) ?? result.Items) == result.Items;

    private static IEnumerable<string> OfOtherData(BenchmarkResult result)
    {
        string files = string.Join(
            ", ",
            result.AnnotationFiles.Select(file => $"{Path.GetFileName(file.Key)} ({file.Value[..Math.Min(19, file.Value.Length)]})")
        );
        string published = PublishedResults.Items(result.Name) is { } items
            ? $"Published figures are of {NumberText.Count(items, "item")}"
            : "Published figures are of whole published files, of which size is not known";
        yield return $"{published}; judged here: {NumberText.Count(result.Items, "item")} of {files}.";
        int left = result.Missing.Count + result.Skipped.Count;
        if (left > 0)
            yield return $"{NumberText.Count(left, "item")} of the file left out here: the figures are not of the same items.";
    }

    private static string Interval(BenchmarkResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Options.Confidence * 100:0.##} % intervals");

    /// <summary>A figure's key in words: "strict.macro_accuracy" is "macro average".</summary>
    internal static string Title(string key)
    {
        if (key.Split('.') is ["scenes", string part, string kind])
            return $"{(Enum.TryParse(part, ignoreCase: true, out SplitPart of) ? SceneWords.Of(of) : part)}, {kind}";
        string last = key[(key.LastIndexOf('.') + 1)..];
        return last switch
        {
            "accuracy" => "accuracy",
            "macro_accuracy" => "macro average",
            "macro_accuracy_25_items" => "macro average, groups of 25 and more",
            "pair_accuracy" => "pairs",
            "set_accuracy" => "sets",
            _ => last.Replace("text_to_image_", "text→image ", StringComparison.Ordinal)
                .Replace("image_to_text_", "image→text ", StringComparison.Ordinal)
                .Replace('_', ' '),
        };
    }

    private static Table ToTable(ChoiceBenchmarkResult result)
    {
        string accuracy = result.Options.ChoiceKey("accuracy");
        string[] further =
        [
            .. result
                .Results[0]
                .Estimates.Select(e => e.Key)
                .Where(key => key != accuracy && !key.Contains(".by_group.", StringComparison.Ordinal)),
        ];
        TableColumn[] columns =
        [
            new("Scorer"),
            new("accuracy", AlignRight: true),
            .. further.Select(key => new TableColumn(Title(key), AlignRight: true)),
            new("as published code counts", AlignRight: true),
            new("ties counted in part", AlignRight: true),
        ];
        TableRow[] rows =
        [
            .. result.Results.Select(
                (scorer, s) =>
                    new TableRow([
                        scorer.Scorer,
                        .. further.Prepend(accuracy).Select(key => Cell(result, scorer, key)),
                        TableCell.Percent(result.Choices[s].First.Accuracy),
                        TableCell.Percent(result.Choices[s].Fractional.Accuracy),
                    ])
            ),
        ];
        return new Table(
            $"{result.Name}, percent",
            columns,
            rows,
            Notes(
                result,
                $"{NumberText.Count(result.Items, "item")}, chance {NumberText.Percent(result.Chance ?? double.NaN)}. Ties count as wrong."
            )
        );
    }

    private static Table ToTable(RetrievalBenchmarkResult result)
    {
        string[] keys = [.. result.Results[0].Estimates.Select(e => e.Key)];
        TableRow[] rows =
        [
            .. result.Results.Select(scorer => new TableRow([scorer.Scorer, .. keys.Select(key => Cell(result, scorer, key))])),
        ];
        return new Table(
            $"{result.Name}, percent",
            [new("Scorer"), .. keys.Select(key => new TableColumn(Title(key), AlignRight: true))],
            rows,
            Notes(
                result,
                $"{NumberText.Count(result.Images, "image")}, {NumberText.Count(result.Items, "caption")}; the arrow goes from what "
                    + $"is asked to what is found. Ties count against what is sought."
            )
        );
    }

    private static List<string> Notes(BenchmarkResult result, string first)
    {
        List<string> notes = [$"{first} In brackets: {Interval(result)} by a bootstrap over pictures.", .. result.Notes];
        if (result.Missing.Count + result.Skipped.Count > 0)
        {
            notes.Add(
                $"Left out: {NumberText.Count(result.Missing.Count)} whose picture is missing, "
                    + $"{NumberText.Count(result.Skipped.Count)} whose picture is broken."
            );
        }

        return notes;
    }

    // The best of a column, or of a row of scorers, is strong.
    private static TableCell Cell(BenchmarkResult result, ScorerFigures scorer, string key)
    {
        if (scorer.Find(key) is not { } found)
            return "–";
        double best = result
            .Results.Select(other => other.Find(key)?.Estimate.Value ?? double.NaN)
            .Where(value => !double.IsNaN(value))
            .DefaultIfEmpty(double.NaN)
            .Max();
        return TableCell.Percent(found.Estimate, result.Results.Count > 1 && found.Estimate.Value == best);
    }
}
