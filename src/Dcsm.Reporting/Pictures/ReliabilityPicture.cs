using Dcsm.Evaluation.Statements;
using Dcsm.Evaluation.Statistics;
using Dcsm.Reporting.Tables;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws reliability diagrams: what share is true of the statements that are given a probability.</summary>
public static class ReliabilityPicture
{
    /// <summary>A chart for each part and wordings, with a line for each scorer that gives probabilities; none where none does.</summary>
    public static IReadOnlyList<LineChart> Charts(StatementEvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return
        [
            .. result
                .Reliability.GroupBy(diagram => (diagram.Part, diagram.Wordings))
                .Select(group => new LineChart(
                    $"Share true: {SceneWords.Of(group.Key.Part)}, {SceneWords.Of(group.Key.Wordings)} wordings",
                    "probability said",
                    [
                        new LineChartSeries("as said", [(0, 0), (1, 1)]),
                        .. group.Select(diagram => new LineChartSeries(
                            $"{diagram.Scorer}, off by {Error(result, diagram)} %",
                            [.. diagram.Bins.Select(bin => (bin.MeanProbability, bin.TrueShare))],
                            Dots: true
                        )),
                    ],
                    "0%"
                )),
        ];
    }

    /// <summary>The expected calibration error of a diagram, in percent.</summary>
    internal static string Error(StatementEvaluationResult result, ReliabilityDiagram diagram) =>
        NumberText.Percent(
            result.Find(diagram.Scorer, diagram.Part, StatementMeasure.CalibrationError, diagram.Wordings)?.Value.Value ?? double.NaN
        );
}
