using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Geometry;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;

namespace Dcsm.Reporting.Tables;

/// <summary>What several scorers made of the same, in one table.</summary>
public static class ComparedTables
{
    /// <summary>A row a scorer: names and colors of single objects.</summary>
    public static Table ToTable(this IReadOnlyList<ScorerResult<ZeroShotResult>> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ZeroShotResult first = results[0].Result;
        return new Table(
            "Single objects, zero-shot",
            [new("Scorer"), .. Columns("Object, %", "among the best five, %", $"{first.Options.Ensemble.Count} prompts, %", "Color, %")],
            [
                .. results.Select(own => new TableRow([
                    own.Scorer,
                    .. Strong(results, own, result => result.Naming, result => result.NamingTop5),
                    .. Strong(results, own, result => result.NamingEnsemble, result => result.ColorNaming),
                ])),
            ],
            [
                $"{NumberText.Count(first.Pictures, "picture")} of {first.Names} names, \"{first.Options.Prompt}\"; {first.Colors} colors "
                    + $"of {NumberText.Count(first.TintedPictures, "picture")}, \"{first.Options.ColorPrompt}\". Small: Wilson's "
                    + $"{NumberText.Fixed(first.Options.Confidence * 100, 0)} % intervals over pictures. Bold: the best.",
            ]
        );
    }

    /// <summary>
    /// A row a scorer: how it names the pictures of a data set; and, where there are several templates, a row a template and a column a
    /// scorer.
    /// </summary>
    public static IReadOnlyList<Table> ToTables(this IReadOnlyList<ScorerResult<ClassificationResult>> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        return results.All(own => own.Result.Single.Count > 1) ? [Named(results), ByTemplate(results)] : [Named(results)];
    }

    private static Table ByTemplate(IReadOnlyList<ScorerResult<ClassificationResult>> results)
    {
        TableRow Row(string name, Func<ClassificationResult, TableCell> figure) =>
            new([name, .. results.Select(own => figure(own.Result))]);
        return new Table(
            "Template by template",
            [new("Asked with"), .. Columns([.. results.Select(own => $"{own.Scorer}, %")])],
            [
                .. results[0]
                    .Result.Single.Select(
                        (template, t) =>
                            Row(
                                template.Name,
                                result => TableCell.Percent(result.Single[t].Top1, result.Single[t].Name == result.BestSingle)
                            )
                    ),
                Row("mean of the templates", result => TableCell.Percent(result.MeanOfSingle!.Value)) with
                {
                    StartsGroup = true,
                },
                Row("all together", result => TableCell.Percent(result.Main.Top1)),
            ],
            [
                "Top-1. All together: cosines by the mean of the templates' embeddings, a DCSM head by that of their scores, ITM by that "
                    + "of their probabilities. Bold: the best of each.",
            ]
        );
    }

    private static Table Named(IReadOnlyList<ScorerResult<ClassificationResult>> results)
    {
        ClassificationResult first = results[0].Result;
        bool top5 = first.Main.Top5 is not null,
            precision = first.Main.MeanAveragePrecision is not null;
        List<string> columns = ["Top-1, %", "Mean per class, %"];
        if (top5)
            columns.Add("Top-5, %");
        if (precision)
            columns.Add("mAP, %");
        return new Table(
            first.Data,
            [new("Scorer"), new("Asked with"), .. Columns([.. columns])],
            [
                .. results.Select(own =>
                {
                    List<TableCell> cells =
                    [
                        own.Scorer,
                        own.Result.Main.Name,
                        .. Strong(results, own, result => result.Main.Top1, result => result.Main.MeanPerClassRecall),
                    ];
                    if (top5)
                        cells.AddRange(Strong(results, own, result => result.Main.Top5!.Value));
                    if (precision)
                        cells.Add(TableCell.Percent(own.Result.Main.MeanAveragePrecision!.Value));
                    return new TableRow(cells);
                }),
            ],
            [
                $"{NumberText.Count(first.PictureCount, "picture")} of {first.ClassCount} classes; small: 95 % intervals (top-1 and "
                    + "top-5 by Wilson, the mean per class by bootstrap over pictures). Ties count as wrong. Bold: the best.",
            ]
        );
    }

    /// <summary>A column a CLIP: the conditions of an ideal one; and a column a scorer: those that a score can be asked.</summary>
    public static IReadOnlyList<Table> ToTables(this IReadOnlyList<ScorerResult<GeometryResult>> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ScoredConditions[] scored = [.. results.SelectMany(own => own.Result.Scored)];
        return
        [
            Conditions(
                "Conditions of an ideal CLIP",
                [.. results.Select(own => (own.Scorer, (IReadOnlyList<GeometryCondition>)[.. own.Result.Asked]))]
            ),
            .. scored.Length > 0
                ? [Conditions("Conditions that can be asked of a score", [.. scored.Select(own => (own.Name, own.Conditions))])]
                : (Table[])[],
        ];
    }

    private static Table Conditions(string title, IReadOnlyList<(string Name, IReadOnlyList<GeometryCondition> Conditions)> scorers) =>
        new(
            title,
            [new(""), new("Condition"), new("Cases", AlignRight: true), .. Columns([.. scorers.Select(own => $"{own.Name}, %")])],
            [
                .. scorers[0]
                    .Conditions.Select(
                        (condition, c) =>
                            new TableRow([
                                condition.Id,
                                condition.Words,
                                TableCell.Count(condition.Cases),
                                .. scorers.Select(own => TableCell.Percent(own.Conditions[c].Satisfied)),
                            ])
                    ),
            ],
            ["Satisfied, percent. Ties do not satisfy. Small: 95 % intervals, clustered by concept."]
        );

    private static TableColumn[] Columns(params string[] names) => [.. names.Select(name => new TableColumn(name, AlignRight: true))];

    private static IEnumerable<TableCell> Strong<T>(
        IReadOnlyList<ScorerResult<T>> results,
        ScorerResult<T> own,
        params Func<T, Estimate>[] figures
    ) => figures.Select(of => TableCell.Percent(of(own.Result), of(own.Result).Value == results.Max(other => of(other.Result).Value)));
}
