using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>The table of a <see cref="DenseMapDiagnosticsResult"/>.</summary>
public static class DenseMapTables
{
    /// <summary>The figures as a table.</summary>
    public static Table ToTable(this DenseMapDiagnosticsResult result) =>
        new(
            $"Dense maps of {result.Encoder}",
            [new("Measure"), new("Value", AlignRight: true)],
            [
                new TableRow(["noun, own object's patches against the other object's, AUC", TableCell.Fixed(result.NounAgainstOther, 3)]),
                new TableRow(["noun, own object's patches against background, AUC", TableCell.Fixed(result.NounAgainstBackground, 3)]),
                new TableRow(["color word, own against other, AUC", TableCell.Fixed(result.ColorAgainstOther, 3)]),
                new TableRow(["color word, own against background, AUC", TableCell.Fixed(result.ColorAgainstBackground, 3)]),
                new TableRow(["highest value of the map at CLS and end token, percent", TableCell.Percent(result.HighestAtClsAndEnd)]),
                new TableRow(["highest value at CLS, percent", TableCell.Percent(result.HighestAtCls)]),
                new TableRow(["highest value at the end token, percent", TableCell.Percent(result.HighestAtEnd)]),
            ],
            [
                $"{NumberText.Count(result.Scenes)} scenes of two tinted objects, {SceneWords.Of(result.Part)}. AUC 0.5: the "
                    + $"word does not point; below: it points away.",
            ]
        );
}
