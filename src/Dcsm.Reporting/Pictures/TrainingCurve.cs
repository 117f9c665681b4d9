using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.IO.Json;

namespace Dcsm.Reporting.Pictures;

/// <summary>The curve of a head's training, from the <c>metrics.jsonl</c> that it leaves.</summary>
public static class TrainingCurve
{
    /// <summary>A point a report, for a page; none where nothing was reported yet.</summary>
    public static IReadOnlyList<CurvePoint> Read(string headDirectory) => [.. Lines(headDirectory).Select(Point)];

    /// <summary>Loss, and accuracy in training and validation, over the steps; none where nothing was reported yet.</summary>
    public static IReadOnlyList<LineChart> Charts(string headDirectory)
    {
        JsonObject[] lines = [.. Lines(headDirectory)];
        if (lines.Length == 0)
            return [];
        string[] parts = [.. lines.SelectMany(line => Validation(line)).Select(part => part.Key).Distinct()];
        (double X, string Name)? best = lines.LastOrDefault(line => line["best"]?.GetValue<bool>() == true) is { } line
            ? (Step(line), string.Create(CultureInfo.InvariantCulture, $"best: step {Step(line)}"))
            : null;
        return
        [
            new LineChart(
                "Loss",
                "step",
                [new("training", [.. lines.Select(line => ((double)Step(line), line["loss"]!.GetValue<double>()))])],
                "0.00"
            )
            {
                Mark = best,
            },
            new LineChart(
                "Right caption of two",
                "step",
                [
                    new("training", [.. lines.Select(line => ((double)Step(line), line["accuracy"]!.GetValue<double>()))]),
                    .. parts.Select(part => new LineChartSeries(
                        part.Replace('_', ' '),
                        [
                            .. lines.SelectMany(line =>
                                Validation(line).Where(found => found.Key == part).Select(found => ((double)Step(line), Mean(found.Value)))
                            ),
                        ],
                        Dots: true
                    )),
                ],
                "0%"
            )
            {
                MostY = 1,
                Mark = best,
            },
        ];
    }

    private static IEnumerable<JsonObject> Lines(string headDirectory)
    {
        string path = Path.Combine(headDirectory, "metrics.jsonl");
        return File.Exists(path) ? JsonLines.Read(path).Select(line => line.ToNode()) : [];
    }

    private static int Step(JsonObject line) => line["step"]!.GetValue<int>();

    private static JsonObject Validation(JsonObject line) => line["validation"] as JsonObject ?? [];

    private static double Mean(JsonNode? part) => part!.AsObject().Average(stream => stream.Value!.GetValue<double>());

    private static CurvePoint Point(JsonObject line) =>
        new(
            Step(line),
            line["seconds"]!.GetValue<double>(),
            line["loss"]!.GetValue<double>(),
            // The mean of all kinds on unseen objects, or on what there is.
            Validation(line) is { Count: > 0 } validation
                ? Mean(validation["unseen_objects"] ?? validation.First().Value)
                : null
        );
}
