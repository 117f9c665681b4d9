using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Repeats;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Reporting.Pictures;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Heads;

namespace Dcsm.Cli.Runs;

/// <summary>Trains one head, or one for each of several seeds, and leaves beside each what it was trained with and how it went.</summary>
internal sealed class TrainingRuns(Terminal terminal, ParseResult parse, ClipModel clip, Func<ulong, IHeadTrainingSource> open)
{
    public const string RunFile = "run.json",
        PlotFile = "training.png",
        SeedsFile = "seeds.json";

    private IHeadTrainingSource? _source;

    /// <summary>A file for the validation as a table; null for none.</summary>
    public string? Markdown { get; init; }

    /// <summary>Whether heads that are there are replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What the data left out and why; said again in the end.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    public void Run(HeadTrainingOptions options, string directory, int seeds, CancellationToken cancellationToken)
    {
        terminal.ResumeHint = $"a checkpoint is in {directory}; the same command goes on from it";
        if (seeds == 1)
        {
            DcsmHead head = Train("Training the head", options, directory, out HeadTrainingProgress? last, cancellationToken);
            SummarizeAgain();
            Show(head, last, directory);
            return;
        }

        var part = CommandShard.Of(parse);
        if (part?.Begin(seeds, new Dictionary<string, string> { ["CLIP"] = clip.Fingerprint }, terminal) == false)
            return;
        (int first, int count) = part?.Shard.Of(seeds) ?? (0, seeds);
        var heads = new List<(ulong Seed, string Directory, DcsmHead Head)>();
        for (int i = first; i < first + count; i++)
        {
            ulong seed = options.Seed + (ulong)i;
            string folder = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
            string title = string.Create(CultureInfo.InvariantCulture, $"Training a head, seed {seed} ({i + 1} of {seeds})");
            using FolderLock alone = parse.Lock(folder);
            heads.Add((seed, folder, Train(title, options with { Seed = seed }, folder, out _, cancellationToken)));
        }
        if (part is not null)
        {
            part.Finish(terminal);
            return;
        }

        SummarizeAgain();
        Show(new SeedSummary(heads), directory);
    }

    private DcsmHead Train(
        string title,
        HeadTrainingOptions options,
        string directory,
        out HeadTrainingProgress? last,
        CancellationToken cancellationToken
    )
    {
        IHeadTrainingSource source = open(options.Seed);
        if (_source is null) // Every seed would say the same.
            Summarize(source);
        _source = source;
        Overwriting.CheckRunOfHead(directory, Overwrite);
        JsonObject settings = HeadTrainer.Describe(clip, source, options);
        bool written = false;
        void WriteSettings()
        {
            if (!written)
                AtomicFile.Write(Path.Combine(directory, RunFile), ConfigFile.Write(parse, settings));
            written = true;
        }

        try
        {
            // Not before the run is open: another run's folder is refused and stays as it is.
            DcsmHead head = HeadTraining.Show(
                terminal,
                title,
                clip,
                source,
                options,
                directory,
                out last,
                cancellationToken,
                opened: WriteSettings
            );
            WriteSettings();
            head.Save(directory);
            return head;
        }
        finally
        {
            if (written)
                Plot(directory);
        }
    }

    private void SummarizeAgain()
    {
        foreach (string line in LeftOut)
            terminal.Remark(line);
        Summarize(_source!);
    }

    private void Summarize(IHeadTrainingSource source)
    {
        foreach (string line in TrainingSummary.Lines(source))
            terminal.Remark(line);
    }

    private static void Plot(string directory)
    {
        IReadOnlyList<LineChart> charts = TrainingCurve.Charts(directory);
        if (charts.Count > 0)
            LineChartPicture.Write(Path.Combine(directory, PlotFile), charts);
    }

    private void WriteMarkdown(Table table)
    {
        if (Markdown is null)
            return;
        AtomicFile.Write(
            Markdown,
            $"""
            # Validation of trained heads

            ```sh
            {CommandLineText.Of(parse)}
            ```

            {TableRenderer.ToMarkdown(table)}
            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n"
        );
    }

    private void Show(DcsmHead head, HeadTrainingProgress? last, string directory)
    {
        Table? table = ValidationTables.OfHead(head);
        if (table is not null)
            WriteMarkdown(table);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    clip = clip.Fingerprint,
                    step = last?.Step,
                    seconds = last?.Elapsed.TotalSeconds,
                    loss = last?.Loss is { } loss && double.IsFinite(loss) ? loss : (double?)null,
                    head.Config.Metrics,
                }
            );
            return;
        }

        if (table is not null)
            TableView.Show(terminal, table);
        JsonObject metrics = head.Config.Metrics;
        string chosen = metrics["trainedTo"] is { } end
            ? string.Create(
                CultureInfo.InvariantCulture,
                $", that of step {metrics["step"]} of {end}, the best by the {metrics["chosenBy"]}"
            )
            : "";
        Terminal.Result($"The head is in {directory}{chosen}.");
        string models =
            clip.Directory == ShippedFiles.TryFind(ShippedFiles.ClipName)
                ? CommandLineText.Of(["--head", directory])
                : CommandLineText.Of(["--clip", clip.Directory, "--head", directory]);
        terminal.Remark($"score with it: dcsm score photo.jpg --caption \"a dog left of a cat\" {models}");
        terminal.Remark($"measure it: dcsm eval {(head.Config.Calibration is null ? "scenes" : "statements")} {models}");
    }

    private void Show(SeedSummary summary, string directory)
    {
        AtomicFile.Write(Path.Combine(directory, SeedsFile), summary.ToJson().ToJsonString(Terminal.JsonOptions) + "\n");
        var table = summary.ToTable();
        if (table is not null)
            WriteMarkdown(table);
        if (terminal.Json)
        {
            Terminal.Result(summary.ToJson().ToJsonString(Terminal.JsonOptions));
            return;
        }

        if (table is not null)
            TableView.Show(terminal, table);
        Terminal.Result($"The heads are in {directory}, one a folder; {SeedsFile} there has the numbers.");
    }
}
