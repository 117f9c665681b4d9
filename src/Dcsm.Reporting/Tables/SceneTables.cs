using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>Tables of a <see cref="SceneEvaluationResult"/>.</summary>
public static class SceneTables
{
    /// <summary>
    /// The main table: a row per part and scorer, a column per kind and one for their mean, with intervals. The best of a part and column
    /// is strong. With <paramref name="details"/>, columns for the other direction and for groups.
    /// </summary>
    public static Table ToTable(this SceneEvaluationResult result, bool details = false)
    {
        List<TableColumn> columns = [new("Objects"), new("Scorer")];
        columns.AddRange(result.Kinds.Select(k => new TableColumn(SceneNames.Of(k), AlignRight: true)));
        columns.Add(new TableColumn("mean", AlignRight: true));
        if (details)
            columns.AddRange([new TableColumn("image for caption", AlignRight: true), new TableColumn("all right", AlignRight: true)]);

        List<TableRow> rows = [];
        foreach (SplitPart part in result.Parts)
        {
            for (int s = 0; s < result.Scorers.Count; s++)
            {
                List<TableCell> cells = [SceneWords.Of(part), result.Scorers[s].Name];
                foreach (SceneKind? kind in result.Kinds.Select(k => (SceneKind?)k).Append(null))
                {
                    double best = result.Scorers.Max(other =>
                        result.Find(other.Name, part, kind)?.Accuracy.Value ?? double.NegativeInfinity
                    );
                    cells.Add(
                        result.Find(result.Scorers[s].Name, part, kind) is { } cell
                            ? TableCell.Percent(cell.Accuracy, result.Scorers.Count > 1 && cell.Accuracy.Value == best)
                            : "–"
                    );
                }

                if (details)
                {
                    SceneCell? mean = result.Find(result.Scorers[s].Name, part);
                    cells.Add(mean is null ? "–" : TableCell.Percent(mean.ImageAccuracy));
                    cells.Add(mean is null ? "–" : TableCell.Percent(mean.GroupAccuracy));
                }

                rows.Add(new TableRow(cells, StartsGroup: s == 0 && rows.Count > 0));
            }
        }

        return new Table("Right caption of two, percent", columns, rows, Notes(result, details));
    }

    /// <summary>The comparisons: differences in points with intervals, and p values.</summary>
    public static Table ToComparisonTable(this SceneEvaluationResult result)
    {
        List<TableColumn> columns = [new("Objects"), new("Difference")];
        columns.AddRange(result.Kinds.Select(k => new TableColumn(SceneNames.Of(k), AlignRight: true)));
        columns.AddRange([new TableColumn("mean", AlignRight: true), new TableColumn("p", AlignRight: true)]);
        List<TableRow> rows = [];
        foreach (
            IGrouping<(SplitPart Part, string First, string Second), SceneComparison> group in result.Comparisons.GroupBy(c =>
                (c.Part, c.First, c.Second)
            )
        )
        {
            List<TableCell> cells = [SceneWords.Of(group.Key.Part), $"{group.Key.First} − {group.Key.Second}"];
            cells.AddRange(
                result.Kinds.Select(k => group.FirstOrDefault(c => c.Kind == k) is { } c ? TableCell.Points(c.Difference) : "–")
            );
            SceneComparison? mean = group.FirstOrDefault(c => c.Kind is null);
            cells.Add(mean is null ? "–" : TableCell.Points(mean.Difference));
            cells.Add(TableCell.PValue(mean?.McNemarP));
            rows.Add(
                new TableRow(
                    cells,
                    rows.Count > 0 && group.Key.Part != result.Comparisons[0].Part && rows[^1].Cells[0].Text != cells[0].Text
                )
            );
        }

        return new Table(
            "Differences, percentage points",
            columns,
            rows,
            [
                $"In brackets: {IntervalName(result)} by a paired bootstrap over samples. p: McNemar, exact, on samples whose "
                    + $"items are all right.",
            ]
        );
    }

    private static string IntervalName(SceneEvaluationResult result) =>
        string.Create(CultureInfo.InvariantCulture, $"{result.Options.Confidence * 100:0.##} % intervals");

    private static List<string> Notes(SceneEvaluationResult result, bool details)
    {
        SceneCell[] means = [.. result.Cells.Where(c => c.Kind is null)];
        SceneCell[] kinds = [.. result.Cells.Where(c => c.Kind is not null)];
        int least = kinds.Min(c => c.Samples),
            most = kinds.Max(c => c.Samples);
        string samples = least == most ? NumberText.Count(least) : $"{NumberText.Count(least)} to {NumberText.Count(most)}";
        List<string> notes =
        [
            $"{samples} {(most == 1 ? "sample" : "samples")} of each kind, each with two opposite images and {Paraphrases(result)} of "
                + $"caption and opposite caption. Chance 50. In brackets: {IntervalName(result)} by a bootstrap over samples.",
        ];
        if (details)
        {
            notes.Add(
                "Image for caption: the other direction, mean of the kinds, chance 50. All right: both images and both captions "
                    + "of a paraphrase at once, chance 16.7."
            );
        }

        foreach (SceneCell cell in means.Where(c => c.Ties > 0))
        {
            notes.Add(
                $"{cell.Scorer}, {SceneWords.Of(cell.Part)}: {NumberText.Count(cell.Ties)} of {NumberText.Count(cell.Items)} "
                    + $"choices are ties and count as wrong; counting half, the mean is {NumberText.Percent(cell.ExpectedAccuracy)}."
            );
        }

        return notes;
    }

    private static string Paraphrases(SceneEvaluationResult result)
    {
        int[] paraphrases = [.. result.TestSet.Tests.Select(t => t.Paraphrases).Distinct()];
        return paraphrases is [1] ? "one paraphrase"
            : paraphrases is [2] ? "two paraphrases"
            : "several paraphrases";
    }
}
