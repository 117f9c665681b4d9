using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;

namespace Dcsm.Reporting.Tables;

/// <summary>The table of a <see cref="ZeroShotResult"/>.</summary>
public static class ZeroShotTables
{
    /// <summary>The figures as a table.</summary>
    public static Table ToTable(this ZeroShotResult result) =>
        new(
            $"Single objects, zero-shot, {result.Encoder}",
            [new("Question"), new("Choices", AlignRight: true), new("Pictures", AlignRight: true), new("Right, percent", AlignRight: true)],
            [
                Row($"object, \"{result.Options.Prompt}\"", result.Names, result.Pictures, result.Naming),
                Row("object among the best five", result.Names, result.Pictures, result.NamingTop5),
                Row($"object, {result.Options.Ensemble.Count} prompts", result.Names, result.Pictures, result.NamingEnsemble),
                Row($"color, \"{result.Options.ColorPrompt}\"", result.Colors, result.TintedPictures, result.ColorNaming),
            ],
            [
                "In brackets: Wilson's 95 % intervals over pictures.".Replace(
                    "95",
                    NumberText.Fixed(result.Options.Confidence * 100, 0),
                    StringComparison.Ordinal
                ),
            ]
        );

    private static TableRow Row(string question, int choices, int pictures, Estimate share) =>
        new([question, TableCell.Count(choices), TableCell.Count(pictures), TableCell.Percent(share)]);
}
