using System.Globalization;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Statistics;
using Dcsm.Head;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of the validations that heads were saved with: a row a part, a column a stream and one for their mean.</summary>
public static class ValidationTables
{
    /// <summary>The validation of one head; null where it was saved without.</summary>
    public static Table? OfHead(DcsmHead head)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> validation = SeedSummary.ValidationOf(head);
        return validation.Count == 0
            ? null
            : Create(
                "Right caption of two, percent",
                validation.ToDictionary(part => part.Key, part => (IReadOnlyList<string>)[.. part.Value.Keys]),
                (part, stream) => NumberText.Percent(stream is null ? validation[part].Values.Average() : validation[part][stream])
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

    private static Table Create(string title, IReadOnlyDictionary<string, IReadOnlyList<string>> parts, Func<string, string?, string> cell)
    {
        // Parts of a mixture have streams of their own.
        string[] streams = [.. parts.Values.SelectMany(part => part).Distinct()];
        return new Table(
            title,
            [new("Validation"), .. streams.Select(stream => new TableColumn(stream, AlignRight: true)), new("mean", AlignRight: true)],
            [
                .. parts.Select(part => new TableRow([
                    part.Key.Replace('_', ' '),
                    .. streams.Select(stream => (TableCell)(part.Value.Contains(stream) ? cell(part.Key, stream) : "–")),
                    cell(part.Key, null),
                ])),
            ],
            []
        );
    }
}
