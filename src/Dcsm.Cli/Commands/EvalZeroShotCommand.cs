using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval zeroshot</c>: does a CLIP name single objects and their colors?</summary>
internal static class EvalZeroShotCommand
{
    public static Command Create()
    {
        Option<string?> clip = CommonOptions.Clip();
        Option<int> pictures = new Option<int>("--pictures", "-n")
        {
            Description = "Pictures of each object.",
            DefaultValueFactory = _ => 8,
        }.AtLeast(1);
        Option<string?> names = new("--names")
        {
            Description = "File with the names to choose among, one a line. [default: the objects that the CLIP knows]",
            HelpName = "FILE",
        };
        Option<string?> objects = CommonOptions.Objects();
        Option<ulong> seed = CommonOptions.Seed("Seed of the pictures.", 20_001);
        Option<string?> directory = new("--out", "-o")
        {
            Description = "Also write result.json (every object) and table.md to a folder.",
            HelpName = "DIR",
        };
        Option<string> format = TableFormat.Option();
        Option<string> precision = CommonOptions.Precision();
        Option<int> threads = CommonOptions.Threads();

        Command command = new("zeroshot", "Asks a CLIP to name single objects, among all names, and their colors.")
        {
            clip,
            pictures,
            names,
            objects,
            seed,
            directory,
            format,
            precision,
            threads,
        };
        return command
            .WithExamples("dcsm eval zeroshot", "dcsm eval zeroshot --clip models/clip-vit-base-patch16 --pictures 20 --json")
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    string clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                    string objectsDirectory = parse.GetValue(objects) ?? ShippedFiles.Objects;
                    var all = ObjectLibrary.Load(objectsDirectory);
                    IReadOnlyList<string> known = parse.GetValue(names) is { } file
                        ? KnownObjects.Read(file, all)
                        : KnownObjects.Of(clipDirectory, all);
                    ObjectLibrary library = known.Count == all.Objects.Count ? all : ObjectLibrary.Load(objectsDirectory, known);
                    using var model = ClipModel.Load(
                        clipDirectory,
                        new ClipOptions
                        {
                            Threads = parse.GetValue(threads),
                            Precision = parse.GetPrecision(precision),
                            Warn = terminal.Warning,
                        }
                    );
                    var options = new ZeroShotOptions { PicturesPerObject = parse.GetValue(pictures), Seed = parse.GetValue(seed) };
                    ZeroShotResult result = ProgressView.Show(
                        terminal,
                        "Naming",
                        "pictures",
                        report =>
                            ZeroShotEvaluation.Run(
                                new ClipEncoder(model),
                                library,
                                options,
                                new DelegateProgress<EvaluationProgress>(p => report((double)p.Done / p.Total, p.Done)),
                                cancellationToken
                            )
                    );
                    Report(result, parse.GetValue(directory), parse.GetValue(format)!, terminal);
                }
            );
    }

    private static void Report(ZeroShotResult result, string? directory, string format, Terminal terminal)
    {
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "result.json"));
            TextOutput.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(result.ToTable()));
            terminal.Remark($"result.json and table.md are in {directory}");
        }

        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }

        TableFormat.Show(terminal, result.ToTable(), format);
        terminal.Remark(
            $"hardest: {string.Join(", ", result.Hardest.Take(5).Select(o => o.MistakenFor.Length > 0 ? $"{o.Name} (taken for {o.MistakenFor})" : o.Name))}"
        );
    }
}
