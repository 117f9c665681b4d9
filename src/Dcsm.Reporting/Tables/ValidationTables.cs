using System.Globalization;
using System.Text.Json;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of the validations that heads were saved with: a row a part, a column a stream and one for their mean.</summary>
public static class ValidationTables
{
    /// <summary>The validation of one head, with how many comparisons each figure is of; null where it was saved without.</summary>
    public static Table? OfHead(DcsmHead head)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> validation = SeedSummary.ValidationOf(head);
        Dictionary<string, Dictionary<string, long>> counts =
            head.Config.Metrics["validationCounts"]?.Deserialize<Dictionary<string, Dictionary<string, long>>>() ?? [];
        return validation.Count == 0
            ? null
            : Create(
                "Right caption of two, percent",
                validation.ToDictionary(part => part.Key, part => (IReadOnlyList<string>)[.. part.Value.Keys]),
                (part, stream) => NumberText.Percent(stream is null ? validation[part].Values.Average() : validation[part][stream]),
                (part, stream) =>
                    !counts.TryGetValue(part, out Dictionary<string, long>? all) ? null
                    : stream is null ? all.Values.Sum()
                    : all.TryGetValue(stream, out long count) ? count
                    : null
            );
    }

    /// <summary>Heads of several seeds: mean and standard deviation; null where they were saved without validation.</summary>
    public static Table? ToTable(this SeedSummary summary) =>
        summary.Parts.Count == 0
            ? null
            : Create(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Right caption of two, percent; mean ± standard deviation of {summary.Seeds} seeds"
                ),
                summary.Parts,
                (part, stream) =>
                {
                    (double mean, double deviation) = summary.Of(part, stream);
                    return $"{NumberText.Percent(mean)} ± {NumberText.Percent(deviation)}";
                }
            );

    /// <param name="title">What the figures are.</param>
    /// <param name="parts">The streams of each part.</param>
    /// <param name="cell">The figure of a part and stream, or of the mean of its streams.</param>
    /// <param name="count">How many comparisons it is of, or all together; null where that is not known.</param>
    private static Table Create(
        string title,
        IReadOnlyDictionary<string, IReadOnlyList<string>> parts,
        Func<string, string?, string> cell,
        Func<string, string?, long?>? count = null
    )
    {
        // Parts of a mixture have streams of their own.
        string[] streams = [.. parts.Values.SelectMany(part => part).Distinct()];
        return new Table(
            title,
            [new("Validation"), .. streams.Select(stream => new TableColumn(stream, AlignRight: true)), new("mean", AlignRight: true)],
            [
                .. parts.SelectMany(part =>
                    (IEnumerable<TableRow>)
                        [
                            new([
                                part.Key.Replace('_', ' '),
                                .. streams.Select(stream => (TableCell)(part.Value.Contains(stream) ? cell(part.Key, stream) : "–")),
                                cell(part.Key, null),
                            ]),
                            .. count?.Invoke(part.Key, null) is { } all
                                ? (IEnumerable<TableRow>)
                                    [new(["  of", .. streams.Select(stream => Of(part.Key, stream)), TableCell.Count(all)])]
                                : [],
                        ]
                ),
            ],
            []
        );

        TableCell Of(string part, string stream) => count?.Invoke(part, stream) is { } number ? TableCell.Count(number) : "–";
    }
}
