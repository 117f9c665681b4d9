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
using Dcsm.Evaluation.Tables;
using Dcsm.Evaluation.ZeroShot;
using Dcsm.Head;
using Dcsm.Training.Adaptation;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train adapt</c>: a DCSM head beside other ways of teaching a CLIP the same.</summary>
internal static class TrainAdaptCommand
{
    private const string Plain = "CLIP as it is";

    // As literals: the tree of commands is built without the training room.
    private static readonly string[] Names = ["probe", "dcsm", "projection", "lora", "full"];

    public static Command Create()
    {
        Option<string?> clip = CommonOptions.Clip();
        Option<string> directory = CommonOptions.Out(
            "Where the results go, a folder for each method, with result.json. Finished methods are not trained again; of interrupted ones the DCSM head goes on, others start over."
        );
        Option<string> methods = new("--methods")
        {
            Description = $"Which, separated by commas: {string.Join(", ", Names)}.",
            HelpName = "NAMES",
            DefaultValueFactory = _ => string.Join(',', Names),
        };
        Option<int> steps = new Option<int>("--steps")
        {
            Description = "Optimizer steps of each method.",
            DefaultValueFactory = _ => 400,
        }.AtLeast(1);
        Option<int> samples = new Option<int>("--samples")
        {
            Description = "Samples of each kind in a step.",
            DefaultValueFactory = _ => 16,
        }.AtLeast(1);
        Option<int> scenes = new Option<int>("--scenes")
        {
            Description = "Training samples of each kind.",
            DefaultValueFactory = _ => 2000,
        }.AtLeast(1);
        Option<double?> learningRate = new Option<double?>("--learning-rate")
        {
            Description = "Peak learning rate. [default: each method's own]",
        }.AtLeast(0.0);
        Option<bool> sweep = new("--sweep")
        {
            Description = "Train each method at a third of its learning rate, at it, and at three times as much.",
        };
        Option<int> rank = new Option<int>("--rank") { Description = "Rank of LoRA's updates.", DefaultValueFactory = _ => 8 }.AtLeast(1);
        Option<ulong> seed = CommonOptions.Seed("Seed of scenes, order and new weights.");
        Option<int> tests = new Option<int>("--test-samples")
        {
            Description = "Samples of each kind and part to judge by.",
            DefaultValueFactory = _ => 2000,
        }.AtLeast(1);
        Option<ulong> testSeed = new Option<ulong>("--test-seed")
        {
            Description = "Seed of the samples to judge by.",
            DefaultValueFactory = _ => EvalScenesCommand.DefaultSeed,
        }.AtLeast(0UL);
        Option<int> pictures = new Option<int>("--pictures")
        {
            Description = "Pictures of each object to name.",
            DefaultValueFactory = _ => 8,
        }.AtLeast(1);
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<string?> markdown = new("--markdown")
        {
            Description = "Also write the table, with the command line that made it, to a Markdown file.",
            HelpName = "FILE",
        };
        Option<int> threads = CommonOptions.Threads();
        Option<string> device = CommonOptions.Device();

        Command command = new(
            "adapt",
            "Compares ways of teaching a CLIP opposites on the same scenes: linear probe, DCSM head, projections, LoRA, full fine-tuning; and what each costs in naming."
        )
        {
            clip,
            directory,
            methods,
            steps,
            samples,
            scenes,
            learningRate,
            sweep,
            rank,
            seed,
            tests,
            testSeed,
            pictures,
            splitSeed,
            objects,
            markdown,
            threads,
            device,
        };
        return command
            .WithExamples(
                "dcsm train adapt --out out/adapt --markdown out/adapt.md",
                "dcsm train adapt --out out/adapt --methods dcsm,lora --steps 800"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(device)!, terminal);
                    AdaptationMethod[] chosen =
                    [
                        .. parse
                            .GetValue(methods)!
                            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                            .Select(Parse),
                    ];
                    string folder = parse.GetValue(directory)!,
                        clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                    var clipOptions = new ClipOptions { Threads = parse.GetValue(threads), Warn = terminal.Warning };
                    using var model = ClipModel.Load(clipDirectory, clipOptions);
                    var world = SceneWorld.Open(parse.GetValue(objects), clipDirectory, parse.GetValue(splitSeed));
                    var known = ObjectLibrary.Load(
                        parse.GetValue(objects) ?? ShippedFiles.Objects,
                        KnownObjects.Of(clipDirectory, world.Library)
                    );
                    var source = new SceneTrainingSource(world.Library, world.Split, model.ImageSize, parse.GetValue(seed))
                    {
                        OtherWordings = false,
                    };
                    var options = new AdaptationOptions
                    {
                        Steps = parse.GetValue(steps),
                        SamplesPerStream = parse.GetValue(samples),
                        Samples = parse.GetValue(scenes),
                        LearningRate = parse.GetValue(learningRate) ?? 0,
                        Rank = parse.GetValue(rank),
                        Seed = parse.GetValue(seed),
                    };
                    terminal.ResumeHint = $"what is finished is in {folder}; the same command goes on";

                    var naming = new ZeroShotOptions { PicturesPerObject = parse.GetValue(pictures) };
                    ZeroShotResult plain = Name(model, known, naming, terminal, cancellationToken);
                    List<AdaptedClip> ways = [new(Plain, null, plain)];
                    List<IScorer> scorers = [new ClipScorer(model, Plain)];
                    var opened = new List<ClipModel>();
                    try
                    {
                        double[] factors = parse.GetValue(sweep) ? [1.0 / 3, 1, 3] : [1];
                        foreach (
                            (AdaptationMethod method, double factor) in chosen.SelectMany(method =>
                                factors.Select(factor => (method, factor))
                            )
                        )
                        {
                            AdaptationOptions own =
                                factor == 1
                                    ? options
                                    : options with
                                    {
                                        LearningRate = Math.Round(options.LearningRateOf(method) * factor, 7),
                                    };
                            string name = NameOf(method, own, parse.GetValue(sweep));
                            AdaptationRun run = Train(model, source, method, own, name, folder, terminal, cancellationToken);
                            ZeroShotResult named = plain;
                            switch (method)
                            {
                                case AdaptationMethod.LinearProbe:
                                    scorers.Add(new LinearProbeScorer(model, LinearProbe.Load(run.Directory), name));
                                    break;
                                case AdaptationMethod.Dcsm:
                                    scorers.Add(new DcsmHeadScorer(model, DcsmHead.Load(run.Directory), name, parse.GetValue(threads)));
                                    break;
                                default:
                                    var adapted = ClipModel.Load(run.Directory, clipOptions);
                                    opened.Add(adapted);
                                    scorers.Add(new ClipScorer(adapted, name));
                                    named = Name(adapted, known, naming, terminal, cancellationToken);
                                    break;
                            }
                            ways.Add(new AdaptedClip(name, run, named));
                        }

                        var set = SceneTestSet.Sample(
                            new SceneSampler(world.Library, world.Split),
                            world.Library,
                            [SplitPart.UnseenPairs, SplitPart.UnseenObjects],
                            parse.GetValue(tests),
                            parse.GetValue(testSeed),
                            Enum.GetValues<SceneKind>()
                        );
                        SceneEvaluationResult result = EvalScenesCommand.Evaluate(terminal, "Judging", set, scorers, cancellationToken);
                        Report(ways, result, folder, parse, parse.GetValue(markdown), terminal);
                    }
                    finally
                    {
                        foreach (ClipModel adapted in opened)
                            adapted.Dispose();
                    }
                }
            );
    }

    private static AdaptationMethod Parse(string name) =>
        name switch
        {
            "probe" => AdaptationMethod.LinearProbe,
            "dcsm" => AdaptationMethod.Dcsm,
            "projection" => AdaptationMethod.Projection,
            "lora" => AdaptationMethod.LowRank,
            "full" => AdaptationMethod.Full,
            _ => throw new ArgumentException($"--methods: '{name}' is none of {string.Join(", ", Names)}"),
        };

    private static string NameOf(AdaptationMethod method, AdaptationOptions options, bool withRate)
    {
        string name = method switch
        {
            AdaptationMethod.LinearProbe => "frozen, linear probe",
            AdaptationMethod.Dcsm => "frozen, DCSM head",
            AdaptationMethod.Projection => "projections only",
            AdaptationMethod.LowRank => string.Create(CultureInfo.InvariantCulture, $"LoRA, rank {options.Rank}"),
            _ => "full fine-tuning",
        };
        return withRate ? string.Create(CultureInfo.InvariantCulture, $"{name}, {options.LearningRateOf(method)}") : name;
    }

    private static AdaptationRun Train(
        ClipModel clip,
        SceneTrainingSource source,
        AdaptationMethod method,
        AdaptationOptions options,
        string name,
        string folder,
        Terminal terminal,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Show(
            terminal,
            $"Training: {name}",
            "steps",
            report =>
                ClipAdaptation.Train(
                    clip,
                    source,
                    method,
                    options,
                    Path.Combine(folder, FolderOf(method, options)),
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

    private static string FolderOf(AdaptationMethod method, AdaptationOptions options)
    {
        string name = Names[(int)method];
        return options.LearningRate > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name}-{options.LearningRate}") : name;
    }

    private static ZeroShotResult Name(
        ClipModel clip,
        ObjectLibrary library,
        ZeroShotOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    ) =>
        ProgressView.Show(
            terminal,
            "Naming",
            "pictures",
            report =>
                ZeroShotEvaluation.Run(
                    new ClipEncoder(clip),
                    library,
                    options,
                    new DelegateProgress<EvaluationProgress>(p => report((double)p.Done / p.Total, p.Done)),
                    cancellationToken
                )
        );

    private static void Report(
        IReadOnlyList<AdaptedClip> ways,
        SceneEvaluationResult result,
        string folder,
        ParseResult parse,
        string? markdown,
        Terminal terminal
    )
    {
        var json = new
        {
            methods = ways.Select(way => new
            {
                way.Name,
                parameters = way.Run?.Parameters ?? 0,
                seconds = way.Run?.Seconds ?? 0,
                learningRate = way.Run?.LearningRate,
                accuracy = result.Parts.ToDictionary(
                    part => SceneNames.Of(part),
                    part =>
                        result
                            .Kinds.Select(kind => (Kind: SceneNames.Of(kind), Cell: result.Find(way.Name, part, kind)!))
                            .Append(("mean", result.Find(way.Name, part)!))
                            .ToDictionary(cell => cell.Item1, cell => cell.Item2.Accuracy)
                ),
                naming = way.Naming.Naming,
                colorNaming = way.Naming.ColorNaming,
            }),
            result.Data,
            result.Versions,
        };
        TextOutput.Write(Path.Combine(folder, "result.json"), System.Text.Json.JsonSerializer.Serialize(json, Terminal.JsonOptions) + "\n");
        Table[] tables = [.. result.Parts.Reverse().Select(part => ToTable(ways, result, part))];
        if (markdown is not null)
            TextOutput.Write(markdown, Markdown(tables, parse));
        if (terminal.Json)
        {
            Terminal.ResultAsJson(json);
            return;
        }
        foreach (Table table in tables)
            TableView.Show(terminal, table);
    }

    private static Table ToTable(IReadOnlyList<AdaptedClip> ways, SceneEvaluationResult result, SplitPart part) =>
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
                .. ways.Select(way => new TableRow([
                    way.Name,
                    way.Run is null ? "0" : NumberText.Count(way.Run.Parameters),
                    way.Run is null ? "–" : way.Run.LearningRate.ToString(CultureInfo.InvariantCulture),
                    way.Run is null ? "–" : NumberText.Fixed(way.Run.Seconds, 0),
                    .. result.Kinds.Select(kind => TableCell.Percent(result.Find(way.Name, part, kind)!.Accuracy)),
                    TableCell.Percent(result.Find(way.Name, part)!.Accuracy),
                    TableCell.Percent(way.Naming.Naming),
                    TableCell.Percent(way.Naming.ColorNaming),
                ])),
            ],
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"In brackets: 95 % intervals over samples. Chance is 50 for captions; of naming, 1 in {ways[0].Naming.Names} objects and 1 in {ways[0].Naming.Colors} colors."
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
            - **Linear probe**: one linear layer on the pooled embeddings u of the picture and v of the caption, on u·v element by element and |u − v|; it begins
              at the cosine, times 100. Trained on which of a sample's two captions belongs to which of its two pictures.
            - **DCSM head**: as `dcsm train` with its default options, but the published wordings alone.
            - **Projections only**, **LoRA** (updates of queries and values in both transformers, α twice the rank, added to the weights afterwards), **full fine-tuning**: judged by
              the cosine. Trained on the contrastive loss over all pictures and captions of a step, opposites included, plus that of each
              sample's two pictures and two captions. Each is written as an ordinary CLIP directory.
            - Adam, warm-up of 30 steps, down along half a cosine; learning rates by a sweep on other samples (`docs/adaptation-sweep.md`); the DCSM head has its default.
            - Seconds: wall time of training, drawing and encoding of the scenes included, on a machine that did other work too.
            """.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
