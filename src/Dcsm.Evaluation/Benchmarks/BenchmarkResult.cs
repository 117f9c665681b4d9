using System.Text.Json.Serialization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Csv;
using Dcsm.IO.Digests;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>
/// All figures of a run on a benchmark, and what is needed to trace them: <see cref="ChoiceBenchmarkResult"/>,
/// <see cref="MatchBenchmarkResult"/> or <see cref="RetrievalBenchmarkResult"/>.
/// </summary>
public abstract class BenchmarkResult
{
    private protected BenchmarkResult(
        Benchmark benchmark,
        IReadOnlyList<ScorerDescription> scorers,
        IReadOnlyList<string> skipped,
        IReadOnlyDictionary<string, string>? arguments,
        BenchmarkStatisticsOptions? options
    )
    {
        Options = options ?? new BenchmarkStatisticsOptions();
        Name = benchmark.Name;
        Arguments = arguments ?? new Dictionary<string, string>();
        Scorers = scorers;
        Missing = benchmark.Missing;
        Skipped = skipped;
        Warnings = benchmark.Warnings;
        AnnotationFiles = benchmark.AnnotationFiles.ToDictionary(file => file, Sha256Digest.OfFile);
    }

    /// <summary>The benchmark's name.</summary>
    [JsonPropertyName("benchmark")]
    public string Name { get; }

    /// <summary>What was asked for, in the order to be shown.</summary>
    public IReadOnlyDictionary<string, string> Arguments { get; }

    /// <summary>What computed it.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; } = SoftwareVersions.Current();

    /// <summary>The annotation files that were read, with their hashes ("sha256:…").</summary>
    public IReadOnlyDictionary<string, string> AnnotationFiles { get; }

    /// <summary>How intervals were computed.</summary>
    public BenchmarkStatisticsOptions Options { get; }

    /// <summary>Items that were judged; captions, for retrieval.</summary>
    public int Items { get; private protected init; }

    /// <summary>Different pictures among them.</summary>
    public int Images { get; private protected init; }

    /// <summary>Places of the annotation whose pictures were not there.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>What was left out because its picture is broken, with the reason.</summary>
    public IReadOnlyList<string> Skipped { get; }

    /// <summary>What was odd in the files.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>The scorers in the order asked for.</summary>
    public IReadOnlyList<ScorerDescription> Scorers { get; }

    /// <summary>The figures of each scorer.</summary>
    public IReadOnlyList<ScorerFigures> Results { get; private protected init; } = [];

    /// <summary>Each scorer against each earlier one.</summary>
    public IReadOnlyList<ScorerComparison> Comparisons { get; private protected init; } = [];

    /// <summary>Captions that are longer than a scorer reads, and were cut; of each scorer that cuts some.</summary>
    public IReadOnlyList<CutCaptions> CutCaptions { get; private protected init; } = [];

    /// <summary>What has to be known beside the figures.</summary>
    public IReadOnlyList<string> Notes { get; private protected init; } = [];

    /// <summary>The key of the figure that stands for the benchmark where there is room for one alone.</summary>
    public string MainFigure { get; private protected init; } = "";

    /// <summary>The groups that figures are also given by, in the order of their names, with the number of their items.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Group, int Items)> Groups { get; private protected init; } = [];

    /// <summary>What groups belong to, likewise.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Category, int Items)> Categories { get; private protected init; } = [];

    /// <summary>What guessing gives for <see cref="MainFigure"/>; null for retrieval, where it depends on k.</summary>
    public double? Chance { get; private protected init; }

    /// <summary>As JSON: camelCase, invariant, shortest numbers that read back the same.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    /// <summary>Writes <see cref="ToJson"/> to a file, whole or not at all.</summary>
    public void WriteJson(string path) => AtomicFile.Write(path, ToJson());

    /// <summary>
    /// Writes <c>items.csv</c>: a row an item (a caption, for retrieval), with the scores of each scorer and whether they are right.
    /// </summary>
    public void WriteItems(string path, bool raw = false) => AtomicFile.Write(path, stream => CsvTable.Write(stream, ItemRows(), raw));

    private protected abstract IEnumerable<IEnumerable<string>> ItemRows();

    private protected static IEnumerable<(string Group, int Items)> GroupsOf(IEnumerable<string> items) =>
        items.All(group => group.Length == 0)
            ? []
            : items
                .GroupBy(group => group, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => (group.Key, group.Count()));

    /// <summary>Each scorer against each earlier one.</summary>
    private protected IReadOnlyList<ScorerComparison> Compare<T>(
        IReadOnlyList<T> results,
        Func<T, T, BenchmarkStatisticsOptions, IReadOnlyList<FigureDifference>> compare
    ) =>
        [
            .. from later in Enumerable.Range(0, results.Count)
            from earlier in Enumerable.Range(0, later)
            select new ScorerComparison(Scorers[later].Name, Scorers[earlier].Name, compare(results[later], results[earlier], Options)),
        ];

    /// <summary>
    /// The figures as JSON has them: a text, two numbers where ties leave one open, a number, or null where there is nothing to count.
    /// </summary>
    private protected static ScorerFigures Figured(
        string scorer,
        IReadOnlyList<BenchmarkFigure> figures,
        IReadOnlyList<FigureEstimate> estimates
    )
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
}
