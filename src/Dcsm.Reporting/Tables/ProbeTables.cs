using System.Globalization;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Reporting.Tables;

/// <summary>The tables of a <see cref="ProbeResult"/>.</summary>
public static class ProbeTables
{
    /// <summary>The probe beside zero-shot on each data set, and the probes of few pictures.</summary>
    public static IEnumerable<Table> ToTables(this ProbeResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        yield return new Table(
            $"Linear probe, {result.Tests[0].Encoder}",
            [
                new("Data"),
                new("Classes", AlignRight: true),
                new("Pictures", AlignRight: true),
                new("Zero-shot, %", AlignRight: true),
                new("Probe, %", AlignRight: true),
                new("Gain, points", AlignRight: true),
                new("Mean per class, %", AlignRight: true),
            ],
            [
                .. result.Tests.Select(test => new TableRow([
                    test.Data,
                    TableCell.Count(test.ClassCount),
                    TableCell.Count(test.PictureCount),
                    TableCell.Percent(test.Single[0].Top1),
                    TableCell.Percent(test.Main.Top1),
                    TableCell.Points(test.GainOverMean!.Value),
                    TableCell.Percent(test.Main.MeanPerClassRecall),
                ])),
            ],
            [
                $"{NumberText.Count(result.TrainingPictures, "picture")} trained on; C = "
                    + result.C.ToString("0.###e-0", CultureInfo.InvariantCulture)
                    + (result.Trials.Count > 0 ? ", chosen on validation" : "")
                    + $"; {NumberText.Count(result.Iterations, "step")} of L-BFGS, objective "
                    + result.Objective.ToString("0.######", CultureInfo.InvariantCulture)
                    + (result.Converged ? "" : ", not converged")
                    + ". Small: 95 % intervals, of the gain by paired bootstrap over pictures.",
            ]
        );
        if (result.FewShot.Count == 0)
            yield break;
        yield return new Table(
            "Few pictures of each class",
            [new("Data"), new("Pictures of each", AlignRight: true), new("Draws", AlignRight: true), new("Right, %", AlignRight: true)],
            [
                .. result
                    .FewShot.OrderBy(point => point.Data, StringComparer.Ordinal)
                    .ThenBy(point => point.Shots ?? int.MaxValue)
                    .Select(point => new TableRow([
                        point.Data,
                        point.Shots is { } shots ? TableCell.Count(shots) : "all",
                        TableCell.Count(point.Seeds),
                        new TableCell(
                            NumberText.Percent(point.Accuracy),
                            double.IsNaN(point.Deviation) ? "" : $"± {NumberText.Percent(point.Deviation)}"
                        )
                        {
                            Number = point.Accuracy * 100,
                        },
                    ])),
            ],
            [
                "Mean ± standard deviation over draws."
                    + (
                        result.ZeroShotEqualsShots is { } equal
                            ? $" Zero-shot equals {NumberText.Fixed(equal, 1)} pictures of each class on {result.Tests[0].Data}."
                            : $" No number of pictures reaches zero-shot on {result.Tests[0].Data}."
                    ),
            ]
        );
    }
}
