using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.IO.Json;

namespace Dcsm.Reporting.Pictures;

/// <summary>The curve of a training of a head or a CLIP, from the <c>metrics.jsonl</c> that it leaves.</summary>
public static class TrainingCurve
{
    private const int MostPoints = 150;

    private static readonly (string Field, string Words)[] ShownFigures =
    [
        ("named", "objects named"),
        ("colors", "colors named"),
        ("colorBinding", "color binding"),
        ("captions", "captions found"),
        ("pictures", "pictures found"),
    ];

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

    /// <summary>
    /// Losses, what cosines are multiplied by, and what the CLIP can do, over the steps of a pre-training; none where nothing was reported.
    /// </summary>
    public static IReadOnlyList<LineChart> ChartsOfClip(string clipDirectory)
    {
        JsonObject[] lines = [.. Lines(clipDirectory)];
        if (lines.Length == 0)
            return [];
        LineChartSeries Series(string name, string field) =>
            new(
                name,
                [
                    // Single batches differ too much for a line.
                    .. lines
                        .Chunk((lines.Length + MostPoints - 1) / MostPoints)
                        .Select(some => ((double)Step(some[^1]), some.Average(line => line[field]!.GetValue<double>()))),
                ]
            );
        (int Step, JsonObject Figures)[] evaluations =
        [
            .. lines.Select(line => (Step(line), Validation(line))).Where(line => line.Item2.Count > 0),
        ];
        (string Field, string Words)[] shown =
        [
            .. ShownFigures.Where(figure => evaluations.Any(own => own.Figures[figure.Field] is not null)),
        ];
        List<LineChart> charts =
        [
            new(
                "Loss of a batch",
                "step",
                // Without the second term it is 0.
                lines.Any(line => line["denseLoss"]!.GetValue<double>() > 0)
                    ? [Series("pooled", "loss"), Series("words and patches", "denseLoss")]
                    : [Series("pooled", "loss")],
                "0.00"
            ),
            new("What cosines are multiplied by", "step", [Series("1 / temperature", "logitScale")], "0.0"),
        ];
        if (shown.Length > 0)
        {
            charts.Add(
                new LineChart(
                    "What it can do",
                    "step",
                    [
                        .. shown.Select(figure => new LineChartSeries(
                            figure.Words,
                            [.. evaluations.Select(own => ((double)own.Step, own.Figures[figure.Field]!.GetValue<double>()))],
                            Dots: true
                        )),
                    ],
                    "0%"
                )
                {
                    MostY = 1,
                }
            );
        }

        return charts;
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
