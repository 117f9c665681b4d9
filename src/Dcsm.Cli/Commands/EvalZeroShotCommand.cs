using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm eval zeroshot</c>: does a CLIP name single objects and their colors?</summary>
internal sealed class EvalZeroShotCommand
{
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<int> _pictures = new Option<int>("--pictures", "-n")
    {
        Description = "Pictures of each object.",
        DefaultValueFactory = _ => 8,
    }.AtLeast(1);
    private readonly Option<string?> _names = new("--names")
    {
        Description = "File with the names to choose among, one a line. [default: the objects that the CLIP knows]",
        HelpName = "FILE",
    };
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the pictures.", 20_001);
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json (every object) and table.md to a folder.",
        HelpName = "DIR",
    };
    private readonly Option<string> _format = TableFormat.Option();
    private readonly Option<string> _precision = CommonOptions.Precision();
    private readonly Option<int> _threads = CommonOptions.Threads();

    public static Command Create() => new EvalZeroShotCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new("zeroshot", "Asks a CLIP to name single objects, among all names, and their colors.")
        {
            _clip,
            _pictures,
            _names,
            _objects,
            _seed,
            _directory,
            _format,
            _precision,
            _threads,
        };
        return command
            .WithExamples("dcsm eval zeroshot", "dcsm eval zeroshot --clip models/clip-vit-base-patch16 --pictures 20 --json")
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        string objectsDirectory = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objectsDirectory);
        IReadOnlyList<string> known = parse.GetValue(_names) is { } file
            ? KnownObjects.Read(file, all)
            : KnownObjects.Of(clipDirectory, all);
        ObjectLibrary library = known.Count == all.Objects.Count ? all : ObjectLibrary.Load(objectsDirectory, known);
        using var model = ClipModel.Load(
            clipDirectory,
            new ClipOptions
            {
                Threads = parse.GetValue(_threads),
                Precision = parse.GetPrecision(_precision),
                Warn = terminal.Warning,
            }
        );
        var options = new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures), Seed = parse.GetValue(_seed) };
        ZeroShotResult result = ProgressView.Track(
            terminal,
            "Naming",
            "pictures",
            progress => ZeroShotEvaluation.Run(new ClipEncoder(model), library, options, progress, cancellationToken)
        );
        Report(result, parse.GetValue(_directory), parse.GetValue(_format)!, terminal);
    }

    private static void Report(ZeroShotResult result, string? directory, string format, Terminal terminal)
    {
        if (directory is not null)
        {
            Directory.CreateDirectory(directory);
            result.WriteJson(Path.Combine(directory, "results.json"));
            AtomicFile.Write(Path.Combine(directory, "table.md"), TableRenderer.ToMarkdown(result.ToTable()));
            terminal.Remark($"results.json and table.md are in {directory}");
        }

        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }

        TableFormat.Show(terminal, result.ToTable(), format);
        string[] hardest =
        [
            .. result.Hardest.Where(o => o.Right < o.Pictures).Take(5).Select(o => $"{o.Name} (taken for {o.MistakenFor})"),
        ];
        if (hardest.Length > 0)
            terminal.Remark($"hardest: {string.Join(", ", hardest)}");
    }
}
