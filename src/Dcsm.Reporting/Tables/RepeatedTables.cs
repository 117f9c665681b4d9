using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Repeats;

namespace Dcsm.Reporting.Tables;

/// <summary>The table of a <see cref="RepeatedEvaluation"/>.</summary>
public static class RepeatedTables
{
    /// <summary>A row per method: the kinds and their mean in one part, and the difference of the mean to the first method.</summary>
    /// <param name="result">The methods.</param>
    /// <param name="part">The part.</param>
    public static Table ToTable(this RepeatedEvaluation result, SplitPart part)
    {
        SceneKind[] kinds =
        [
            .. result.Cells.Where(cell => cell.Part == part && cell.Kind is not null).Select(cell => cell.Kind!.Value).Distinct(),
        ];
        int seeds = result.Methods[0].Seeds;
        return new Table(
            $"Right caption of two, percent, {SceneWords.Of(part)}",
            [
                new("Variant"),
                new("what is different"),
                new("parameters", AlignRight: true),
                .. kinds.Select(kind => new TableColumn(SceneNames.Of(kind), AlignRight: true)),
                new("mean", AlignRight: true),
                new("difference", AlignRight: true),
            ],
            [
                .. result.Methods.Select(
                    (method, m) =>
                        new TableRow([
                            method.Name,
                            method.Description,
                            TableCell.Count(method.Parameters),
                            .. kinds.Select(kind => TableCell.Percent(result.Find(method.Name, part, kind)!.Accuracy)),
                            TableCell.Percent(result.Find(method.Name, part)!.Accuracy),
                            m == 0 ? "–" : TableCell.Points(result.Find(method.Name, part)!.Difference),
                        ])
                ),
            ],
            [
                $"Means of {seeds} {(seeds == 1 ? "seed" : "seeds")}; in brackets 95 % intervals by a bootstrap over "
                    + $"samples{(seeds == 1 ? "" : " and seeds")}. Difference: of the mean, in points, to "
                    + $"{result.Methods[0].Name}, by the same samples and seeds. Chance is 50.",
            ]
        );
    }
}
