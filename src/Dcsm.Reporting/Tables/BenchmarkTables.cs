using System.Globalization;
using Dcsm.Data.Benchmarks;
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
    private const string Macro = "macro_";

    /// <summary>The main table: a row a scorer, percent.</summary>
    public static Table ToTable(this BenchmarkResult result) =>
        result switch
        {
            ChoiceBenchmarkResult choices => ToTable(choices),
            MatchBenchmarkResult matches => ToTable(matches),
            RetrievalBenchmarkResult retrieval => ToTable(retrieval),
            _ => throw new ArgumentException($"There is no table of a {result?.GetType().Name}.", nameof(result)),
        };

    /// <summary>Figures by relation, type, file or pair of attributes, a row each; null where items have no groups.</summary>
    /// <param name="all">All groups, and not the largest only.</param>
    public static Table? ToGroupTable(this BenchmarkResult result, bool all = false)
    {
        IReadOnlyList<(string Group, int Items)> groups = result.Groups;
        IReadOnlyList<(string Group, int Items)> shown = all
            ? groups
            : [.. groups.OrderByDescending(group => group.Items).ThenBy(group => group.Group, StringComparer.Ordinal).Take(GroupsShown)];
        return Parts(result, "group", shown, shown.Count < groups.Count ? [$"The largest {shown.Count} of {groups.Count} groups."] : []);
    }

    /// <summary>Figures by what groups belong to, a row each; null where they belong to nothing.</summary>
    public static Table? ToCategoryTable(this BenchmarkResult result) => Parts(result, "category", result.Categories, []);

    private static Table? Parts(
        BenchmarkResult result,
        string kind,
        IReadOnlyList<(string Name, int Items)> parts,
        IReadOnlyList<string> notes
    )
    {
        ILookup<string, (string Figure, string Key)> figures = result
            .Results[0]
            .Estimates.Select(estimate => (estimate.Key, Part: PartOf(estimate.Key, kind)))
            .Where(estimate => estimate.Part is not null)
            .ToLookup(estimate => estimate.Part!.Value.Name, estimate => (estimate.Part!.Value.Figure, estimate.Key));
        string[] columns = [.. figures.SelectMany(part => part).Select(figure => figure.Figure).Distinct(StringComparer.Ordinal)];
        if (columns.Length == 0)
            return null;
        return new Table(
            $"{result.Name} by {kind}, percent",
            [
                new(char.ToUpperInvariant(kind[0]) + kind[1..]),
                new("Items", AlignRight: true),
                .. from scorer in result.Scorers
                from figure in columns
                select new TableColumn(columns.Length == 1 ? scorer.Name : $"{scorer.Name}, {Title(figure)}", AlignRight: true),
            ],
            [
                .. parts.Select(part => new TableRow([
                    part.Name,
                    TableCell.Count(part.Items),
                    .. from scorer in result.Results
                    from figure in columns
                    select figures[part.Name].FirstOrDefault(own => own.Figure == figure).Key is { } key ? Cell(result, scorer, key) : "–",
                ])),
            ],
            notes
        );
    }

    /// <summary>The name of the group or category that a key is of, and its figure; null where it is of none.</summary>
    private static (string Name, string Figure)? PartOf(string key, string kind)
    {
        string mark = $".by_{kind}.";
        int at = key.IndexOf(mark, StringComparison.Ordinal),
            end = key.LastIndexOf('.');
        return at < 0 ? null : (key[(at + mark.Length)..end], key[(end + 1)..]);
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
                            difference.OnlyFirst is { } onlyFirst ? TableCell.Count(onlyFirst) : "–",
                            difference.OnlySecond is { } onlySecond ? TableCell.Count(onlySecond) : "–",
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
    public static string Title(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (PartOf(key, "category") is { } category)
            return $"{category.Name}: {Title(category.Figure)}";
        if (key.Split('.') is ["scenes", string part, string kind])
            return $"{(Enum.TryParse(part, ignoreCase: true, out SplitPart of) ? SceneWords.Of(of) : part)}, {kind}";
        string last = Last(key);
        return last switch
        {
            "accuracy" => "accuracy",
            "macro_accuracy" => "macro average",
            "macro_accuracy_25_items" => "macro average, groups of 25 and more",
            "pair_accuracy" => "pairs",
            "set_accuracy" => "sets",
            "auroc" => "AUROC",
            _ when last.StartsWith(Macro, StringComparison.Ordinal) => $"{Title(last[Macro.Length..])}, macro average",
            _ => last.Replace("text_to_image_", "text→image ", StringComparison.Ordinal)
                .Replace("image_to_text_", "image→text ", StringComparison.Ordinal)
                .Replace('_', ' '),
        };
    }

    private static Table ToTable(ChoiceBenchmarkResult result)
    {
        string accuracy = result.Options.ChoiceKey("accuracy");
        string[] further = [.. result.Results[0].Estimates.Select(e => e.Key).Where(key => key != accuracy && IsWhole(key))];
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
                        TableCell.Percent(result.Choices[s].Published.Accuracy),
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

    private static Table ToTable(MatchBenchmarkResult result)
    {
        // Of means over groups that of the main figure is enough.
        string[] keys =
        [
            .. result
                .Results[0]
                .Estimates.Select(e => e.Key)
                .Where(key =>
                    IsWhole(key)
                    && (
                        !key.Contains(Macro, StringComparison.Ordinal)
                        || key.EndsWith(Macro + Last(result.MainFigure), StringComparison.Ordinal)
                    )
                ),
        ];
        string inPart = result.MainFigure.Replace(".strict.", ".fractional.", StringComparison.Ordinal);
        bool hasTies = inPart != result.MainFigure;
        return new Table(
            $"{result.Name}, percent",
            [
                new("Scorer"),
                .. keys.Select(key => new TableColumn(Title(key), AlignRight: true)),
                .. hasTies ? [new TableColumn($"{Title(inPart)}, ties counted in part", AlignRight: true)] : (TableColumn[])[],
            ],
            [
                .. result.Results.Select(scorer => new TableRow([
                    scorer.Scorer,
                    .. keys.Select(key => Cell(result, scorer, key)),
                    .. hasTies ? [TableCell.Percent((double)scorer.Figures[inPart]!)] : (TableCell[])[],
                ])),
            ],
            Notes(
                result,
                $"{NumberText.Count(result.Items, "item")} with {NumberText.Count(result.Images, "picture")}; "
                    + $"{Title(result.MainFigure)} by chance {NumberText.Percent(result.Chance ?? double.NaN)}. "
                    + Asked(result.Matches[0].Benchmark.Task)
            )
        );
    }

    private static string Asked(MatchTask task) =>
        task switch
        {
            MatchTask.Pairs =>
                "Text score: the caption of each of the two pictures stands above the other one; image score: the picture of each "
                    + "caption likewise; group score: both. Ties count as wrong.",
            MatchTask.AllAbove =>
                "Every caption that fits stands above every one that doesn't; of each by itself beside it. Ties count as wrong.",
            MatchTask.Captions =>
                "Captions alone: the two of one meaning are nearer to each other than either is to the changed one. Ties count as wrong.",
            MatchTask.Statements => "One threshold for all pictures and statements; AUROC needs none, and counts ties half.",
            _ => "Pictures that show what a label says come before the others; equal scores share a place.",
        };

    private static string Last(string key) => key[(key.LastIndexOf('.') + 1)..];

    private static bool IsWhole(string key) =>
        !key.Contains(".by_group.", StringComparison.Ordinal) && !key.Contains(".by_category.", StringComparison.Ordinal);

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
