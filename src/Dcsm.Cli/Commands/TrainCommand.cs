using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Runs;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

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
        Option<string> directory = CommonOptions.Out(
            "Where the head goes, with checkpoint and metrics.jsonl. A run that was interrupted goes on there."
        );
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
        Option<int?> steps = new Option<int?>("--steps")
        {
            Description = "Optimizer steps. [default: 1500, or no limit with --minutes]",
        }.AtLeast(1);
        Option<int?> epochs = new Option<int?>("--epochs")
        {
            Description =
                "Epochs instead of steps: passes through the longest stream; of scenes without end, what one pool is used for (--pool times --reuse samples a stream).",
        }.AtLeast(1);
        Option<string?> compat = Compatibility.Option();
        compat.Description += " Loss and optimizer, too.";
        Option<string> words = new("--words")
        {
            Description = "Functional words: official, extended, none, or a JSON file.",
            HelpName = "LIST",
            DefaultValueFactory = _ => "official",
        };
        Option<int?> samples = new Option<int?>("--samples")
        {
            Description = "Samples of each stream in a step. [default: 64; 8 with --compat]",
        }.AtLeast(1);
        Option<double?> learningRate = new Option<double?>("--learning-rate")
        {
            Description = "Peak learning rate of Adam. [default: 0.003; 0.001 with --compat]",
        }.AtLeast(0.0);
        Option<string?> loss = new("--loss")
        {
            Description =
                "block: tells a caption from its opposite, the quickest way to that; official: from all captions of a 16 × 16 matrix; mixed: both, so that scores of captions that share nothing can be compared too. [default: block; official with --compat]",
            HelpName = "LOSS",
        };
        loss.AcceptOnlyFromAmong("block", "official", "mixed");
        Option<double?> dropout = new Option<double?>("--dropout")
        {
            Description = "Share of channels and hidden units dropped. [default: 0]",
        }.AtLeast(0.0);
        Option<double?> weightDecay = new Option<double?>("--weight-decay")
        {
            Description = "Decoupled weight decay. [default: 0]",
        }.AtLeast(0.0);
        Option<int?> pool = new Option<int?>("--pool")
        {
            Description = "Samples of each stream that are held encoded at a time. [default: 512]",
        }.AtLeast(1);
        Option<int?> reuse = new Option<int?>("--reuse")
        {
            Description = "How often each of them is trained on before new ones take their place. [default: 8]",
        }.AtLeast(1);
        Option<string?> augment = PictureChanges.Option();
        Option<int?> augmentCopies = PictureChanges.CopiesOption();
        Option<int?> evaluateEvery = new Option<int?>("--evaluate-every")
        {
            Description = "Steps between two validations on what is held out; 0 for one at the end. [default: once an epoch]",
        }.AtLeast(0);
        Option<string?> choose = new("--choose")
        {
            Description = "Which validated step gives the head: best or last. [default: best; last with --compat]",
            HelpName = "STEP",
        };
        choose.AcceptOnlyFromAmong("best", "last");
        Option<string?> chooseBy = new("--choose-by")
        {
            Description = "The validation part that says which step is best, such as unseen_objects. [default: the mean of all parts]",
            HelpName = "PART",
        };
        Option<int> patience = new Option<int>("--patience")
        {
            Description = "Stop after so many validations in a row without a better one; 0 for never.",
            DefaultValueFactory = _ => 0,
        }.AtLeast(0);
        Option<double> checkpointEvery = new Option<double>("--checkpoint-every")
        {
            Description = "Seconds between two checkpoints.",
            DefaultValueFactory = _ => 60,
        }.AtLeast(0.0);
        Option<int> validationSamples = new Option<int>("--validation-samples")
        {
            Description = "Samples of each stream in a validation; 0 for none.",
            DefaultValueFactory = _ => 250,
        }.AtLeast(0);
        Option<ulong> seed = CommonOptions.Seed("Seed of weights, scenes and order.");
        Option<int> seeds = new Option<int>("--seeds")
        {
            Description =
                "Train so many heads, of --seed and the seeds after it, in folders of their own, and tell mean and standard deviation.",
            DefaultValueFactory = _ => 1,
        }.AtLeast(1);
        Option<ulong> splitSeed = SceneOptions.SplitSeed();
        Option<string?> objects = CommonOptions.Objects();
        Option<int> threads = CommonOptions.Threads();
        Option<string?> markdown = new("--markdown")
        {
            Description = "Also write the validation, with the command line that made it, to a Markdown file.",
            HelpName = "FILE",
        };
        Option<string?> config = ConfigFile.Option();
        Option<string> device = CommonOptions.Device();

        Command command = new(
            "train",
            "Trains a DCSM head on a frozen CLIP, on generated scenes, on data sets, or on pictures of one's own."
        )
        {
            config,
            clip,
            directory,
            scenes,
            data,
            backgrounds,
            augment,
            augmentCopies,
            minutes,
            steps,
            epochs,
            compat,
            words,
            samples,
            learningRate,
            loss,
            dropout,
            weightDecay,
            pool,
            reuse,
            evaluateEvery,
            validationSamples,
            choose,
            chooseBy,
            patience,
            checkpointEvery,
            seed,
            seeds,
            splitSeed,
            objects,
            threads,
            device,
            markdown,
        };
        return command
            .WithExamples(
                "dcsm train --out out/head --minutes 5",
                "dcsm train --clip models/clip-vit-base-patch16 --out out/head-b16 --steps 2000",
                "dcsm train --scenes out/scenes --out out/head --compat official --steps 500",
                "dcsm train --data coco:coco2017 --data scenes::0.5 --out out/head-coco --steps 2000",
                "dcsm train --data csv:pictures.csv --out out/head-own --samples 16",
                "dcsm train --data cutouts:my-objects --backgrounds my-rooms --out out/head-objects --minutes 10",
                "dcsm train --data official:datasets --augment official --augment-copies 4 --epochs 30 --patience 5 --out out/head-official",
                "dcsm train --config out/head/run.json --out out/heads --seeds 5"
            )
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(device)!, terminal);
                    var compatibility = Compatibility.Of(parse.GetValue(compat));
                    HeadTrainingOptions options = compatibility is null
                        ? new HeadTrainingOptions()
                        : HeadTrainingOptions.Official with
                        {
                            Placement = compatibility.Placement,
                        };
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
                        Epochs = parse.GetValue(epochs),
                        EvaluateEvery = parse.GetValue(evaluateEvery),
                        ValidationSamples = parse.GetValue(validationSamples),
                        Choose = parse.GetValue(choose) is { } choice ? Enum.Parse<HeadChoice>(choice, ignoreCase: true) : options.Choose,
                        ChooseBy = parse.GetValue(chooseBy),
                        Patience = parse.GetValue(patience),
                        CheckpointEvery = TimeSpan.FromSeconds(parse.GetValue(checkpointEvery)),
                        Seed = parse.GetValue(seed),
                    };
                    if (options.Epochs is not null && (parse.GetValue(steps) is not null || limit is not null))
                        throw new ArgumentException("--epochs is given with --steps or --minutes; one of them says how long training is");
                    var changes = PictureChanges.Of(parse.GetValue(augment), parse.GetValue(augmentCopies));
                    if (changes is { Anew: true } && parse.GetValue(reuse) is null)
                        options = options with { Reuse = 1 };
                    var sets = (parse.GetValue(data) ?? []).Select(TrainingData.Parse).ToList();
                    if (parse.GetValue(scenes) is { } folder)
                        sets.Insert(0, new TrainingData("scenes", folder, 1));
                    if (sets.Count == 0)
                        sets.Add(new TrainingData("scenes", "", 1));
                    string clipDirectory = ClipDirectory.Of(parse.GetValue(clip));
                    using var model = ClipModel.Load(clipDirectory, Compatibility.Clip(compatibility, terminal, parse.GetValue(threads)));
                    var remarks = new HashSet<string>();
                    IHeadTrainingSource Open(ulong seed)
                    {
                        IHeadTrainingSource source = TrainingData.Open(
                            sets,
                            () =>
                            {
                                var world = SceneWorld.Open(parse.GetValue(objects), clipDirectory, parse.GetValue(splitSeed));
                                return new SceneTrainingSource(world.Library, world.Split, model.ImageSize, seed);
                            },
                            model.ImageSize,
                            seed,
                            parse.GetValue(splitSeed),
                            parse.GetValue(backgrounds)!,
                            remark =>
                            {
                                if (remarks.Add(remark)) // Every seed would say the same.
                                    terminal.Remark(remark);
                            },
                            cancellationToken
                        );
                        return changes?.Apply(source, seed) ?? source;
                    }

                    new TrainingRuns(terminal, parse, model, Open) { Markdown = parse.GetValue(markdown) }.Run(
                        options,
                        parse.GetValue(directory)!,
                        parse.GetValue(seeds),
                        cancellationToken
                    );
                }
            );
    }

    private static FunctionalWordList Words(string list) =>
        list switch
        {
            "official" => FunctionalWordList.Official,
            "extended" => FunctionalWordList.Extended,
            "none" => FunctionalWordList.None,
            _ => FunctionalWordList.Load(list),
        };
}
