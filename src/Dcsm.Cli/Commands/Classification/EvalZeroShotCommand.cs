using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Classes;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks.Running;
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

    private readonly ChosenScorers _scorers = new(
        "With --data: a DCSM head names the pictures, too, by the scores of the same prompts; what it says counts."
    );
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
            "Asks a CLIP to name the pictures of a data set by templates, each alone and all together, and a BLIP's matching head (ITM), "
                + "too; without --data single objects among all names, and their colors."
        )
        {
            _data,
            _weights,
            _saveWeights,
            _pictures,
            _names,
            _objects,
            _seed,
            _directory,
        };
        _scorers.AddTo(command);
        _templates.AddTo(command);
        _pictureData.AddTo(command);
        command.Validators.Add(result =>
        {
            if (
                result.GetValue(_data) is null
                && Array.Find<Option>([_weights, _saveWeights, _scorers.Heads], own => result.GetResult(own) is { Implicit: false })
                    is { } own
            )
            {
                result.AddError($"{own.Name} goes with --data.");
            }

            if (result.GetValue(_scorers.Heads) is { Length: > 0 } && result.GetValue(_weights) is not null)
                result.AddError("--head reads prompts, and --weights have none.");
            if (
                result.GetValue(_scorers.Clips) is { Length: > 1 }
                && (result.GetValue(_weights) ?? result.GetValue(_saveWeights)) is not null
            )
            {
                result.AddError("class weights are of one CLIP; give one --clip.");
            }
        });
        return command
            .WithExamples(
                "dcsm eval zeroshot",
                "dcsm eval zeroshot --clip models/clip-vit-base-patch16 --pictures 20 --json",
                "dcsm eval zeroshot --clip data/clip-small --clip out/clip-sigmoid --out out/zeroshot",
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
        using OpenedScorers opened = _scorers.Open(parse, terminal);
        foreach (IScorer matcher in opened.Scorers.OfType<MatcherScorer>())
            terminal.Remark($"{matcher.Name} is asked with --data, --data {Objects} for one, and not here");
        ObjectLibrary library = Library(parse, opened.Clips);
        var options = new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures), Seed = parse.GetValue(_seed) };
        ScorerResult<ZeroShotResult>[] results =
        [
            .. opened
                .Scorers.OfType<ClipScorer>()
                .Select(scorer => new ScorerResult<ZeroShotResult>(
                    scorer.Name,
                    ProgressView.Track(
                        terminal,
                        "Naming",
                        "pictures",
                        progress => ZeroShotEvaluation.Run(scorer.Encoder, library, options, progress, cancellationToken)
                    )
                )),
        ];
        if (results is [var only])
            Report(only.Result, parse.GetValue(_directory), _scorers.Format(parse), terminal);
        else
            _scorers.Report(parse, terminal, results[0].Result.Benchmark, results, [results.ToTable()], parse.GetValue(_directory));
    }

    private ObjectLibrary Library(ParseResult parse, IReadOnlyList<string> clips)
    {
        string objectsDirectory = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objectsDirectory);
        IReadOnlyList<string> known = parse.GetValue(_names) is { } file ? KnownObjects.Read(file, all) : KnownObjects.Of(clips, all);
        return known.Count == all.Objects.Count ? all : ObjectLibrary.Load(objectsDirectory, known);
    }

    // Each scorer by itself; a single head answers for its CLIP, too.
    private void RunOnData(string data, ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using OpenedScorers opened = _scorers.Open(parse, terminal);
        PromptTemplates templates = _templates.Get(parse, "plain");
        IScorer[] asked = Asked(opened.Scorers, parse, terminal);
        ClassifiedSet? given = data == Objects ? null : _pictureData.Read(parse, data);
        ClassifiedSet[] sets = [.. asked.Select(scorer => given ?? Drawn(parse, opened.Clips, scorer.Encoder.ImageSize))];
        long prompts = sets[0].Classes.Sum(own => (long)templates.Fill(own).Count);
        foreach (PairCost cost in PairCost.Of(sets[0].Pictures.Count * prompts, asked))
            terminal.Remark(cost.ToString());
        bool besideClip = asked is [_, DcsmHeadScorer];
        if (besideClip)
            (asked, sets) = (asked[1..], sets[1..]);
        // Whose captions can't be read is told before hours of work.
        if (parse.GetValue(_weights) is null)
            Array.ForEach(asked, scorer => _ = OpenedScorers.ClipOf(scorer).Tokenizer);
        string? directory = parse.GetValue(_directory);
        var results = new ScorerResult<ClassificationResult>[asked.Length];
        for (int i = 0; i < asked.Length; i++)
        {
            string? own = asked.Length == 1 ? directory : ChosenScorers.Folder(directory, i, asked[i].Name);
            PictureEmbeddings Encode(IEncoder encoder, PromptScores? asking) =>
                _pictureData.Encode(
                    parse,
                    encoder,
                    sets[i],
                    new PictureEmbeddingOptions { Prompts = asking },
                    directory,
                    terminal,
                    cancellationToken
                );
            IEncoder clip = opened
                .Scorers.First(other => other is ClipScorer && OpenedScorers.ClipOf(other) == OpenedScorers.ClipOf(asked[i]))
                .Encoder;
            ClassificationResult result = Ask(asked[i], clip, sets[i], templates, besideClip, Encode, parse, terminal, cancellationToken);
            results[i] = new ScorerResult<ClassificationResult>(asked[i].Name, result);
            if (own is not null)
                ClassificationOutput.Write(result, own, terminal);
        }

        if (results is [var only])
            ClassificationOutput.Show(only.Result, _scorers.Format(parse), terminal);
        else
            _scorers.Report(parse, terminal, results[0].Result.Benchmark, results, results.ToTables(), directory);
    }

    private IScorer[] Asked(IReadOnlyList<IScorer> scorers, ParseResult parse, Terminal terminal)
    {
        if (parse.GetValue(_weights) is null)
            return [.. scorers];
        IScorer[] reading = [.. scorers.Where(scorer => scorer is not ClipScorer)];
        if (reading.Length > 0)
        {
            terminal.Remark(
                $"{string.Join(", ", reading.Select(scorer => scorer.Name))}: left out, for it reads prompts, and --weights have none"
            );
        }

        return [.. scorers.Except(reading)];
    }

    private ClassifiedSet Drawn(ParseResult parse, IReadOnlyList<string> clips, int side) =>
        ObjectPictures.Create(
            Library(parse, clips),
            side,
            new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures), Seed = parse.GetValue(_seed) }
        );

    private ClassificationResult Ask(
        IScorer scorer,
        IEncoder clip,
        ClassifiedSet set,
        PromptTemplates templates,
        bool besideClip,
        Func<IEncoder, PromptScores?, PictureEmbeddings> encode,
        ParseResult parse,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        IEncoder named = scorer is DcsmHeadScorer ? clip : scorer.Encoder;
        var arguments = new Dictionary<string, string>
        {
            ["data"] = parse.GetValue(_data)!,
            ["clip"] = OpenedScorers.ClipOf(scorer).Directory,
            ["templates"] = parse.GetValue(_weights) ?? templates.Name,
            ["precision"] = _scorers.Precision(parse),
        };
        if (scorer is DcsmHeadScorer { Head.Directory: { } headDirectory })
            arguments["head"] = headDirectory;
        string name =
            scorer is DcsmHeadScorer ? "DCSM head"
            : templates.Shared.Count == 1 ? templates.Shared[0]
            : ClassificationResult.Ensemble;
        (ClassWeights Ensemble, IReadOnlyList<(string, IPictureClassifier)> Single) OfClip() =>
            Weights(parse, clip, set, templates, terminal, cancellationToken);
        if (scorer is ClipScorer)
        {
            (ClassWeights ensemble, IReadOnlyList<(string, IPictureClassifier)> single) = OfClip();
            return ClassificationResult.Of(encode(clip, null), single, (name, ensemble), named, arguments);
        }

        var prompts = new PromptScores(scorer, set.Classes, templates);
        PictureEmbeddings scored = encode(scorer.Encoder, prompts);
        return besideClip
            ? ClassificationResult.Of(scored, prompts.Ensemble, name, encode(clip, null), OfClip().Ensemble, named, arguments)
            : ClassificationResult.Of(scored, prompts.Single, (name, prompts.Ensemble), named, arguments);
    }

    // One template alone is the ensemble of itself.
    private (ClassWeights Ensemble, IReadOnlyList<(string, IPictureClassifier)> Single) Weights(
        ParseResult parse,
        IEncoder encoder,
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

        (ClassWeights all, IReadOnlyList<ClassWeights> single) = ProgressView.Track(
            terminal,
            "Reading templates",
            "prompts",
            progress => ClassWeights.Encode(encoder, set.Classes, templates, progress, cancellationToken)
        );
        if (parse.GetValue(_saveWeights) is { } saved)
            all.Save(saved);
        return (all, [.. single.Select((own, t) => (templates.Shared[t], (IPictureClassifier)own))]);
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
