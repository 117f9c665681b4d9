using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of <see cref="StoredResult"/>s.</summary>
public static class StoredResultTables
{
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
                $"{firstName} is of {first.Benchmark}, {secondName} of {second.Benchmark}; only runs of one benchmark can stand "
                    + $"side by side."
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
                    BenchmarkTables.Title(key),
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
                $"{firstName} has {NumberText.Count(first.Items)} items, {secondName} {NumberText.Count(second.Items)}: the "
                    + $"figures are not of the same items."
            );
        }

        if (!first.AnnotationHashes.SequenceEqual(second.AnnotationHashes, StringComparer.Ordinal))
            notes.Add("What was judged differs (annotation files, or seeds of scenes): the figures may not be of the same items.");
        return new Table(
            $"{first.Benchmark}, percent",
            [new("Figure"), .. columns.Select(column => new TableColumn(column.Name, AlignRight: true))],
            rows,
            notes
        );
    }
}
