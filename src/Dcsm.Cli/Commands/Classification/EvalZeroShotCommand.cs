using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm eval zeroshot</c>: how well does a CLIP name the pictures of a data set?</summary>
internal sealed class EvalZeroShotCommand
{
    private const string Objects = "objects";

    private readonly ChosenClip _clip = new();
    private readonly Option<string?> _data = new("--data")
    {
        Description = $"{ClassData.Description} {Objects}: single objects, drawn. [default: {Objects}, with their colors]",
        HelpName = "KIND:PATH",
    };
    private readonly ClassData _pictureData = new();
    private readonly TemplateOptions _templates = new();
    private readonly Option<string?> _weights = new("--weights")
    {
        Description = "With --data: class weights that --save-weights wrote, instead of templates.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _saveWeights = new("--save-weights")
    {
        Description = "With --data: keep the ensemble's class weights in a file (safetensors).",
        HelpName = "FILE",
    };
    private readonly Option<string?> _head = new("--head")
    {
        Description = "With --data: a DCSM head names the pictures, too, by the scores of the same prompts; what it says counts.",
        HelpName = "DIR",
    };
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
        Description =
            "Also write results.json and table.md to a folder; with --data items.csv, confusion.csv, table.tex and report.html, too. A run "
            + "that was interrupted goes on there.",
        HelpName = "DIR",
    };

    public static Command Create() => new EvalZeroShotCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "zeroshot",
            "Asks a CLIP to name the pictures of a data set by templates, each alone and all together; without --data single objects among "
                + "all names, and their colors."
        )
        {
            _data,
            _weights,
            _saveWeights,
            _head,
            _pictures,
            _names,
            _objects,
            _seed,
            _directory,
        };
        _clip.AddTo(command);
        _templates.AddTo(command);
        _pictureData.AddTo(command);
        command.Validators.Add(result =>
        {
            if (
                result.GetValue(_data) is null
                && Array.Find([_weights, _saveWeights, _head], own => result.GetValue(own) is not null) is { } own
            )
            {
                result.AddError($"{own.Name} goes with --data.");
            }

            if (result.GetValue(_head) is not null && result.GetValue(_weights) is not null)
                result.AddError("--head reads prompts, and --weights have none.");
        });
        return command
            .WithExamples(
                "dcsm eval zeroshot",
                "dcsm eval zeroshot --clip models/clip-vit-base-patch16 --pictures 20 --json",
                "dcsm eval zeroshot --data pictures --templates contexts --out out/zeroshot",
                "dcsm eval zeroshot --data cifar:cifar-10-batches-bin --template \"a photo of a {}\" --template \"a blurred photo of a {}\""
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        if (parse.GetValue(_data) is { } data)
        {
            RunOnData(data, parse, terminal, cancellationToken);
            return;
        }

        if (_templates.AreGiven(parse))
            throw new ArgumentException("templates go with --data; --data objects asks of the same pictures");
        ObjectLibrary library = Library(parse, _clip.Directory(parse));
        using ClipModel model = _clip.Open(parse, terminal);
        var options = new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures), Seed = parse.GetValue(_seed) };
        ZeroShotResult result = ProgressView.Track(
            terminal,
            "Naming",
            "pictures",
            progress => ZeroShotEvaluation.Run(new ClipEncoder(model), library, options, progress, cancellationToken)
        );
        Report(result, parse.GetValue(_directory), _clip.Format(parse), terminal);
    }

    private ObjectLibrary Library(ParseResult parse, string clipDirectory)
    {
        string objectsDirectory = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objectsDirectory);
        IReadOnlyList<string> known = parse.GetValue(_names) is { } file
            ? KnownObjects.Read(file, all)
            : KnownObjects.Of(clipDirectory, all);
        return known.Count == all.Objects.Count ? all : ObjectLibrary.Load(objectsDirectory, known);
    }

    private void RunOnData(string data, ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string clipDirectory = _clip.Directory(parse);
        string? directory = parse.GetValue(_directory);
        PromptTemplates templates = _templates.Get(parse, "plain");
        using ClipModel model = _clip.Open(parse, terminal);
        var encoder = new ClipEncoder(model);
        ClassifiedSet set =
            data == Objects
                ? ObjectPictures.Create(
                    Library(parse, clipDirectory),
                    model.ImageSize,
                    new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures), Seed = parse.GetValue(_seed) }
                )
                : _pictureData.Read(parse, data);
        (ClassWeights ensemble, List<(string, IPictureClassifier)> single) = Weights(
            parse,
            encoder,
            set,
            templates,
            terminal,
            cancellationToken
        );
        PictureEmbeddings Encode(PictureFeatures features) =>
            _pictureData.Encode(parse, encoder, set, features, directory, terminal, cancellationToken);
        PictureEmbeddings pictures = Encode(PictureFeatures.Pooled);
        if (parse.GetValue(_saveWeights) is { } file)
            ensemble.Save(file);
        var arguments = new Dictionary<string, string>
        {
            ["data"] = data,
            ["clip"] = clipDirectory,
            ["templates"] = parse.GetValue(_weights) ?? templates.Name,
            ["precision"] = _clip.Precision(parse),
        };
        ClassificationResult result;
        if (parse.GetValue(_head) is { } headDirectory)
        {
            arguments["head"] = headDirectory;
            // Pictures are judged side by side already.
            var head = new DcsmHeadScorer(model, Compatibility.Head(null, headDirectory), threads: 1);
            result = ClassificationResult.Of(
                Encode(PictureFeatures.Tokens),
                new HeadClassifier(head, set.Classes, templates),
                "DCSM head",
                pictures,
                ensemble,
                encoder,
                arguments
            );
        }
        else
        {
            string name = templates.Shared.Count == 1 ? templates.Shared[0] : ClassificationResult.Ensemble;
            result = ClassificationResult.Of(pictures, single, (name, ensemble), encoder, arguments);
        }

        ClassificationOutput.Report(result, directory, _clip.Format(parse), terminal);
    }

    // One template alone is the ensemble of itself.
    private (ClassWeights Ensemble, List<(string, IPictureClassifier)> Single) Weights(
        ParseResult parse,
        ClipEncoder encoder,
        ClassifiedSet set,
        PromptTemplates templates,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        if (parse.GetValue(_weights) is { } file)
        {
            if (_templates.AreGiven(parse))
                throw new ArgumentException("--weights are made of templates already; leave out --template and --templates");
            var stored = ClassWeights.Load(file);
            if (stored.Fingerprint != encoder.Fingerprint)
                throw new InvalidDataException($"{file}: the class weights are of another CLIP, {stored.Fingerprint}");
            return stored.Classes.SequenceEqual(set.Classes.Select(own => own.Name))
                ? (stored, [])
                : throw new InvalidDataException($"{file}: the class weights are of other classes than {set.Source} has");
        }

        return ProgressView.Track(
            terminal,
            "Reading templates",
            "prompts",
            progress =>
            {
                (ClassWeights all, IReadOnlyList<ClassWeights> single) = ClassWeights.Encode(
                    encoder,
                    set.Classes,
                    templates,
                    progress,
                    cancellationToken
                );
                return (all, single.Select((own, t) => (templates.Shared[t], (IPictureClassifier)own)).ToList());
            }
        );
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
