using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Internals;
using Dcsm.Clip;
using Dcsm.Evaluation.Tables;
using Dcsm.Training;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train</c>: trains a head on a frozen CLIP.</summary>
internal static class TrainCommand
{
    // With a time limit and no number of steps, time alone ends the run.
    public const int StepsWithoutEnd = 1_000_000_000;

    public static Command Create()
    {
        // Defaults are asked for in lambdas only: building the tree of commands must not load the training room.
        Option<string?> clip = CommonOptions.Clip();
        Option<string> directory = CommonOptions.Out("Where the head goes, with checkpoint and metrics.jsonl. A run that was interrupted goes on there.");
        Option<string?> scenes = new("--scenes")
        {
            Description = "Train on a folder that 'dcsm synth' wrote. [default: new scenes without end]",
            HelpName = "DIR",
        };
        Option<string[]> data = TrainingData.Option();
        Option<string> backgrounds = TrainingData.Backgrounds();
        Option<double?> minutes = new Option<double?>("--minutes")
        {
            Description = "Train for so long; the learning rate falls with time.",
        }.AtLeast(0.01);
        Option<int?> steps = new Option<int?>("--steps") { Description = "Optimiser steps. [default: 1500, or no limit with --minutes]" }.AtLeast(1);
        Option<string?> compat = Compatibility.Option();
        compat.Description += " Loss and optimiser, too.";
        Option<string> words = new("--words")
        {
            Description = "Functional words: official, extended, none, or a JSON file.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "official",
        };
        Option<int?> samples = new Option<int?>("--samples") { Description = "Samples of each stream in a step. [default: 64; 8 with --compat]" }.AtLeast(1);
        Option<double?> learningRate = new Option<double?>("--learning-rate") { Description = "Peak learning rate of Adam. [default: 0.003; 0.001 with --compat]" }.AtLeast(0.0);
        Option<string?> loss = new("--loss")
        {
            Description = "block: tells a caption from its opposite, the quickest way to that; official: from all captions of a 16 × 16 matrix; mixed: both, so that scores of captions that share nothing can be compared too. [default: block; official with --compat]",
            HelpName = "LOSS",
        };
        loss.AcceptOnlyFromAmong("block", "official", "mixed");
        Option<double?> dropout = new Option<double?>("--dropout") { Description = "Share of channels and hidden units dropped. [default: 0]" }.AtLeast(0.0);
        Option<double?> weightDecay = new Option<double?>("--weight-decay") { Description = "Decoupled weight decay. [default: 0]" }.AtLeast(0.0);
        Option<int?> pool = new Option<int?>("--pool") { Description = "Samples of each stream that are held encoded at a time. [default: 512]" }.AtLeast(1);
        Option<int?> reuse = new Option<int?>("--reuse") { Description = "How often each of them is trained on before new ones take their place. [default: 8]" }.AtLeast(1);
        Option<int> evaluateEvery = new Option<int>("--evaluate-every")
        {
            Description = "Steps between two validations on unseen pairs and objects; 0 for one at the end.",
            DefaultValueFactory = _ => 0,
        }.AtLeast(0);
        Option<int> validationSamples = new Option<int>("--validation-samples")
        {
            Description = "Samples of each stream in a validation; 0 for none.",
            DefaultValueFactory = _ => 250,
        }.AtLeast(0);
        Option<ulong> seed = CommonOptions.Seed("Seed of weights, scenes and order.");
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<int> threads = CommonOptions.Threads();

        Command command = new("train", "Trains a DCSM head on a frozen CLIP, on generated scenes, on data sets, or on pictures of one's own.")
        {
            clip, directory, scenes, data, backgrounds, minutes, steps, compat, words, samples, learningRate, loss, dropout, weightDecay,
            pool, reuse, evaluateEvery, validationSamples, seed, splitSeed, objects, threads,
        };
        return command
            .WithExamples(
                "dcsm train --out out/head --minutes 5",
                "dcsm train --clip models/clip-vit-base-patch16 --out out/head-b16 --steps 2000",
                "dcsm train --scenes out/scenes --out out/head --compat official --steps 500",
                "dcsm train --data coco:coco2017 --data scenes::0.5 --out out/head-coco --steps 2000",
                "dcsm train --data csv:pictures.csv --out out/head-own --samples 16",
                "dcsm train --data cutouts:my-objects --backgrounds my-rooms --out out/head-objects --minutes 10")
            .Runs((parse, terminal, cancellation) =>
            {
                Compatibility? compatibility = Compatibility.Of(parse.GetValue(compat));
                HeadTrainingOptions options = compatibility is null
                    ? new HeadTrainingOptions()
                    : HeadTrainingOptions.Official with { Placement = compatibility.Placement };
                TimeSpan? limit = parse.GetValue(minutes) is { } length ? TimeSpan.FromMinutes(length) : null;
                options = options with
                {
                    Steps = parse.GetValue(steps) ?? (limit is null ? options.Steps : StepsWithoutEnd),
                    TimeLimit = limit,
                    Words = Words(parse.GetValue(words)!),
                    SamplesPerStream = parse.GetValue(samples) ?? options.SamplesPerStream,
                    LearningRate = parse.GetValue(learningRate) ?? options.LearningRate,
                    Loss = parse.GetValue(loss) is { } name ? Enum.Parse<HeadLoss>(name, ignoreCase: true) : options.Loss,
                    Dropout = parse.GetValue(dropout) ?? options.Dropout,
                    WeightDecay = parse.GetValue(weightDecay) ?? options.WeightDecay,
                    PoolSamples = parse.GetValue(pool) ?? options.PoolSamples,
                    Reuse = parse.GetValue(reuse) ?? options.Reuse,
                    EvaluateEvery = parse.GetValue(evaluateEvery),
                    ValidationSamples = parse.GetValue(validationSamples),
                    Seed = parse.GetValue(seed),
                };
                var sets = (parse.GetValue(data) ?? []).Select(TrainingData.Parse).ToList();
                if (parse.GetValue(scenes) is { } folder)
                    sets.Insert(0, new TrainingData("scenes", folder, 1));
                if (sets.Count == 0)
                    sets.Add(new TrainingData("scenes", "", 1));
                string clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                using ClipModel model = ClipModel.Load(clipDirectory, Compatibility.Clip(compatibility, terminal, parse.GetValue(threads)));
                IHeadTrainingSource source = TrainingData.Open(
                    sets,
                    () =>
                    {
                        SceneWorld world = SceneWorld.Open(parse.GetValue(objects), clipDirectory, parse.GetValue(splitSeed));
                        return new SceneTrainingSource(world.Library, world.Split, model.ImageSize, options.Seed);
                    },
                    model.ImageSize,
                    options.Seed,
                    parse.GetValue(splitSeed),
                    parse.GetValue(backgrounds)!,
                    terminal,
                    cancellation);
                Run(model, source, options, parse.GetValue(directory)!, terminal, cancellation);
            });
    }

    private static FunctionalWords Words(string list) => list switch
    {
        "official" => FunctionalWords.Official,
        "extended" => FunctionalWords.Extended,
        "none" => FunctionalWords.None,
        _ => FunctionalWords.Load(list),
    };

    private static void Run(
        ClipModel clip, IHeadTrainingSource source, HeadTrainingOptions options, string directory, Terminal terminal, CancellationToken cancellation)
    {
        terminal.HowToGoOn = $"a checkpoint is in {directory}; the same command goes on from it";
        DcsmHead head = HeadTraining.Show(terminal, "Training the head", clip, source, options, directory, out HeadTrainingProgress? last, cancellation);
        head.Save(directory);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(new
            {
                directory,
                clip = clip.Fingerprint,
                step = last?.Step,
                seconds = last?.Elapsed.TotalSeconds,
                loss = last?.Loss is { } loss && double.IsFinite(loss) ? loss : (double?)null,
                head.Config.Metrics,
            });
            return;
        }

        if (last?.Validation is { Count: > 0 } validation)
            TableView.Show(terminal, ToTable(validation));
        Terminal.Result(string.Create(CultureInfo.InvariantCulture, $"The head is in {directory}."));
    }

    private static Table ToTable(IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> validation)
    {
        // Parts of a mixture have streams of their own.
        string[] streams = [.. validation.Values.SelectMany(part => part.Keys).Distinct()];
        return new Table(
            "Right caption of two, percent",
            [new("Validation"), .. streams.Select(stream => new TableColumn(stream, AlignRight: true)), new("mean", AlignRight: true)],
            [
                .. validation.Select(part => new TableRow(
                [
                    part.Key.Replace('_', ' '),
                    .. streams.Select(stream => (TableCell)(part.Value.TryGetValue(stream, out double right) ? Figures.Percent(right) : "–")),
                    Figures.Percent(part.Value.Values.Average()),
                ])),
            ],
            []);
    }
}
