using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Reporting.Tables;
using Dcsm.Training.Ablation;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train ablate</c>: what each part of the method is worth.</summary>
internal sealed class TrainAblateCommand
{
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string> _directory = CommonOptions.Out(
        "Where the heads go, a folder for each variant and seed, with result.json. Finished ones are not trained again, and one that "
            + "was interrupted goes on."
    );
    private readonly Option<string> _variants = new("--variants")
    {
        Description = "Variants, separated by commas; all, or list to see them. The baseline always comes along.",
        HelpName = "NAMES",
        DefaultValueFactory = _ => "all",
    };
    private readonly Option<int> _seeds = new Option<int>("--seeds")
    {
        Description = "Heads of each variant.",
        DefaultValueFactory = _ => 2,
    }.AtLeast(1);
    private readonly Option<ulong> _seed = CommonOptions.Seed(
        "The first seed of weights, rows and order; the scenes have the same seed for all."
    );
    private readonly Option<int> _scenes = new Option<int>("--scenes")
    {
        Description = "Training samples of each kind.",
        DefaultValueFactory = _ => 2000,
    }.AtLeast(1);
    private readonly Option<int> _steps = new Option<int>("--steps")
    {
        Description = "Optimizer steps.",
        DefaultValueFactory = _ => 500,
    }.AtLeast(1);
    private readonly Option<int> _samples = new Option<int>("--samples")
    {
        Description = "Samples of each kind in a step.",
        DefaultValueFactory = _ => 32,
    }.AtLeast(1);
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
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Also write the tables, with the command line that made them, to a Markdown file.",
        HelpName = "FILE",
    };
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string> _device = CommonOptions.Device();

    public static Command Create() => new TrainAblateCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "ablate",
            "Trains heads that differ from the baseline in one thing each, on the same scenes, and compares them on unseen pairs and "
                + "unseen objects."
        )
        {
            _clip,
            _directory,
            _variants,
            _seeds,
            _seed,
            _scenes,
            _steps,
            _samples,
            _tests,
            _testSeed,
            _splitSeed,
            _objects,
            _markdown,
            _threads,
            _device,
        };
        _directory.Required = false; // Not for --variants list.
        ShardOption.AddTo(command, "the heads");
        return command
            .WithExamples(
                "dcsm train ablate --variants list",
                "dcsm train ablate --out out/ablation --markdown out/ablation.md",
                "dcsm train ablate --out out/ablation --variants rows-off,mlp --seeds 5"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string list = parse.GetValue(_variants)!;
        if (list == "list")
        {
            List(terminal);
            return;
        }
        string directory = parse.GetValue(_directory) is { Length: > 0 } given
            ? given
            : throw new ArgumentException("--out is missing; it names the folder of the heads");
        IReadOnlyList<HeadVariant> variants =
            list == "all"
                ? HeadVariants.All
                : HeadVariants.Find(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(_device)!, terminal);
        string clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        var clipOptions = new ClipOptions { Threads = parse.GetValue(_threads), Warn = terminal.Warning };
        using var clip = ClipModel.Load(clipDirectory, clipOptions);
        var world = SceneWorld.Open(parse.GetValue(_objects), clipDirectory, parse.GetValue(_splitSeed));
        terminal.ResumeHint = $"what is done is in {directory}; the same command goes on from it";
        var part = CommandShard.Of(parse);
        int heads = variants.Count * parse.GetValue(_seeds);
        if (part?.Begin(heads, new Dictionary<string, string> { ["CLIP"] = clip.Fingerprint }, terminal) == false)
            return;
        (int first, int count) = part?.Shard.Of(heads) ?? (0, heads);
        List<RepeatedScorer> methods =
        [
            .. Train(parse, clip, world, variants, directory, first..(first + count), terminal, cancellationToken),
        ];
        if (part is not null)
        {
            part.Finish(terminal);
            return;
        }

        var set = SceneTestSet.Sample(
            new SceneSampler(world.Library, world.Split),
            world.Library,
            [SplitPart.UnseenPairs, SplitPart.UnseenObjects],
            parse.GetValue(_tests),
            parse.GetValue(_testSeed),
            Enum.GetValues<SceneKind>()
        );
        RepeatedEvaluation result = ProgressView.Track(
            terminal,
            "Judging",
            "samples",
            progress => RepeatedEvaluation.Run(set, methods, progress: progress, cancellationToken: cancellationToken)
        );
        Report(result, directory, parse, terminal);
    }

    private IEnumerable<RepeatedScorer> Train(
        ParseResult parse,
        ClipModel clip,
        SceneWorld world,
        IReadOnlyList<HeadVariant> variants,
        string directory,
        Range which,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        ulong firstSeed = parse.GetValue(_seed);
        int seeds = parse.GetValue(_seeds);
        var ablation = new HeadAblation(
            clip,
            new SceneTrainingSource(world.Library, world.Split, clip.ImageSize, firstSeed) { OtherWordings = false },
            parse.GetValue(_scenes),
            new HeadTrainingOptions
            {
                Steps = parse.GetValue(_steps),
                SamplesPerStream = parse.GetValue(_samples),
                ValidationSamples = 0,
            }
        );
        for (int v = 0; v < variants.Count; v++)
        {
            HeadVariant variant = variants[v];
            var runs = new List<DcsmHeadScorer>();
            for (int i = 0; i < seeds; i++)
            {
                int number = (v * seeds) + i;
                if (number < which.Start.Value || number >= which.End.Value)
                    continue;
                ulong seed = firstSeed + (ulong)i;
                string title = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{variant.Name}, seed {seed} ({number + 1} of {variants.Count * seeds})"
                );
                string folder = Path.Combine(directory, variant.Name, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}"));
                DcsmHead head = Train(ablation, variant, seed, folder, title, terminal, cancellationToken);
                string name = string.Create(CultureInfo.InvariantCulture, $"{variant.Name}/{seed}");
                runs.Add(new DcsmHeadScorer(clip, head, name, parse.GetValue(_threads)));
            }
            if (runs.Count > 0)
                yield return new RepeatedScorer(variant.Name, variant.Description, runs[0].Head.Config.ParameterCount, runs);
        }
    }

    private static DcsmHead Train(
        HeadAblation ablation,
        HeadVariant variant,
        ulong seed,
        string folder,
        string title,
        Terminal terminal,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Show(
            terminal,
            title,
            "steps",
            report =>
                ablation.Train(
                    variant,
                    seed,
                    folder,
                    new DelegateProgress<HeadTrainingProgress>(p =>
                        report(
                            p.Fraction,
                            p.Step,
                            double.IsFinite(p.Loss)
                                ? string.Create(CultureInfo.InvariantCulture, $"loss {p.Loss:0.000}")
                                : string.Create(CultureInfo.InvariantCulture, $"{ablation.Encoded} samples encoded")
                        )
                    ),
                    cancellationToken
                )
        );

    private void Report(RepeatedEvaluation result, string directory, ParseResult parse, Terminal terminal)
    {
        AtomicFile.Write(Path.Combine(directory, "result.json"), result.ToJson());
        if (parse.GetValue(_markdown) is { } file)
            AtomicFile.Write(file, Markdown(result, parse));
        if (terminal.Json)
        {
            Terminal.Result(result.ToJson().TrimEnd('\n'));
            return;
        }
        TableView.Show(terminal, result.ToTable(SplitPart.UnseenPairs));
        TableView.Show(terminal, result.ToTable(SplitPart.UnseenObjects));
    }

    private static void List(Terminal terminal)
    {
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                HeadVariants.All.Select(variant => new
                {
                    variant.Name,
                    variant.Group,
                    variant.Description,
                })
            );
        }
        else
        {
            TableView.Show(
                terminal,
                new Table(
                    "Variants",
                    [new("Name"), new("of"), new("what is different")],
                    [.. HeadVariants.All.Select(variant => new TableRow([variant.Name, variant.Group, variant.Description]))],
                    []
                )
            );
        }
    }

    private string Markdown(RepeatedEvaluation result, ParseResult parse) =>
        $"""
            # Ablations

            What each part of the method is worth: heads that differ from the baseline in one thing each, trained on the same scenes
            for the same number of steps, judged on the same samples.

            ```sh
            {CommandLineText.Of(parse)}
            ```

            {TableRenderer.ToMarkdown(result.ToTable(SplitPart.UnseenObjects))}
            {TableRenderer.ToMarkdown(result.ToTable(SplitPart.UnseenPairs))}
            - CLIP is frozen, so every scene was encoded once, for all heads. Only the published wordings are trained and judged on.
              No head was chosen by validation: each is that of the last step.
            - "training samples": of each kind, two pictures each; the same steps are trained on fewer pictures more often. All are
              those of `--scenes`.
            - "whole batch" heads are trained on steps of {parse.GetValue(
                _samples
            )} samples a kind, each kind standardized together, and judged sample by sample: the two pictures with all
              their captions are the batch.
            - A head that was trained without a stream is judged on its kind all the same.
            - Intervals are over samples and seeds, yet of few seeds: differences smaller than what another seed does are not to be
              read as such.
            """.ReplaceLineEndings(
            "\n"
        ).TrimEnd('\n') + "\n";
}
