using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Scorers;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval maps</c>: do a CLIP's words point at their own objects?</summary>
internal static class EvalMapsCommand
{
    public static Command Create()
    {
        Option<string?> clip = CommonOptions.Clip();
        Option<int> scenes = new Option<int>("--scenes", "-n")
        {
            Description = "Scenes of two tinted objects.",
            DefaultValueFactory = _ => 500,
        }.AtLeast(1);
        Option<SplitPart[]> part = SceneOptions.Parts("Which pairs of objects: train, unseen-pairs, unseen-objects.", SplitPart.Train);
        Option<ulong> seed = CommonOptions.Seed("Seed of the scenes.", EvalScenesCommand.DefaultSeed);
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<string?> directory = new("--out", "-o")
        {
            Description = "Also write result.json and table.md to a folder.",
            HelpName = "DIR",
        };
        Option<string> format = TableFormat.Option();
        Option<int> threads = CommonOptions.Threads();

        Command command = new(
            "maps",
            "Measures what a CLIP's dense maps hold before any head: whether words point at their own object's patches, and where the highest values lie."
        )
        {
            clip,
            scenes,
            part,
            seed,
            splitSeed,
            objects,
            directory,
            format,
            threads,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(part) is { Length: > 1 })
                result.AddError("--part takes one part here.");
        });
        return command
            .WithExamples("dcsm eval maps", "dcsm eval maps --clip models/clip-vit-base-patch16 --scenes 100 --json")
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    string clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                    using var model = ClipModel.Load(
                        clipDirectory,
                        new ClipOptions { Threads = parse.GetValue(threads), Warn = terminal.Warning }
                    );
                    var world = SceneWorld.Open(parse.GetValue(objects), clipDirectory, parse.GetValue(splitSeed));
                    DenseMapDiagnosticsResult result = ProgressView.Show(
                        terminal,
                        "Measuring",
                        "scenes",
                        report =>
                            DenseMapDiagnostics.Run(
                                new ClipEncoder(model),
                                new SceneSampler(world.Library, world.Split),
                                world.Library,
                                parse.GetValue(part)![0],
                                parse.GetValue(scenes),
                                parse.GetValue(seed),
                                new DelegateProgress<EvaluationProgress>(p => report((double)p.Done / p.Total, p.Done)),
                                cancellationToken
                            )
                    );
                    Report(result, parse.GetValue(directory), parse.GetValue(format)!, terminal);
                }
            );
    }

    private static void Report(DenseMapDiagnosticsResult result, string? directory, string format, Terminal terminal)
    {
        if (directory is not null)
        {
            TextOutput.Write(Path.Combine(directory, "result.json"), result.ToJson());
            TextOutput.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(result.ToTable()));
            terminal.Remark($"result.json and table.md are in {directory}");
        }

        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            TableFormat.Show(terminal, result.ToTable(), format);
    }
}
