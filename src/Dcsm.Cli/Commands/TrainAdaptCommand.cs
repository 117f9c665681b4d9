using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Training.Adaptation;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train adapt</c>: a DCSM head beside other ways of teaching a CLIP the same.</summary>
internal sealed class TrainAdaptCommand
{
    private const string Plain = "CLIP as it is";

    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string> _directory = CommonOptions.Out(
        "Where the results go, a folder for each method, with result.json. Finished methods are not trained again; of interrupted "
            + "ones the DCSM head goes on, others start over."
    );
    private readonly Option<string> _methods = new("--methods")
    {
        Description = "Which, separated by commas.",
        HelpName = "NAMES",
        DefaultValueFactory = _ => AllMethods(),
    };
    private readonly Option<int> _steps = new Option<int>("--steps")
    {
        Description = "Optimizer steps of each method.",
        DefaultValueFactory = _ => 400,
    }.AtLeast(1);
    private readonly Option<int> _samples = new Option<int>("--samples")
    {
        Description = "Samples of each kind in a step.",
        DefaultValueFactory = _ => 16,
    }.AtLeast(1);
    private readonly Option<int> _scenes = new Option<int>("--scenes")
    {
        Description = "Training samples of each kind.",
        DefaultValueFactory = _ => 2000,
    }.AtLeast(1);
    private readonly Option<double?> _learningRate = new Option<double?>("--learning-rate")
    {
        Description = "Peak learning rate. [default: each method's own]",
    }.AtLeast(0.0);
    private readonly Option<bool> _sweep = new("--sweep")
    {
        Description = "Train each method at a third of its learning rate, at it, and at three times as much.",
    };
    private readonly Option<int> _rank = new Option<int>("--rank")
    {
        Description = "Rank of LoRA's updates.",
        DefaultValueFactory = _ => 8,
    }.AtLeast(1);
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of scenes, order and new weights.");
    private readonly Option<int> _tests = new Option<int>("--test-samples")
    {
        Description = "Samples of each kind and part to judge by.",
        DefaultValueFactory = _ => 2000,
    }.AtLeast(1);
    private readonly Option<ulong> _testSeed = new Option<ulong>("--test-seed")
    {
        Description = "Seed of the samples to judge by.",
        DefaultValueFactory = _ => EvalScenesCommand.DefaultSeed,
    }.AtLeast(0UL);
    private readonly Option<int> _pictures = new Option<int>("--pictures")
    {
        Description = "Pictures of each object to name.",
        DefaultValueFactory = _ => 8,
    }.AtLeast(1);
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Also write the table, with the command line that made it, to a Markdown file.",
        HelpName = "FILE",
    };
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _device = CommonOptions.Device();

    public static Command Create() => new TrainAdaptCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "adapt",
            "Compares ways of teaching a CLIP opposites on the same scenes: linear probe, DCSM head, projections, LoRA, full "
                + "fine-tuning; and what each costs in naming."
        )
        {
            _clip,
            _directory,
            _methods,
            _steps,
            _samples,
            _scenes,
            _learningRate,
            _sweep,
            _rank,
            _seed,
            _tests,
            _testSeed,
            _pictures,
            _splitSeed,
            _objects,
            _markdown,
            _threads,
            _device,
        };
        return command
            .WithExamples(
                "dcsm train adapt --out out/adapt --markdown out/adapt.md",
                "dcsm train adapt --out out/adapt --methods dcsm,lora --steps 800"
            )
            .Runs(Run);
    }

    // In a method of its own: building the tree of commands must not load the training room.
    private static string AllMethods() => string.Join(',', AdaptationMethods.All);

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(_device)!, terminal);
        AdaptationMethod[] methods = Methods(parse.GetValue(_methods)!);
        string directory = parse.GetValue(_directory)!,
            clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        var clipOptions = new ClipOptions { Threads = parse.GetValue(_threads), Warn = terminal.Warning };
        using var clip = ClipModel.Load(clipDirectory, clipOptions);
        var world = SceneWorld.Open(parse.GetValue(_objects), clipDirectory, parse.GetValue(_splitSeed));
        var known = ObjectLibrary.Load(parse.GetValue(_objects) ?? ShippedFiles.Objects, KnownObjects.Of(clipDirectory, world.Library));
        var source = new SceneTrainingSource(world.Library, world.Split, clip.ImageSize, parse.GetValue(_seed)) { OtherWordings = false };
        terminal.ResumeHint = $"what is finished is in {directory}; the same command goes on";

        var naming = new ZeroShotOptions { PicturesPerObject = parse.GetValue(_pictures) };
        ZeroShotResult plain = Name(clip, known, naming, terminal, cancellationToken);
        List<AdaptationRow> rows = [new(Plain, null, plain)];
        List<IScorer> scorers = [new ClipScorer(clip, Plain)];
        var opened = new List<AdaptedClip>();
        try
        {
            foreach ((AdaptationMethod method, AdaptationOptions options, string name) in Plan(methods, parse))
            {
                AdaptationRun run = Train(clip, source, method, options, name, directory, terminal, cancellationToken);
                AdaptedClip adapted = method.Open(run.Directory, clip, clipOptions);
                opened.Add(adapted);
                scorers.Add(new AdaptedClipScorer(adapted, name));
                rows.Add(
                    new AdaptationRow(
                        name,
                        run,
                        ReferenceEquals(adapted.Clip, clip) ? plain : Name(adapted.Clip, known, naming, terminal, cancellationToken)
                    )
                );
            }

            var set = SceneTestSet.Sample(
                new SceneSampler(world.Library, world.Split),
                world.Library,
                [SplitPart.UnseenPairs, SplitPart.UnseenObjects],
                parse.GetValue(_tests),
                parse.GetValue(_testSeed),
                Enum.GetValues<SceneKind>()
            );
            SceneEvaluationResult result = EvalScenesCommand.Evaluate(terminal, "Judging", set, scorers, cancellationToken);
            new AdaptationReport(rows, result).Write(directory, parse.GetValue(_markdown), parse, terminal);
        }
        finally
        {
            foreach (AdaptedClip adapted in opened)
                adapted.Dispose();
        }
    }

    private static AdaptationMethod[] Methods(string names)
    {
        try
        {
            return
            [
                .. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(AdaptationMethods.Find),
            ];
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"--methods: {e.Message}", e);
        }
    }

    /// <summary>Each method at its learning rate, or at several.</summary>
    private IEnumerable<(AdaptationMethod Method, AdaptationOptions Options, string Name)> Plan(
        AdaptationMethod[] methods,
        ParseResult parse
    )
    {
        var options = new AdaptationOptions
        {
            Steps = parse.GetValue(_steps),
            SamplesPerStream = parse.GetValue(_samples),
            Samples = parse.GetValue(_scenes),
            LearningRate = parse.GetValue(_learningRate) ?? 0,
            Rank = parse.GetValue(_rank),
            Seed = parse.GetValue(_seed),
        };
        bool sweep = parse.GetValue(_sweep);
        double[] factors = sweep ? [1.0 / 3, 1, 3] : [1];
        foreach ((AdaptationMethod method, double factor) in methods.SelectMany(method => factors.Select(factor => (method, factor))))
        {
            double rate = options.LearningRateOf(method);
            AdaptationOptions own = factor == 1 ? options : options with { LearningRate = Math.Round(rate * factor, 7) };
            string name = method.Title(own);
            yield return (method, own, sweep ? string.Create(CultureInfo.InvariantCulture, $"{name}, {own.LearningRateOf(method)}") : name);
        }
    }

    private static AdaptationRun Train(
        ClipModel clip,
        SceneTrainingSource source,
        AdaptationMethod method,
        AdaptationOptions options,
        string name,
        string directory,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        string folder =
            options.LearningRate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{method.Name}-{options.LearningRate}") : method.Name;
        return ProgressView.Show(
            terminal,
            $"Training: {name}",
            "steps",
            report =>
                ClipAdaptation.Train(
                    clip,
                    source,
                    method,
                    options,
                    Path.Combine(directory, folder),
                    new DelegateProgress<AdaptationProgress>(p =>
                        report(
                            (double)p.Step / p.Steps,
                            p.Step,
                            double.IsFinite(p.Loss) ? string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.000}") : "encoding"
                        )
                    ),
                    cancellationToken
                )
        );
    }

    private static ZeroShotResult Name(
        ClipModel clip,
        ObjectLibrary library,
        ZeroShotOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Track(
            terminal,
            "Naming",
            "pictures",
            progress => ZeroShotEvaluation.Run(new ClipEncoder(clip), library, options, progress, cancellationToken)
        );
}
