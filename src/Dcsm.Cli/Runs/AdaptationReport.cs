using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Adaptation;

namespace Dcsm.Cli.Runs;

/// <summary>A row of the comparison of ways of adapting a CLIP.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Run">How it was trained; null for CLIP as it is.</param>
/// <param name="Naming">Single objects that the CLIP underneath still names.</param>
internal sealed record AdaptationRow(string Name, AdaptationRun? Run, ZeroShotResult Naming);

/// <summary>What came of ways of adapting a CLIP: as JSON, as tables, as a page.</summary>
internal sealed class AdaptationReport(IReadOnlyList<AdaptationRow> rows, SceneEvaluationResult result)
{
    public const string FileName = "result.json";

    /// <summary>Writes the files and shows the result.</summary>
    /// <param name="directory">Where <see cref="FileName"/> goes.</param>
    /// <param name="markdown">The page; null for none.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="terminal">Where the result is shown.</param>
    public void Write(string directory, string? markdown, ParseResult parse, Terminal terminal)
    {
        object json = ToJson();
        AtomicFile.Write(Path.Combine(directory, FileName), JsonSerializer.Serialize(json, Terminal.JsonOptions) + "\n");
        Table[] tables = [.. result.Parts.Reverse().Select(ToTable)];
        if (markdown is not null)
            AtomicFile.Write(markdown, Markdown(tables, parse));
        if (terminal.Json)
        {
            Terminal.ResultAsJson(json);
            return;
        }
        foreach (Table table in tables)
            TableView.Show(terminal, table);
    }

    private object ToJson() =>
        new
        {
            methods = rows.Select(row => new
            {
                row.Name,
                parameters = row.Run?.Parameters ?? 0,
                seconds = row.Run?.Seconds ?? 0,
                learningRate = row.Run?.LearningRate,
                accuracy = result.Parts.ToDictionary(
                    part => SceneNames.Of(part),
                    part =>
                        result
                            .Kinds.Select(kind => (Kind: SceneNames.Of(kind), Cell: result.Find(row.Name, part, kind)!))
                            .Append(("mean", result.Find(row.Name, part)!))
                            .ToDictionary(cell => cell.Item1, cell => cell.Item2.Accuracy)
                ),
                naming = row.Naming.Naming,
                colorNaming = row.Naming.ColorNaming,
            }),
            result.Data,
            result.Versions,
        };

    private Table ToTable(SplitPart part) =>
        new(
            $"Right caption of two on {SceneNames.Of(part).Replace('_', ' ')}, and naming of single objects, percent",
            [
                new("CLIP"),
                new("numbers trained", AlignRight: true),
                new("learning rate", AlignRight: true),
                new("seconds", AlignRight: true),
                .. result.Kinds.Select(kind => new TableColumn(SceneNames.Of(kind), AlignRight: true)),
                new("mean", AlignRight: true),
                new("objects named", AlignRight: true),
                new("colors named", AlignRight: true),
            ],
            [
                .. rows.Select(row => new TableRow([
                    row.Name,
                    row.Run is null ? "0" : NumberText.Count(row.Run.Parameters),
                    row.Run is null ? "–" : row.Run.LearningRate.ToString(CultureInfo.InvariantCulture),
                    row.Run is null ? "–" : NumberText.Fixed(row.Run.Seconds, 0),
                    .. result.Kinds.Select(kind => TableCell.Percent(result.Find(row.Name, part, kind)!.Accuracy)),
                    TableCell.Percent(result.Find(row.Name, part)!.Accuracy),
                    TableCell.Percent(row.Naming.Naming),
                    TableCell.Percent(row.Naming.ColorNaming),
                ])),
            ],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"In brackets: 95 % intervals over samples. Chance is 50 for captions; of naming, 1 in {rows[0].Naming.Names} "
                        + $"objects and 1 in {rows[0].Naming.Colors} colors."
                ),
            ]
        );

    private static string Markdown(IEnumerable<Table> tables, ParseResult parse) =>
        $"""
            # Ways of using CLIP

            The same CLIP, the same scenes, the same number of steps: what each way learns of opposites, and what it costs in naming.

            ```sh
            {CommandLineText.Of(parse)}
            ```

            {string.Join('\n', tables.Select(TableRenderer.ToMarkdown))}
            - **CLIP as it is**: the cosine of the pooled embeddings. Where CLIP is frozen, what it names stays as it is.
            - **Linear probe**: one linear layer on the pooled embeddings u of the picture and v of the caption, on u·v element by
              element and |u − v|; it begins at the cosine, times 100. Trained on which of a sample's two captions belongs to which of
              its two pictures.
            - **DCSM head**: as `dcsm train` with its default options, but the published wordings alone.
            - **Projections only**, **LoRA** (updates of queries and values in both transformers, α twice the rank, added to the
              weights afterwards), **full fine-tuning**: judged by the cosine. Trained on the contrastive loss over all pictures and
              captions of a step, opposites included, plus that of each sample's two pictures and two captions. Each is written as an
              ordinary CLIP directory.
            - Adam, warm-up of 30 steps, down along half a cosine; learning rates by a sweep on other samples
              (`docs/adaptation-sweep.md`); the DCSM head has its default.
            - Seconds: wall time of training, drawing and encoding of the scenes included, on a machine that did other work too.
            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
