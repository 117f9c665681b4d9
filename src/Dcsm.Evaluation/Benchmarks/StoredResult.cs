using System.Text.Json;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.Tables;

namespace Dcsm.Evaluation.Benchmarks;

/// <summary>What a <c>results.json</c> of <see cref="BenchmarkResult"/> holds, to be put beside another one.</summary>
/// <param name="Benchmark">The benchmark's name.</param>
/// <param name="Items">Items that were judged.</param>
/// <param name="AnnotationHashes">Hashes of the annotation files, sorted.</param>
/// <param name="Scorers">Each scorer's figures with intervals, by key.</param>
public sealed record StoredResult(
    string Benchmark,
    int Items,
    IReadOnlyList<string> AnnotationHashes,
    IReadOnlyList<(string Name, IReadOnlyDictionary<string, Estimate> Estimates)> Scorers
)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static StoredResult Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file", path);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            return new StoredResult(
                root.GetProperty("benchmark").GetString()!,
                root.GetProperty("items").GetInt32(),
                [
                    .. root.GetProperty("annotationFiles")
                        .EnumerateObject()
                        .Select(file => file.Value.GetString()!)
                        .Order(StringComparer.Ordinal),
                ],
                [
                    .. root.GetProperty("results")
                        .EnumerateArray()
                        .Select(result =>
                            (
                                result.GetProperty("scorer").GetString()!,
                                (IReadOnlyDictionary<string, Estimate>)
                                    result
                                        .GetProperty("estimates")
                                        .EnumerateArray()
                                        .ToDictionary(
                                            estimate => estimate.GetProperty("key").GetString()!,
                                            estimate => Number(estimate.GetProperty("estimate"))
                                        )
                            )
                        ),
                ]
            );
        }
        catch (Exception e)
            when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path}: is not the results.json of a benchmark ({e.Message})", e);
        }
    }

    /// <summary>Two runs side by side: a row a figure, a column a scorer of each run, percent; the best of a row is strong.</summary>
    /// <param name="first">One run.</param>
    /// <param name="firstName">What it is called.</param>
    /// <param name="second">The other run.</param>
    /// <param name="secondName">What it is called.</param>
    /// <exception cref="ArgumentException">They are of different benchmarks.</exception>
    public static Table Compare(StoredResult first, string firstName, StoredResult second, string secondName)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Benchmark != second.Benchmark)
        {
            throw new ArgumentException(
                $"{firstName} is of {first.Benchmark}, {secondName} of {second.Benchmark}; only runs of one benchmark can stand side by side."
            );
        }

        (string Name, IReadOnlyDictionary<string, Estimate> Estimates)[] columns =
        [
            .. first.Scorers.Select(s => ($"{firstName}: {s.Name}", s.Estimates)),
            .. second.Scorers.Select(s => ($"{secondName}: {s.Name}", s.Estimates)),
        ];
        var rows = new List<TableRow>();
        foreach (
            string key in columns
                .SelectMany(column => column.Estimates.Keys)
                .Distinct()
                .Where(key => !key.Contains(".by_group.", StringComparison.Ordinal))
        )
        {
            double best = columns.Max(column =>
                column.Estimates.TryGetValue(key, out Estimate e) && !double.IsNaN(e.Value) ? e.Value : double.NegativeInfinity
            );
            rows.Add(
                new TableRow([
                    BenchmarkResult.Title(key),
                    .. columns.Select(column =>
                        column.Estimates.TryGetValue(key, out Estimate e) ? TableCell.Percent(e, e.Value == best) : "–"
                    ),
                ])
            );
        }

        List<string> notes = [];
        if (first.Items != second.Items)
        {
            notes.Add(
                $"{firstName} has {NumberText.Count(first.Items)} items, {secondName} {NumberText.Count(second.Items)}: the figures are not of the same items."
            );
        }

        if (!first.AnnotationHashes.SequenceEqual(second.AnnotationHashes, StringComparer.Ordinal))
            notes.Add("The annotation files differ: the figures may not be of the same items.");
        return new Table(
            $"{first.Benchmark}, percent",
            [new("Figure"), .. columns.Select(column => new TableColumn(column.Name, AlignRight: true))],
            rows,
            notes
        );
    }

    private static Estimate Number(JsonElement estimate)
    {
        double Of(string name) =>
            estimate.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;
        return new Estimate(Of("value"), Of("low"), Of("high"));
    }
}
