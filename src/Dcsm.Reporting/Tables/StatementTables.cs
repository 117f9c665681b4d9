using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of a <see cref="StatementEvaluationResult"/>.</summary>
public static class StatementTables
{
    private static readonly StatementWordings[] Wordings = Enum.GetValues<StatementWordings>();

    /// <summary>
    /// The figures: true statements against false ones of the same picture; one threshold for all, and probabilities; galleries. A row per
    /// part, wordings and scorer; the best of a column is strong.
    /// </summary>
    public static IReadOnlyList<Table> ToTables(this StatementEvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        string intervals = string.Create(
            CultureInfo.InvariantCulture,
            $"In brackets: {result.Options.Confidence * 100:0.##} % intervals by a bootstrap over pictures."
        );
        (string Scorer, int Place)[] scorers = [.. result.Scorers.Select((scorer, s) => (scorer.Name, s))];
        return
        [
            .. Layouts(result)
                .Select(layout =>
                    Render(
                        result,
                        layout,
                        layout.Title,
                        "Scorer",
                        scorers,
                        (scorer, part, wordings, column) => Cell(result, scorer.Scorer, part, wordings, column),
                        scorer => scorer.Scorer,
                        [.. layout.Notes, intervals]
                    )
                ),
        ];
    }

    /// <summary>The same tables with differences of scorers in place of figures; none where there is one scorer.</summary>
    public static IReadOnlyList<Table> ToDifferenceTables(this StatementEvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        (string First, string Second)[] pairs = [.. result.Differences.Select(d => (d.First, d.Second)).Distinct()];
        return pairs.Length == 0
            ? []
            :
            [
                .. Layouts(result)
                    .Select(layout =>
                        Render(
                            result,
                            layout,
                            $"Differences: {layout.Title}",
                            "Difference",
                            pairs,
                            (pair, part, wordings, column) => Difference(result, pair, part, wordings, column),
                            pair => $"{pair.First} − {pair.Second}",
                            ["In brackets: intervals by a paired bootstrap over pictures."]
                        )
                    ),
            ];
    }

    private static Table Render<T>(
        StatementEvaluationResult result,
        Layout layout,
        string title,
        string what,
        IReadOnlyList<T> rows,
        Func<T, SplitPart, StatementWordings, Column, TableCell> cell,
        Func<T, string> name,
        IReadOnlyList<string> notes
    )
    {
        List<TableRow> written = [];
        foreach (SplitPart part in result.Parts)
        {
            foreach (StatementWordings wordings in layout.Wordings)
            {
                for (int r = 0; r < rows.Count; r++)
                {
                    List<TableCell> cells = [SceneWords.Of(part)];
                    if (layout.Wordings.Count > 1)
                        cells.Add(SceneWords.Of(wordings));
                    cells.Add(name(rows[r]));
                    cells.AddRange(layout.Columns.Select(column => cell(rows[r], part, wordings, column)));
                    written.Add(new TableRow(cells, StartsGroup: r == 0 && written.Count > 0));
                }
            }
        }

        List<TableColumn> columns = [new("Objects")];
        if (layout.Wordings.Count > 1)
            columns.Add(new TableColumn("Wordings"));
        columns.Add(new TableColumn(what));
        columns.AddRange(layout.Columns.Select(column => new TableColumn(column.Header, AlignRight: true)));
        return new Table(title, columns, written, notes);
    }

    private static TableCell Cell(
        StatementEvaluationResult result,
        string scorer,
        SplitPart part,
        StatementWordings wordings,
        Column column
    )
    {
        if (result.Find(scorer, part, column.Measure, wordings, column.Kind) is not { } figure)
            return "–";
        double[] all =
        [
            .. result
                .Scorers.Select(other => result.Find(other.Name, part, column.Measure, wordings, column.Kind))
                .Where(other => other is not null)
                .Select(other => other!.Value.Value),
        ];
        bool isError = column.Measure is StatementMeasure.CalibrationError or StatementMeasure.BrierScore;
        return TableCell.Percent(figure.Value, all.Length > 1 && figure.Value.Value == (isError ? all.Min() : all.Max()));
    }

    private static TableCell Difference(
        StatementEvaluationResult result,
        (string First, string Second) pair,
        SplitPart part,
        StatementWordings wordings,
        Column column
    ) =>
        result.Differences.FirstOrDefault(d =>
            (d.First, d.Second) == pair && (d.Part, d.Measure, d.Wordings, d.Kind) == (part, column.Measure, wordings, column.Kind)
        )
            is { } found
            ? TableCell.Points(found.Difference)
            : "–";

    private static Layout[] Layouts(StatementEvaluationResult result) =>
        [
            new(
                "True statement above a false one of the same picture, percent",
                Wordings,
                [
                    .. result.Kinds.Select(kind => new Column(SceneNames.Of(kind), StatementMeasure.WithinKinds, kind)),
                    new("mean", StatementMeasure.WithinKinds),
                    new("across kinds", StatementMeasure.AcrossKinds),
                    new("best of 4", StatementMeasure.BestOfFour),
                ],
                [
                    $"{Pictures(result)} pictures; of each kind that can be said of a picture a true and a false statement in each of the "
                        + "wordings. Ties count half. Chance 50. Across kinds: a true statement of one kind against a false one of "
                        + "another. Best of 4: colors and relation in one caption against those with colors, relation or both "
                        + "exchanged, chance 25.",
                    .. CutNotes(result),
                ]
            ),
            new(
                "The same where only what goes with what differs, percent",
                Wordings,
                [
                    .. result
                        .Kinds.Where(kind =>
                            result.Figures.Any(figure => figure.Measure == StatementMeasure.Exchanged && figure.Kind == kind)
                        )
                        .Select(kind => new Column(SceneNames.Of(kind), StatementMeasure.Exchanged, kind)),
                    new("mean", StatementMeasure.Exchanged),
                ],
                [
                    "Of the pairs above, those that name the same objects, colors and sizes: exchanged, standing otherwise to each other, "
                        + "or there in place of not there.",
                ]
            ),
            new(
                "One threshold for all pictures and statements, percent",
                Wordings,
                [
                    new("AUROC", StatementMeasure.Auroc),
                    new("average precision", StatementMeasure.AveragePrecision),
                    new("calibration error", StatementMeasure.CalibrationError),
                    new("Brier score", StatementMeasure.BrierScore),
                ],
                [
                    $"{Statements(result)} Calibration error: expected calibration error of the probabilities in 15 bins of equal width, "
                        + "the lower the better, as the Brier score; – for scorers without a calibration. The error's interval "
                        + "reaches too high: drawing pictures anew adds noise to every bin.",
                ]
            ),
            new(
                "Galleries of all pictures and a true caption of each, percent",
                [StatementWordings.Trained],
                [
                    new("caption → picture R@1", StatementMeasure.CaptionToPictureAt1),
                    new("caption → picture R@5", StatementMeasure.CaptionToPictureAt5),
                    new("picture → caption R@1", StatementMeasure.PictureToCaptionAt1),
                    new("picture → caption R@5", StatementMeasure.PictureToCaptionAt5),
                ],
                [
                    $"{Pictures(result)} pictures, one true statement of each in trained wordings, all kinds mixed. Each candidate "
                        + "for which the statement is true counts as right; those of which one can't tell are no candidates. Ties "
                        + $"count in part. Guessing: {Guessing(result)}.",
                ]
            ),
        ];

    private static string Pictures(StatementEvaluationResult result) =>
        NumberText.Count(result.TestSet.Pictures.Count / result.Parts.Count);

    private static string Statements(StatementEvaluationResult result)
    {
        StatementFigure figure = result.Figures.First(f => f.Measure == StatementMeasure.AveragePrecision);
        return $"{NumberText.Count(figure.Items)} statements in each of the wordings, {NumberText.Percent(figure.Chance!.Value, 0)} % of "
            + "them true, where guessing has an AUROC of 50.";
    }

    private static string Guessing(StatementEvaluationResult result) =>
        string.Join(
            ", ",
            result
                .Figures.Where(figure => figure.Scorer == result.Scorers[0].Name && figure.Measure >= StatementMeasure.CaptionToPictureAt1)
                .GroupBy(figure => figure.Measure)
                .Select(parts => NumberText.Percent(parts.Average(figure => figure.Chance!.Value)))
        );

    private static IEnumerable<string> CutNotes(StatementEvaluationResult result) =>
        result
            .Scorers.Select((scorer, s) => (scorer.Name, Cut: result.CutCaptions[s]))
            .Where(scorer => scorer.Cut > 0)
            .Select(scorer =>
                $"{scorer.Name} reads only the beginning of {NumberText.Count(scorer.Cut)} of {NumberText.Count(result.Captions)} "
                + "captions, which are longer than what it takes."
            );

    /// <summary>A column of figures.</summary>
    private sealed record Column(string Header, StatementMeasure Measure, StatementKind? Kind = null);

    /// <summary>A table, whether of figures or of differences.</summary>
    private sealed record Layout(
        string Title,
        IReadOnlyList<StatementWordings> Wordings,
        IReadOnlyList<Column> Columns,
        IReadOnlyList<string> Notes
    );
}
