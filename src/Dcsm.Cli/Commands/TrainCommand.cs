using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Cli.Shards;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Training.Heads;
using Dcsm.Training.Sources;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm train</c>: trains a head on a frozen CLIP.</summary>
internal sealed class TrainCommand
{
    // With a time limit and no number of steps, time alone ends the run.
    public const int StepsWithoutEnd = 1_000_000_000;

    private const int SheetCaptions = 48;

    // Defaults are asked for in lambdas only: building the tree of commands must not load the training room.
    private readonly Option<string?> _clip = CommonOptions.Clip();
    private readonly Option<string> _directory = CommonOptions.Out(
        "Where the head goes, with checkpoint and metrics.jsonl. A run that was interrupted goes on there."
    );
    private readonly Option<string?> _scenes = new("--scenes")
    {
        Description = "Train on a folder that 'dcsm synth' wrote. [default: new scenes without end]",
        HelpName = "DIR",
    };
    private readonly Option<string[]> _data = TrainingData.Option();
    private readonly Option<string> _backgrounds = TrainingData.Backgrounds();
    private readonly Option<string?> _from = new("--from")
    {
        Description =
            "Go on from a trained head of the same CLIP, with its words and layout: to train longer, or to accustom it to one's own data.",
        HelpName = "HEAD",
    };
    private readonly Option<double?> _minutes = new Option<double?>("--minutes")
    {
        Description = "Train for so long; the learning rate falls with time.",
    }.AtLeast(0.01);
    private readonly Option<int?> _steps = new Option<int?>("--steps")
    {
        Description = "Optimizer steps. [default: 1500, or no limit with --minutes]",
    }.AtLeast(1);
    private readonly Option<int?> _epochs = new Option<int?>("--epochs")
    {
        Description =
            "Epochs instead of steps: passes through the longest stream; of scenes without end, what one pool is used for (--pool "
            + "times --reuse samples a stream).",
    }.AtLeast(1);
    private readonly Option<string?> _compat = Compatibility.Option();
    private readonly Option<string?> _words = new("--words")
    {
        Description =
            "Functional words: official, extended, canonical, none, or a JSON file. [default: canonical; official with --compat and other "
            + "losses than statements]",
        HelpName = "LIST",
    };
    private readonly Option<int?> _samples = new Option<int?>("--samples")
    {
        Description =
            "Samples of each stream in a step; with --loss statements groups of pictures and captions. [default: 6; 64 "
            + "with other losses; 8 "
            + "with --compat]",
    }.AtLeast(1);
    private readonly Option<double?> _learningRate = new Option<double?>("--learning-rate")
    {
        Description = "Peak learning rate of Adam. [default: 0.003; 0.001 with --compat]",
    }.AtLeast(0.0);
    private readonly Option<string?> _loss = new("--loss")
    {
        Description =
            "statements: any caption, any picture, a probability; block: tells a caption from its opposite, the "
            + "quickest way to that alone; "
            + "official: from all captions of a 16 × 16 matrix; mixed: the last two. [default: statements; official with --compat]",
        HelpName = "LOSS",
    };
    private readonly Option<string?> _terms = new("--terms")
    {
        Description =
            "Terms of the loss of statements, separated by commas: captions (of a picture, true against false), pictures (of a caption), "
            + "sigmoid (each pair by itself). [default: all three]",
        HelpName = "LIST",
    };
    private readonly Option<string?> _standardize = new("--standardize")
    {
        Description =
            "How maps are standardized: fixed (by constants that are measured once) or per-map. [default: fixed; per-map with other losses "
            + "than statements]",
        HelpName = "HOW",
    };
    private readonly Option<int?> _hidden = new Option<int?>("--hidden")
    {
        Description = "Hidden units of the head. [default: 128]",
    }.AtLeast(1);
    private readonly Option<int?> _channels = new Option<int?>("--channels")
    {
        Description = "Channels of each convolution. [default: 4]",
    }.AtLeast(1);
    private readonly Option<double?> _dropout = new Option<double?>("--dropout")
    {
        Description = "Share of channels and hidden units dropped. [default: 0]",
    }.AtLeast(0.0);
    private readonly Option<double?> _weightDecay = new Option<double?>("--weight-decay")
    {
        Description = "Decoupled weight decay. [default: 0]",
    }.AtLeast(0.0);
    private readonly Option<int?> _pool = new Option<int?>("--pool")
    {
        Description = "Samples of each stream that are held encoded at a time. [default: 512; 96 groups with --loss statements]",
    }.AtLeast(1);
    private readonly Option<int?> _reuse = new Option<int?>("--reuse")
    {
        Description = "How often each of them is trained on before new ones take their place. [default: 8; 4 with --loss statements]",
    }.AtLeast(1);
    private readonly Option<string?> _augment = PictureChanges.Option();
    private readonly Option<int?> _augmentCopies = PictureChanges.CopiesOption();
    private readonly Option<int?> _evaluateEvery = new Option<int?>("--evaluate-every")
    {
        Description = "Steps between two validations on what is held out; 0 for one at the end. [default: once an epoch]",
    }.AtLeast(0);
    private readonly Option<string?> _choose = new("--choose")
    {
        Description = "Which validated step gives the head: best or last. [default: best; last with --compat]",
        HelpName = "STEP",
    };
    private readonly Option<string?> _chooseBy = new("--choose-by")
    {
        Description = "The validation part that says which step is best, such as unseen_objects. [default: the mean of all parts]",
        HelpName = "PART",
    };
    private readonly Option<int> _patience = new Option<int>("--patience")
    {
        Description = "Stop after so many validations in a row without a better one; 0 for never.",
        DefaultValueFactory = _ => 0,
    }.AtLeast(0);
    private readonly Option<double> _checkpointEvery = new Option<double>("--checkpoint-every")
    {
        Description = "Seconds between two checkpoints.",
        DefaultValueFactory = _ => 60,
    }.AtLeast(0.0);
    private readonly Option<int?> _validationSamples = new Option<int?>("--validation-samples")
    {
        Description = "Samples of each stream in a validation; 0 for none. [default: 250; 60 groups with --loss statements]",
    }.AtLeast(0);
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of weights, scenes and order.");
    private readonly Option<int> _seeds = new Option<int>("--seeds")
    {
        Description =
            "Train so many heads, of --seed and the seeds after it, in folders of their own, and tell mean and standard deviation.",
        DefaultValueFactory = _ => 1,
    }.AtLeast(1);
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<string?> _markdown = new("--markdown")
    {
        Description = "Also write the validation, with the command line that made it, to a Markdown file.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _config = ConfigFile.Option();
    private readonly Option<string> _device = CommonOptions.Device();
    private readonly Option<int?> _list = new Option<int?>("--list")
    {
        Description =
            "Print so many captions as training takes them: picture, caption, true or false, kind, why; and end without training.",
        HelpName = "N",
    }.AtLeast(1);
    private readonly Option<string?> _sheet = new("--sheet")
    {
        Description =
            $"Draw them, with the boxes of what they name, to a PNG, and end without training. [default: {SheetCaptions} of them]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _orientation = CommonOptions.Orientation("apply; ignore with --compat");
    private readonly PictureDecoding _decoding = new();

    private readonly Option<bool> _overwrite = Overwriting.Option();

    public static Command Create() => new TrainCommand().ToCommand();

    // Long because the options are many.
    private Command ToCommand()
    {
        _compat.Description += " Loss and optimizer, too.";
        _loss.OneOf("statements", "block", "official", "mixed");
        _standardize.OneOf("fixed", "per-map");
        _choose.OneOf("best", "last");
        _directory.Required = false; // Samples are looked at without one.
        Command command = new(
            "train",
            "Trains a DCSM head on a frozen CLIP, on generated scenes, on data sets, or on pictures of one's own."
        )
        {
            _config,
            _clip,
            _directory,
            _scenes,
            _data,
            _backgrounds,
            _augment,
            _augmentCopies,
            _from,
            _minutes,
            _steps,
            _epochs,
            _compat,
            _words,
            _samples,
            _learningRate,
            _loss,
            _terms,
            _standardize,
            _hidden,
            _channels,
            _dropout,
            _weightDecay,
            _pool,
            _reuse,
            _evaluateEvery,
            _validationSamples,
            _choose,
            _chooseBy,
            _patience,
            _checkpointEvery,
            _seed,
            _seeds,
            _splitSeed,
            _objects,
            _threads,
            _device,
            _markdown,
            _list,
            _sheet,
            _overwrite,
            _orientation,
        };
        _decoding.AddTo(command);
        ShardOption.AddTo(command, "the heads of --seeds");
        command.Validators.Add(result =>
        {
            if (result.GetValue(_patience) > 0 && result.GetValue(_validationSamples) == 0)
                result.AddError("--patience waits for a better validation; with --validation-samples 0 there is none.");
            if (result.GetResult(_directory) is null && result.GetResult(_list) is null && result.GetResult(_sheet) is null)
                result.AddError("Option '--out' is required.");
            if (ShardOption.IsGiven(result) && (result.GetResult(_seeds) is not { Implicit: false } || result.GetValue(_seeds) == 1))
                result.AddError("--shard cuts the heads of --seeds, of which there is one.");
        });
        return command
            .WithExamples(
                "dcsm train --out out/head --minutes 5",
                "dcsm train --clip models/clip-vit-base-patch16 --out out/head-b16 --steps 2000",
                "dcsm train --scenes out/scenes --out out/head --compat official --steps 500",
                "dcsm train --data coco:coco2017 --data scenes::0.5 --out out/head-coco --steps 2000",
                "dcsm train --data coco:coco2017 --list 40 --sheet out/samples.png",
                "dcsm train --data csv:pictures.csv --out out/head-own --samples 16",
                "dcsm train --data cutouts:my-objects --backgrounds my-rooms --out out/head-objects --minutes 10",
                "dcsm train --data official:datasets --augment official --augment-copies 4 --epochs 30 --patience 5 --out "
                    + "out/head-official",
                "dcsm train --config out/head/run.json --out out/heads --seeds 5"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(_device)!, terminal);
        var compatibility = Compatibility.Of(parse.GetValue(_compat));
        HeadTrainingOptions options = Settings(parse, compatibility);
        var changes = PictureChanges.Of(parse.GetValue(_augment), parse.GetValue(_augmentCopies));
        if (changes is { Anew: true } && parse.GetValue(_reuse) is null)
            options = options with { Reuse = 1 };
        IReadOnlyList<TrainingData> sets = DataSets(parse);
        string clipDirectory = ClipDirectory.Of(parse.GetValue(_clip));
        using var clip = ClipModel.Load(
            clipDirectory,
            Compatibility.Clip(
                compatibility,
                terminal,
                parse.GetValue(_threads),
                orientation: parse.GetOrientation(_orientation),
                pictures: _decoding.Of(parse, terminal)
            )
        );
        var remarks = new List<string>();

        IHeadTrainingSource Open(ulong seed)
        {
            IHeadTrainingSource source = TrainingData.Open(
                sets,
                () =>
                {
                    var world = SceneWorld.Open(parse.GetValue(_objects), clipDirectory, parse.GetValue(_splitSeed));
                    return options.Loss == HeadLoss.Statements
                        ? new StatementTrainingSource(world.Library, world.Split, clip.ImageSize, seed)
                        : new SceneTrainingSource(world.Library, world.Split, clip.ImageSize, seed);
                },
                options.Loss,
                bySamples: compatibility is null,
                clip.ImageSize,
                clip.Pictures,
                seed,
                parse.GetValue(_splitSeed),
                parse.GetValue(_backgrounds)!,
                remark =>
                {
                    if (remarks.Contains(remark)) // Every seed would say the same.
                        return;
                    remarks.Add(remark);
                    terminal.Remark(remark);
                },
                cancellationToken
            );
            return changes?.Apply(source, seed) ?? source;
        }

        (int? list, string? sheet) = (parse.GetValue(_list), parse.GetValue(_sheet));
        if (list is not null || sheet is not null)
        {
            IHeadTrainingSource source = Open(options.Seed);
            foreach (string line in TrainingSummary.Lines(source))
                terminal.Remark(line);
            TrainingSamples.Show(terminal, source, options.Loss, options.Seed, list ?? SheetCaptions, list is not null, sheet);
            return;
        }

        new TrainingRuns(terminal, parse, clip, Open)
        {
            Markdown = parse.GetValue(_markdown),
            Overwrite = parse.GetValue(_overwrite),
            LeftOut = remarks,
        }.Run(options, parse.GetValue(_directory)!, parse.GetValue(_seeds), cancellationToken);
    }

    private HeadTrainingOptions Settings(ParseResult parse, Compatibility? compatibility)
    {
        HeadLoss? loss = parse.GetValue(_loss) is { } name ? Enum.Parse<HeadLoss>(name, ignoreCase: true) : null;
        HeadTrainingOptions defaults =
            compatibility is not null ? HeadTrainingOptions.Official with { Placement = compatibility.Placement }
            : loss is null or HeadLoss.Statements ? HeadTrainingOptions.Statements
            : new HeadTrainingOptions();
        if (compatibility is not null && loss == HeadLoss.Statements)
            throw new ArgumentException("--loss statements is given with --compat, which is the official training");
        string[]? terms = Terms(parse, loss ?? defaults.Loss);
        TimeSpan? limit = parse.GetValue(_minutes) is { } length ? TimeSpan.FromMinutes(length) : null;
        if (parse.GetValue(_epochs) is not null && (parse.GetValue(_steps) is not null || limit is not null))
            throw new ArgumentException("--epochs is given with --steps or --minutes; one of them says how long training is");
        return defaults with
        {
            Steps = parse.GetValue(_steps) ?? (limit is null ? defaults.Steps : StepsWithoutEnd),
            TimeLimit = limit,
            Words = parse.GetValue(_words) is { } words ? Words(words) : defaults.Words,
            SamplesPerStream = parse.GetValue(_samples) ?? defaults.SamplesPerStream,
            LearningRate = parse.GetValue(_learningRate) ?? defaults.LearningRate,
            Loss = loss ?? defaults.Loss,
            CaptionWeight = terms?.Contains("captions") == false ? 0 : 1,
            PictureWeight = terms?.Contains("pictures") == false ? 0 : 1,
            SigmoidWeight = terms?.Contains("sigmoid") == false ? 0 : 1,
            Standardization = parse.GetValue(_standardize) switch
            {
                "fixed" => MapStandardization.Fixed,
                "per-map" => MapStandardization.PerMap,
                _ => defaults.Standardization,
            },
            Hidden = parse.GetValue(_hidden) ?? defaults.Hidden,
            Channels = parse.GetValue(_channels) ?? defaults.Channels,
            Dropout = parse.GetValue(_dropout) ?? defaults.Dropout,
            WeightDecay = parse.GetValue(_weightDecay) ?? defaults.WeightDecay,
            PoolSamples = parse.GetValue(_pool) ?? defaults.PoolSamples,
            Reuse = parse.GetValue(_reuse) ?? defaults.Reuse,
            Epochs = parse.GetValue(_epochs),
            EvaluateEvery = parse.GetValue(_evaluateEvery),
            ValidationSamples = parse.GetValue(_validationSamples) ?? defaults.ValidationSamples,
            Choose = parse.GetValue(_choose) is { } choice ? Enum.Parse<HeadChoice>(choice, ignoreCase: true) : defaults.Choose,
            ChooseBy = parse.GetValue(_chooseBy),
            Patience = parse.GetValue(_patience),
            CheckpointEvery = TimeSpan.FromSeconds(parse.GetValue(_checkpointEvery)),
            Seed = parse.GetValue(_seed),
            From = From(parse),
        };
    }

    private DcsmHead? From(ParseResult parse)
    {
        if (parse.GetValue(_from) is not { } directory)
            return null;
        foreach (Option option in (Option[])[_words, _standardize, _hidden, _channels, _compat])
        {
            if (parse.GetResult(option) is { Implicit: false })
                throw new ArgumentException($"{option.Name} is given with --from, which takes it from the head");
        }

        return DcsmHead.Load(directory);
    }

    private string[]? Terms(ParseResult parse, HeadLoss loss)
    {
        if (parse.GetValue(_terms) is not { } list)
            return null;
        if (loss != HeadLoss.Statements)
            throw new ArgumentException("--terms is given, and belongs to --loss statements");
        string[] terms = list.Split(',', StringSplitOptions.TrimEntries);
        return terms.FirstOrDefault(term => term is not ("captions" or "pictures" or "sigmoid")) is { } wrong
            ? throw new ArgumentException($"--terms: '{wrong}' is none of captions, pictures, sigmoid")
            : terms;
    }

    private List<TrainingData> DataSets(ParseResult parse)
    {
        var sets = (parse.GetValue(_data) ?? []).Select(TrainingData.Parse).ToList();
        if (parse.GetValue(_scenes) is { } folder)
            sets.Insert(0, new TrainingData("scenes", folder, null));
        if (sets.Count == 0)
            sets.Add(new TrainingData("scenes", "", null));
        return sets;
    }

    private static FunctionalWordList Words(string list) =>
        list switch
        {
            "official" => FunctionalWordList.Official,
            "extended" => FunctionalWordList.Extended,
            "canonical" => FunctionalWordList.Canonical,
            "none" => FunctionalWordList.None,
            _ => FunctionalWordList.Load(list),
        };
}
