using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Pretraining;

namespace Dcsm.Cli.Runs;

/// <summary>Pre-trains a CLIP for each of several batch sizes, and puts side by side what they can do.</summary>
internal sealed class BatchSizes(ClipPretraining runs, Terminal terminal, ParseResult parse)
{
    public const string CurveFile = "batches.png";

    public void Run(IReadOnlyList<ClipPretrainingOptions> sizes, string directory, bool overwrite, CancellationToken cancellationToken)
    {
        var rows = new List<(ClipPretrainingOptions Options, JsonObject Last)>();
        foreach (ClipPretrainingOptions options in sizes)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"batch-{options.BatchSize}"),
                folder = Path.Combine(directory, name);
            using FolderLock alone = parse.Lock(folder);
            ClipPretrainer trainer = runs.Open(folder, options, overwrite);
            string title = string.Create(
                CultureInfo.InvariantCulture,
                $"Batches of {options.BatchSize} ({rows.Count + 1} of {sizes.Count})"
            );
            _ = runs.Train(title, trainer, folder, cancellationToken);
            // Of runs that were over before, too.
            rows.Add((options, JsonLines.Read(Path.Combine(folder, "metrics.jsonl")).Last().ToNode()));
        }

        Table table = ToTable(rows);
        AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(table));
        var results = new JsonObject
        {
            ["command"] = CommandLineText.Of(parse),
            ["runs"] = new JsonArray([
                .. rows.Select(row =>
                {
                    var own = (JsonObject)row.Last.DeepClone();
                    own.Remove("run");
                    own.Insert(0, "batch", row.Options.BatchSize);
                    return (JsonNode)own;
                }),
            ]),
        };
        string json = results.ToJsonString(Terminal.JsonOptions);
        AtomicFile.Write(Path.Combine(directory, "results.json"), json + "\n");
        string[] figures = [.. Figures(rows[0].Last)];
        LineChartPicture.Write(
            Path.Combine(directory, CurveFile),
            [
                new LineChart(
                    figures is [var only] ? $"Share of {Named[only]}, by batch size" : "What it can do, by batch size",
                    "pictures in a batch",
                    [
                        .. figures.Select(figure => new LineChartSeries(
                            Named[figure],
                            [.. rows.Select(row => ((double)row.Options.BatchSize, Share(row.Last, figure))).OrderBy(point => point.Item1)],
                            Dots: true
                        )),
                    ],
                    "0%"
                )
                {
                    LogarithmicX = true,
                    MostY = 1,
                },
            ]
        );
        terminal.Remark($"results.json, table.md and {CurveFile} are in {directory}, the CLIPs in folders there");
        if (terminal.Json)
            Terminal.Result(json);
        else
            TableView.Show(terminal, table);
    }

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["named"] = "objects named",
        ["captions"] = "captions found",
        ["pictures"] = "pictures found",
    };

    private static Table ToTable(List<(ClipPretrainingOptions Options, JsonObject Last)> rows)
    {
        string[] figures = [.. Figures(rows[0].Last)];
        int asked = rows[0].Last["validation"]?["choices"]?.GetValue<int>() ?? ClipPretrainingEvaluation.NamedPictures;
        return new Table(
            "Pre-training by batch size",
            [
                new TableColumn("Batch", AlignRight: true),
                new TableColumn("Steps", AlignRight: true),
                new TableColumn("Pictures", AlignRight: true),
                new TableColumn("Loss of the last batch", AlignRight: true),
                new TableColumn("Cosines times", AlignRight: true),
                .. figures.Select(figure => new TableColumn($"{Named[figure]}, percent", AlignRight: true)),
            ],
            [
                .. rows.Select(row => new TableRow([
                    TableCell.Count(row.Options.BatchSize),
                    TableCell.Count(row.Options.Steps),
                    TableCell.Count((long)row.Options.Steps * row.Options.BatchSize),
                    TableCell.Fixed(row.Last["loss"]!.GetValue<double>(), 2),
                    TableCell.Fixed(row.Last["logitScale"]!.GetValue<double>(), 1),
                    .. figures.Select(figure => TableCell.Percent(Share(row.Last, figure))),
                ])),
            ],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"One run each, asked of {asked} pictures: at a half, a share is known to ± {98 / Math.Sqrt(asked):0.0} points."
                ),
            ]
        );
    }

    // None, where no picture is held out.
    private static IEnumerable<string> Figures(JsonObject line) =>
        (line["validation"] as JsonObject ?? []).Select(figure => figure.Key).Where(Named.ContainsKey);

    private static double Share(JsonObject line, string figure) => line["validation"]![figure]!.GetValue<double>();
}
