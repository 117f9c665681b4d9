using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Diagnostics;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval maps</c>: do a CLIP's words point at their own objects?</summary>
internal sealed class EvalMapsCommand
{
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<int> _scenes = new Option<int>("--scenes", "-n")
    {
        Description = "Scenes of two tinted objects.",
        DefaultValueFactory = _ => 500,
    }.AtLeast(1);
    private readonly Option<string[]> _part = SceneOptions.Parts(
        "Which pairs of objects: train, unseen-pairs, unseen-objects.",
        SplitPart.Train
    );
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the scenes.", EvalScenesCommand.DefaultSeed);
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json and table.md to a folder.",
        HelpName = "DIR",
    };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new EvalMapsCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "maps",
            "Measures what a CLIP's dense maps hold before any head: whether words point at their own object's patches, and "
                + "where the highest values lie."
        )
        {
            _clip,
            _scenes,
            _part,
            _seed,
            _splitSeed,
            _objects,
            _directory,
            _format,
            _threads,
        };
        command.Validators.Add(result =>
        {
            if (SceneOptions.PartsOf(result.GetValue(_part)!).Length > 1)
                result.AddError("--part takes one part here.");
        });
        return command.WithExamples("dcsm eval maps", "dcsm eval maps --clip models/clip-vit-base-patch16 --scenes 100 --json").Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        using var model = ClipModel.Load(clipDirectory, new ClipOptions { Threads = parse.GetValue(_threads), Warn = terminal.Warning });
        var world = SceneWorld.Open(parse.GetValue(_objects), clipDirectory, parse.GetValue(_splitSeed));
        DenseMapDiagnosticsResult result = ProgressView.Track(
            terminal,
            "Measuring",
            "scenes",
            progress =>
                DenseMapDiagnostics.Run(
                    new ClipEncoder(model),
                    new SceneSampler(world.Library, world.Split),
                    world.Library,
                    parse.GetParts(_part)[0],
                    parse.GetValue(_scenes),
                    parse.GetValue(_seed),
                    progress,
                    cancellationToken
                )
        );
        Report(result, parse.GetValue(_directory), parse.GetValue(_format)!, terminal);
    }

    private static void Report(DenseMapDiagnosticsResult result, string? directory, string format, Terminal terminal)
    {
        if (directory is not null)
        {
            AtomicFile.Write(Path.Combine(directory, "results.json"), result.ToJson());
            AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(result.ToTable()));
            terminal.Remark($"results.json and table.md are in {directory}");
        }

        if (terminal.Json)
            Terminal.Result(result.ToJson().TrimEnd('\n'));
        else
            TableFormat.Show(terminal, result.ToTable(), format);
    }
}
