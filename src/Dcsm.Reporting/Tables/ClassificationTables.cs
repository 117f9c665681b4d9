using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>The tables of a <see cref="ClassificationResult"/>.</summary>
public static class ClassificationTables
{
    private const int PairsShown = 20;

    /// <summary>Template by template, their mean, the ensemble and its gain.</summary>
    public static Table ToTable(this ClassificationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        bool top5 = result.Main.Top5 is not null,
            precision = result.Main.MeanAveragePrecision is not null;
        List<TableColumn> columns = [new("Asked with"), new("Top-1, %", AlignRight: true)];
        if (top5)
            columns.Add(new("Top-5, %", AlignRight: true));
        columns.Add(new("Mean per class, %", AlignRight: true));
        if (precision)
            columns.Add(new("mAP, %", AlignRight: true));
        List<TableRow> rows = [.. result.Single.Select(own => Row(own, own.Name == result.BestSingle && result.Single.Count > 1))];
        if (result.MeanOfSingle is { } mean && result.Single.Count > 1)
        {
            TableCell[] rest = [.. columns.Skip(2).Select(_ => new TableCell(""))];
            rows.Add(new TableRow(["mean of the templates", TableCell.Percent(mean), .. rest], StartsGroup: true));
        }

        rows.Add(Row(result.Main, strong: false) with { StartsGroup = true });
        List<string> notes =
        [
            $"{NumberText.Count(result.PictureCount, "picture")} of {result.ClassCount} classes; small: 95 % intervals (top-1 and top-5 by "
                + "Wilson, the mean per class by bootstrap over pictures). Ties count as wrong.",
        ];
        if (result.Single.Count > 1)
        {
            notes.Add(
                $"The ensemble gains {Points(result.GainOverMean!.Value)} over the mean of the templates and "
                    + $"{Points(result.GainOverBest!.Value)} over the best one (paired bootstrap over pictures)."
            );
        }

        if (result.LeftOut.Count > 0)
            notes.Add($"Could not be read and left out: {NumberText.Count(result.LeftOut.Count, "picture")}.");
        return new Table($"{result.Data}, {result.Encoder}", columns, rows, notes);

        TableRow Row(ClassFigures own, bool strong)
        {
            List<TableCell> cells = [own.Name, TableCell.Percent(own.Top1, strong)];
            if (top5)
                cells.Add(TableCell.Percent(own.Top5!.Value));
            cells.Add(TableCell.Percent(own.MeanPerClassRecall));
            if (precision)
                cells.Add(TableCell.Percent(own.MeanAveragePrecision!.Value));
            return new TableRow(cells);
        }
    }

    /// <summary>Classes that are taken for one another most often.</summary>
    public static Table ToConfusionTable(this ClassificationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new Table(
            "Taken for another most often",
            [new("Class"), new("Taken for"), new("Pictures", AlignRight: true)],
            [.. result.Confusions.Take(PairsShown).Select(pair => new TableRow([pair.Class, pair.Chosen, TableCell.Count(pair.Count)]))],
            []
        );
    }

    private static string Points(Estimate gain) =>
        $"{NumberText.Points(gain.Value)} ({NumberText.Points(gain.Low)} to {NumberText.Points(gain.High)}) points";
}
