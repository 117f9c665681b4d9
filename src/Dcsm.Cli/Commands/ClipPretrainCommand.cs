using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Cli.Runs;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip pretrain</c>: makes a small CLIP from generated scenes, or from pictures with captions.</summary>
internal sealed class ClipPretrainCommand
{
    private const string Softmax = "softmax",
        Sigmoid = "sigmoid";

    // Defaults are asked for in lambdas only: building the tree of commands must not load the training room.
    private readonly Option<string> _directory = CommonOptions.Out(
        "Where checkpoint and CLIP go. A run that was interrupted goes on from its checkpoint there."
    );
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _names = new("--names")
    {
        Description = "File with the names of the objects to learn, one a line. [default: all objects]",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _data = new("--data")
    {
        Description =
            "Pictures with captions instead of scenes; several are taken together. csv, jsonl (image, caption), coco (captions_*.json), "
            + "vg, official: read as 'dcsm train --data' reads them, a tenth of the pictures held out.",
        HelpName = "KIND:PATH",
    };
    private readonly Option<int> _steps = Number("--steps", "Optimizer steps.", () => Defaults.Steps);
    private readonly Option<int> _batch = Number("--batch", "Pictures a step.", () => Defaults.BatchSize);
    private readonly Option<long?> _pictures = new Option<long?>("--pictures")
    {
        Description = "Pictures in all, instead of --steps.",
        HelpName = "N",
    }.AtLeast(1L);
    private readonly Option<string?> _batches = new("--batches")
    {
        Description =
            "Pre-train once for each of these batch sizes, on the same number of pictures, in folders of their own, and draw what each "
            + "can do, as in 16,32,64.",
        HelpName = "LIST",
    };
    private readonly Option<int?> _dense = new Option<int?>("--dense")
    {
        Description =
            "Pictures of a step in which words are asked to point at patches, beside the pooled loss; 0 for the pooled loss alone. "
            + "[default: the batch, but 128 at most]",
    }.AtLeast(0);
    private readonly Option<int> _imageSize = Number("--image-size", "Side of a picture in pixels.", () => Defaults.ImageSize);
    private readonly Option<int> _patchSize = Number("--patch-size", "Side of a patch in pixels.", () => Defaults.PatchSize);
    private readonly Option<int> _width = Number("--width", "Width of the image tower.", () => Defaults.VisionWidth);
    private readonly Option<int> _layers = Number("--layers", "Layers of the image tower.", () => Defaults.VisionLayers);
    private readonly Option<int> _textWidth = Number("--text-width", "Width of the text tower.", () => Defaults.TextWidth);
    private readonly Option<int> _textLayers = Number("--text-layers", "Layers of the text tower.", () => Defaults.TextLayers);
    private readonly Option<int> _dimension = Number("--dimension", "Width of the joint space.", () => Defaults.ProjectionDim);
    private readonly Option<int> _context = Number("--context", "Longest caption in tokens.", () => Defaults.ContextLength);
    private readonly Option<string> _loss = new("--loss")
    {
        Description =
            $"{Softmax}: which caption of a step is a picture's, as CLIP; {Sigmoid}: of every pair whether it is one, as SigLIP, whose "
            + "cosines are probabilities.",
        HelpName = "LOSS",
        DefaultValueFactory = _ => Softmax,
    };
    private readonly Option<double> _learningRate = new Option<double>("--learning-rate")
    {
        Description = "Peak learning rate.",
        DefaultValueFactory = _ => Defaults.LearningRate,
    }.AtLeast(0.0);
    private readonly Option<double> _matrixLearningRate = new Option<double>("--matrix-learning-rate")
    {
        Description = "Peak learning rate of the matrices that Muon steps; 0 leaves them to AdamW.",
        DefaultValueFactory = _ => Defaults.MatrixLearningRate,
    }.AtLeast(0.0);
    private readonly Option<int> _evaluateEvery = Number(
        "--evaluate-every",
        "Steps between two evaluations.",
        () => Defaults.EvaluateEvery
    );
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of weights, pictures and captions.");
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string> _device = CommonOptions.Device();
    private readonly PictureDecoding _decoding = new();

    private readonly Option<bool> _overwrite = Overwriting.Option();

    public static Command Create() => new ClipPretrainCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "pretrain",
            "Pre-trains a small CLIP on generated scenes, or on pictures with captions, and writes it as Hugging Face lays out the real "
                + "ones."
        )
        {
            _directory,
            _data,
            _objects,
            _names,
            _steps,
            _pictures,
            _batch,
            _batches,
            _dense,
            _imageSize,
            _patchSize,
            _width,
            _layers,
            _textWidth,
            _textLayers,
            _dimension,
            _context,
            _loss,
            _learningRate,
            _matrixLearningRate,
            _evaluateEvery,
            _seed,
            _splitSeed,
            _device,
            _overwrite,
        };
        _decoding.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_pictures) is not null && result.GetResult(_steps) is { Implicit: false })
                result.AddError("--pictures and --steps exclude each other.");
            if (result.GetValue(_batches) is not null && result.GetResult(_batch) is { Implicit: false })
                result.AddError("--batch and --batches exclude each other.");
            if (result.GetValue(_data) is { Length: > 0 } && (result.GetValue(_names) ?? result.GetValue(_objects)) is not null)
                result.AddError("--names and --objects are of scenes, and --data takes their place.");
        });
        _loss.OneOf(Softmax, Sigmoid);
        return command
            .WithExamples(
                "dcsm clip pretrain --out out/clip",
                "dcsm clip pretrain --out out/clip-tiny --steps 200 --width 64 --layers 2",
                "dcsm clip pretrain --data csv:pictures.csv --out out/clip-own --batch 64 --steps 2000",
                "dcsm clip pretrain --data coco:coco2017 --out out/clip-coco --context 32",
                "dcsm clip pretrain --batches 16,32,64,128,256 --pictures 24576 --dense 0 --out out/batches"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(_device)!, terminal);
        ClipPretrainingOptions options = Settings(parse);
        Check(options);
        string directory = parse.GetValue(_directory)!;
        bool overwrite = parse.GetValue(_overwrite);
        ClipPretraining runs = parse.GetValue(_data) is { Length: > 0 } data
            ? OnPictures(data, parse, terminal, cancellationToken)
            : OnScenes(parse, terminal);
        if (parse.GetValue(_batches) is { } list)
        {
            int[] batches = Batches(list);
            long pictures = parse.GetValue(_pictures) ?? (long)parse.GetValue(_steps) * parse.GetValue(_batch);
            new BatchSizes(runs, terminal, parse).Run(
                [.. batches.Select(batch => Sized(parse, options, batch, pictures))],
                directory,
                overwrite,
                cancellationToken
            );
            return;
        }

        ClipPretrainer trainer = runs.Open(directory, options, overwrite);
        ClipPretrainingProgress? last = runs.Train("Pre-training", trainer, directory, cancellationToken);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    options.Steps,
                    objects = runs.Objects?.Count,
                    evaluation = last?.Evaluation,
                    retrieval = last?.Retrieval,
                }
            );
        }
        else
        {
            Terminal.Result($"The CLIP is in {directory}{(last is null ? "" : runs.Words(last))}.");
        }
    }

    private ClipPretraining OnScenes(ParseResult parse, Terminal terminal)
    {
        string objects = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objects);
        ObjectLibrary library = parse.GetValue(_names) is { } names ? ObjectLibrary.Load(objects, KnownObjects.Read(names, all)) : all;
        return new ClipPretraining(
            terminal,
            (directory, options) => new ClipPretrainer(library, ClipVocabulary.WordCounts(all), directory, options)
        )
        {
            Objects = [.. library.Objects.Select(known => known.Name)],
        };
    }

    private ClipPretraining OnPictures(string[] data, ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        CaptionedPictures set = TrainingData.OpenCaptions(
            [.. data.Select(TrainingData.Parse)],
            parse.GetValue(_seed),
            parse.GetValue(_splitSeed),
            cancellationToken
        );
        foreach (string remark in set.Remarks)
            terminal.Remark(remark);
        terminal.Remark(
            $"trains on {NumberText.Count(set.Train.Count, "picture")}, {NumberText.Count(set.HeldOut.Count, "picture")} held out"
        );
        PictureOptions decoding = _decoding.Of(parse, terminal);
        return new ClipPretraining(terminal, (directory, options) => new ClipPretrainer(set, decoding, directory, options));
    }

    private static int[] Batches(string list)
    {
        int[] batches =
        [
            .. list.Split(',', StringSplitOptions.TrimEntries)
                .Select(part =>
                    int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int batch) && batch > 1
                        ? batch
                        : throw new ArgumentException($"--batches '{list}': '{part}' is no number from 2")
                ),
        ];
        return batches.Distinct().Count() == batches.Length
            ? batches
            : throw new ArgumentException($"--batches '{list}': names a batch size twice");
    }

    /// <summary>The options of a batch size: as many steps as the pictures fill.</summary>
    private ClipPretrainingOptions Sized(ParseResult parse, ClipPretrainingOptions options, int batch, long? pictures)
    {
        ClipPretrainingOptions defaults = Defaults;
        int steps = pictures is { } all ? (int)Math.Clamp(all / batch, 1, int.MaxValue) : options.Steps;
        return options with
        {
            BatchSize = batch,
            DenseBatchSize = Math.Min(parse.GetValue(_dense) ?? defaults.DenseBatchSize, batch),
            Steps = steps,
            // A short run warms up for a tenth of it.
            WarmUpSteps = Math.Max(1, Math.Min(defaults.WarmUpSteps, steps / 10)),
        };
    }

    private ClipPretrainingOptions Settings(ParseResult parse)
    {
        ClipPretrainingOptions options = Defaults with
        {
            Steps = parse.GetValue(_steps),
            ImageSize = parse.GetValue(_imageSize),
            PatchSize = parse.GetValue(_patchSize),
            VisionWidth = parse.GetValue(_width),
            VisionLayers = parse.GetValue(_layers),
            TextWidth = parse.GetValue(_textWidth),
            TextLayers = parse.GetValue(_textLayers),
            ProjectionDim = parse.GetValue(_dimension),
            ContextLength = parse.GetValue(_context),
            Loss = parse.GetValue(_loss) == Sigmoid ? ClipPretrainingLoss.Sigmoid : ClipPretrainingLoss.Softmax,
            LearningRate = parse.GetValue(_learningRate),
            MatrixLearningRate = parse.GetValue(_matrixLearningRate),
            EvaluateEvery = parse.GetValue(_evaluateEvery),
            Seed = parse.GetValue(_seed),
        };
        return Sized(parse, options, parse.GetValue(_batch), parse.GetValue(_pictures));
    }

    private static ClipPretrainingOptions Defaults => new();

    private static Option<int> Number(string name, string description, Func<int> value) =>
        new Option<int>(name) { Description = description, DefaultValueFactory = _ => value() }.AtLeast(1);

    private static void Check(ClipPretrainingOptions options)
    {
        if (options.ImageSize % options.PatchSize != 0)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"--image-size {options.ImageSize} is no multiple of --patch-size {options.PatchSize}")
            );
        }

        foreach ((string name, int width) in new[] { ("--width", options.VisionWidth), ("--text-width", options.TextWidth) })
        {
            if (width % options.HeadWidth != 0)
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"{name} {width} is no multiple of {options.HeadWidth}, the width of an attention head")
                );
            }
        }
    }
}
