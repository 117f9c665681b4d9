using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Published;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tables;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>All figures of a run on a benchmark, and what is needed to trace them.</summary>
public sealed class BenchmarkResult
{
    private const int GroupsShown = 40;
    private readonly ChoiceResult[] _choices = [];
    private readonly RetrievalResult[] _retrievals = [];

    private BenchmarkResult(ChoiceScores? choices, RetrievalScores? retrieval, BenchmarkStatisticsOptions? options)
    {
        Options = options ?? new BenchmarkStatisticsOptions();
        ChoiceScores = choices;
        RetrievalScores = retrieval;
        Benchmark benchmark = (Benchmark?)choices?.Benchmark ?? retrieval!.Benchmark;
        Name = benchmark.Name;
        Scorers = choices?.Scorers ?? retrieval!.Scorers;
        Missing = benchmark.Missing;
        Skipped = choices?.Skipped ?? retrieval!.Skipped;
        Warnings = benchmark.Warnings;
        AnnotationFiles = benchmark.AnnotationFiles.ToDictionary(file => file, Hash);
        var comparisons = new List<ScorerComparison>();
        if (choices is not null)
        {
            if (choices.Benchmark.Items.Count == 0)
                throw new InvalidDataException($"{Name}: every item was skipped, so there is nothing to judge by.");
            _choices = [.. ChoiceResult.Of(choices)];
            Items = choices.Benchmark.Items.Count;
            Images = choices.Benchmark.Items.Select(item => (item.Image.Path, item.Image.Box)).Distinct().Count();
            Results =
            [
                .. _choices.Select(
                    (result, s) => Figured(Scorers[s].Name, BenchmarkFigures.Of(result), BenchmarkStatistics.Estimates(result, Options))
                ),
            ];
            for (int s = 1; s < _choices.Length; s++)
            {
                for (int earlier = 0; earlier < s; earlier++)
                {
                    comparisons.Add(
                        new ScorerComparison(
                            Scorers[s].Name,
                            Scorers[earlier].Name,
                            BenchmarkStatistics.Compare(_choices[s], _choices[earlier], Options)
                        )
                    );
                }
            }

            Notes =
            [
                .. Scorers
                    .Select((scorer, s) => (scorer.Name, Result: _choices[s]))
                    .Where(x => x.Result.TiesAtTop > 0)
                    .Select(x =>
                        $"{x.Name}: {Tables.NumberText.Count(x.Result.TiesAtTop)} ties at the top, {Tables.NumberText.Count(x.Result.TiesAtTopWithRightOption)} of them with the right caption."
                    ),
            ];
        }
        else
        {
            if (retrieval!.Benchmark.Images.Count == 0)
                throw new InvalidDataException($"{Name}: every picture was skipped, so there is nothing to judge by.");
            _retrievals = [.. RetrievalResult.Of(retrieval)];
            Items = retrieval.Benchmark.Captions.Count;
            Images = retrieval.Benchmark.Images.Count;
            Results =
            [
                .. _retrievals.Select(
                    (result, s) => Figured(Scorers[s].Name, BenchmarkFigures.Of(result), BenchmarkStatistics.Estimates(result, Options))
                ),
            ];
            for (int s = 1; s < _retrievals.Length; s++)
            {
                for (int earlier = 0; earlier < s; earlier++)
                {
                    comparisons.Add(
                        new ScorerComparison(
                            Scorers[s].Name,
                            Scorers[earlier].Name,
                            BenchmarkStatistics.Compare(_retrievals[s], _retrievals[earlier], Options)
                        )
                    );
                }
            }

            Notes = [.. _retrievals.SelectMany(result => result.Notes).Distinct()];
        }

        Comparisons = comparisons;
    }

    /// <summary>The benchmark's name.</summary>
    [JsonPropertyName("benchmark")]
    public string Name { get; }

    /// <summary>What was asked for, in the order to be shown.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

    /// <summary>What computed it.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; } = SoftwareVersions.Current();

    /// <summary>The annotation files that were read, with their hashes ("sha256:…").</summary>
    public IReadOnlyDictionary<string, string> AnnotationFiles { get; }

    /// <summary>How intervals were computed.</summary>
    public BenchmarkStatisticsOptions Options { get; }

    /// <summary>Items that were judged; captions, for retrieval.</summary>
    public int Items { get; }

    /// <summary>Different pictures among them.</summary>
    public int Images { get; }

    /// <summary>Places of the annotation whose pictures were not there.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>What was left out because its picture is broken, with the reason.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>What was odd in the files.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The scorers in the order asked for.</summary>
    public IReadOnlyList<ScorerDescription> Scorers { get; }

    /// <summary>The figures of each scorer.</summary>
    public IReadOnlyList<ScorerFigures> Results { get; }

    /// <summary>Each scorer against each earlier one.</summary>
    public IReadOnlyList<ScorerComparison> Comparisons { get; }

    /// <summary>What has to be known beside the figures.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The scores of a benchmark of choices; not written to JSON.</summary>
    [JsonIgnore]
    public ChoiceScores? ChoiceScores { get; }

    /// <summary>The scores of a benchmark of retrieval; not written to JSON.</summary>
    [JsonIgnore]
    public RetrievalScores? RetrievalScores { get; }

    /// <summary>What guessing gives; null for retrieval, where it depends on k.</summary>
    public double? Chance => _choices.Length > 0 ? _choices[0].Chance : null;

    /// <summary>Judges scores of a benchmark of choices.</summary>
    /// <param name="scores">What <see cref="BenchmarkRunner"/> gave.</param>
    /// <param name="arguments">What was asked for, for the record.</param>
    /// <param name="options">How intervals are computed.</param>
    /// <exception cref="InvalidDataException">Nothing is left to judge by.</exception>
    public static BenchmarkResult Of(
        ChoiceScores scores,
        IReadOnlyDictionary<string, string>? arguments = null,
        BenchmarkStatisticsOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(scores);
        return new BenchmarkResult(scores, null, options) { Arguments = arguments ?? new Dictionary<string, string>() };
    }

    /// <summary>Judges scores of a benchmark of retrieval.</summary>
    /// <inheritdoc cref="Of(ChoiceScores, IReadOnlyDictionary{string, string}?, BenchmarkStatisticsOptions?)"/>
    public static BenchmarkResult Of(
        RetrievalScores scores,
        IReadOnlyDictionary<string, string>? arguments = null,
        BenchmarkStatisticsOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(scores);
        return new BenchmarkResult(null, scores, options) { Arguments = arguments ?? new Dictionary<string, string>() };
    }

    /// <summary>As JSON: camelCase, invariant, shortest numbers that read back the same.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicText.Write(path, ToJson());

    /// <summary>The main table: a row a scorer, percent.</summary>
    public Table ToTable() => _choices.Length > 0 ? ChoiceTable() : RetrievalTable();

    /// <summary>Accuracy by relation, type or pair of attributes, a row each; null where items have no groups.</summary>
    /// <param name="all">All groups, and not the largest only.</param>
    public Table? ToGroupTable(bool all = false)
    {
        if (_choices.Length == 0 || _choices[0].Strict.Groups.Count == 0)
            return null;
        GroupAccuracy[] groups = [.. _choices[0].Strict.Groups];
        GroupAccuracy[] shown = all
            ? groups
            : [.. groups.OrderByDescending(group => group.Count).ThenBy(group => group.Group, StringComparer.Ordinal).Take(GroupsShown)];
        TableRow[] rows =
        [
            .. shown.Select(group => new TableRow([
                group.Group,
                Tables.NumberText.Count(group.Count),
                .. Results.Select(result =>
                    result.Find($"{Rule}.by_group.{group.Group}.accuracy") is { } found
                        ? TableCell.Percent(found.Estimate, IsBest(result, found.Key))
                        : "–"
                ),
            ])),
        ];
        return new Table(
            $"{Name} by group, percent",
            [new("Group"), new("Items", AlignRight: true), .. Scorers.Select(scorer => new TableColumn(scorer.Name, AlignRight: true))],
            rows,
            shown.Length < groups.Length ? [$"The largest {shown.Length} of {groups.Length} groups."] : []
        );
    }

    /// <summary>Differences between scorers, in points; null for a single scorer.</summary>
    public Table? ToComparisonTable()
    {
        if (Comparisons.Count == 0)
            return null;
        var rows = new List<TableRow>();
        foreach (ScorerComparison comparison in Comparisons)
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
                            Tables.NumberText.Count(difference.OnlyFirst),
                            Tables.NumberText.Count(difference.OnlySecond),
                            difference.McNemarP is { } p ? Tables.NumberText.PValue(p) : "–",
                        ],
                        StartsGroup: first && rows.Count > 0
                    )
                );
                first = false;
            }
        }

        return new Table(
            $"{Name}: differences, percentage points",
            [
                new("Difference"),
                new("Figure"),
                new("Points", AlignRight: true),
                new("only first right", AlignRight: true),
                new("only second right", AlignRight: true),
                new("p", AlignRight: true),
            ],
            rows,
            [$"In brackets: {Interval} by a paired bootstrap. p: McNemar, exact."]
        );
    }

    /// <summary>What others published on this benchmark, marked as such; null where nothing was found.</summary>
    public Table? ToPublishedTable()
    {
        IReadOnlyList<PublishedResult> published = PublishedResults.For(Name);
        return published.Count == 0
            ? null
            : new Table(
                $"{Name}: {PublishedResult.Mark} by others, not measured here, percent",
                [new("Model"), new("Figure"), new("Value", AlignRight: true), new("Source")],
                [
                    .. published.Select(p => new TableRow([
                        $"{p.Model} ({PublishedResult.Mark})",
                        p.Metric,
                        Tables.NumberText.Percent(p.Share, 2),
                        p.Source,
                    ])),
                ],
                []
            );
    }

    /// <summary>
    /// Writes <c>items.csv</c>: a row an item (a caption, for retrieval), and for each scorer its scores, its choice, and whether that is right; for
    /// retrieval the place of the caption's picture, ties against it.
    /// </summary>
    public void WriteItems(string path)
    {
        var text = new StringBuilder();
        if (ChoiceScores is { } choices)
        {
            text.Append("item,group,image,right,options");
            foreach (ScorerDescription scorer in Scorers)
            {
                foreach (string column in (string[])["scores", "choice", "is_right", "is_tie"])
                    text.Append(',').Append(CsvText.Escape($"{scorer.Name} {column}"));
            }

            text.Append('\n');
            for (int i = 0; i < choices.Benchmark.Items.Count; i++)
            {
                ChoiceItem item = choices.Benchmark.Items[i];
                text.Append(CsvText.Escape(item.Id))
                    .Append(',')
                    .Append(CsvText.Escape(item.Group))
                    .Append(',')
                    .Append(CsvText.Escape(item.Image.Name))
                    .Append(CultureInfo.InvariantCulture, $",{item.Right},")
                    .Append(CsvText.Escape(string.Join(" | ", item.Options)));
                for (int s = 0; s < Scorers.Count; s++)
                {
                    Statistics.Choice choice = _choices[s].Choices[i];
                    text.Append(',')
                        .Append(string.Join(' ', choices.Scores[s][i].Select(x => ((float)x).ToString("R", CultureInfo.InvariantCulture))))
                        .Append(CultureInfo.InvariantCulture, $",{choice.Chosen},{(choice.Strict ? 1 : 0)},{(choice.IsTie ? 1 : 0)}");
                }

                text.Append('\n');
            }
        }
        else if (RetrievalScores is { } retrieval)
        {
            text.Append("caption,image");
            foreach (ScorerDescription scorer in Scorers)
                text.Append(',').Append(CsvText.Escape($"{scorer.Name} score")).Append(',').Append(CsvText.Escape($"{scorer.Name} rank"));
            text.Append('\n');
            for (int c = 0; c < retrieval.Benchmark.Captions.Count; c++)
            {
                RetrievalCaption caption = retrieval.Benchmark.Captions[c];
                text.Append(CsvText.Escape(caption.Text))
                    .Append(',')
                    .Append(CsvText.Escape(retrieval.Benchmark.Images[caption.Image].Name));
                foreach (float[][] scores in retrieval.Scores)
                {
                    float own = scores[c][caption.Image];
                    text.Append(CultureInfo.InvariantCulture, $",{own:R},{scores[c].Count(score => score >= own)}");
                }

                text.Append('\n');
            }
        }

        AtomicText.Write(path, text.ToString());
    }

    internal string Rule => $"direct.{Options.Ties.ToString().ToLowerInvariant()}";

    private string Interval => string.Create(CultureInfo.InvariantCulture, $"{Options.Confidence * 100:0.##} % intervals");

    /// <summary>A figure's key in words: "strict.macro_accuracy" is "macro average".</summary>
    internal static string Title(string key)
    {
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

    private Table ChoiceTable()
    {
        string[] further =
        [
            .. Results[0]
                .Estimates.Select(e => e.Key)
                .Where(key => key != $"{Rule}.accuracy" && !key.Contains(".by_group.", StringComparison.Ordinal)),
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
            .. Results.Select(
                (result, s) =>
                    new TableRow([
                        result.Scorer,
                        .. further
                            .Prepend($"{Rule}.accuracy")
                            .Select(key => result.Find(key) is { } found ? TableCell.Percent(found.Estimate, IsBest(result, key)) : "–"),
                        Tables.NumberText.Percent(_choices[s].First.Accuracy),
                        Tables.NumberText.Percent(_choices[s].Fractional.Accuracy),
                    ])
            ),
        ];
        return new Table(
            $"{Name}, percent",
            columns,
            rows,
            TableNotes(
                $"{Tables.NumberText.Count(Items)} items, chance {Tables.NumberText.Percent(Chance ?? double.NaN)}. Ties count as wrong."
            )
        );
    }

    private Table RetrievalTable()
    {
        string[] keys = [.. Results[0].Estimates.Select(e => e.Key)];
        TableRow[] rows =
        [
            .. Results.Select(result => new TableRow([
                result.Scorer,
                .. keys.Select(key => result.Find(key) is { } found ? TableCell.Percent(found.Estimate, IsBest(result, key)) : "–"),
            ])),
        ];
        return new Table(
            $"{Name}, percent",
            [new("Scorer"), .. keys.Select(key => new TableColumn(Title(key), AlignRight: true))],
            rows,
            TableNotes(
                $"{Tables.NumberText.Count(Images)} images, {Tables.NumberText.Count(Items)} captions; the arrow goes from what is asked to what is found. Ties count against what is sought."
            )
        );
    }

    private List<string> TableNotes(string first)
    {
        List<string> notes = [$"{first} In brackets: {Interval} by a bootstrap over pictures.", .. Notes];
        if (Missing.Count + Skipped.Count > 0)
        {
            notes.Add(
                $"Left out: {Tables.NumberText.Count(Missing.Count)} whose picture is missing, {Tables.NumberText.Count(Skipped.Count)} whose picture is broken."
            );
        }

        return notes;
    }

    private bool IsBest(ScorerFigures result, string key)
    {
        double[] values = [.. Results.Select(other => other.Find(key)?.Estimate.Value ?? double.NaN).Where(value => !double.IsNaN(value))];
        return Results.Count > 1 && values.Length > 0 && result.Find(key)?.Estimate.Value == values.Max();
    }

    private static ScorerFigures Figured(string scorer, IReadOnlyList<BenchmarkFigure> figures, IReadOnlyList<FigureEstimate> estimates)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (BenchmarkFigure figure in figures)
        {
            values[figure.Key] =
                figure.Text is not null ? figure.Text
                : figure.Number is not { } number || double.IsNaN(number) ? null
                : figure.IsRange ? new[] { number, figure.Highest!.Value }
                : number;
        }

        return new ScorerFigures(scorer, values, estimates);
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
