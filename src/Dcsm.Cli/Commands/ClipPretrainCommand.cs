using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Data.Scenes;
using Dcsm.Training.Pretraining;
using Dcsm.Training.Torch;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip pretrain</c>: makes a small CLIP from generated scenes.</summary>
internal sealed class ClipPretrainCommand
{
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
    private readonly Option<int> _steps = Number("--steps", "Optimizer steps.", () => Defaults.Steps);
    private readonly Option<int> _batch = Number("--batch", "Pictures a step.", () => Defaults.BatchSize);
    private readonly Option<int> _imageSize = Number("--image-size", "Side of a picture in pixels.", () => Defaults.ImageSize);
    private readonly Option<int> _patchSize = Number("--patch-size", "Side of a patch in pixels.", () => Defaults.PatchSize);
    private readonly Option<int> _width = Number("--width", "Width of the image tower.", () => Defaults.VisionWidth);
    private readonly Option<int> _layers = Number("--layers", "Layers of the image tower.", () => Defaults.VisionLayers);
    private readonly Option<int> _textWidth = Number("--text-width", "Width of the text tower.", () => Defaults.TextWidth);
    private readonly Option<int> _textLayers = Number("--text-layers", "Layers of the text tower.", () => Defaults.TextLayers);
    private readonly Option<int> _dimension = Number("--dimension", "Width of the joint space.", () => Defaults.ProjectionDim);
    private readonly Option<int> _context = Number("--context", "Longest caption in tokens.", () => Defaults.ContextLength);
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
    private readonly Option<string> _device = CommonOptions.Device();

    private readonly Option<bool> _overwrite = Overwriting.Option();

    public static Command Create() => new ClipPretrainCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "pretrain",
            "Pre-trains a small CLIP on generated scenes and writes it as Hugging Face lays out the real ones."
        )
        {
            _directory,
            _objects,
            _names,
            _steps,
            _batch,
            _imageSize,
            _patchSize,
            _width,
            _layers,
            _textWidth,
            _textLayers,
            _dimension,
            _context,
            _learningRate,
            _matrixLearningRate,
            _evaluateEvery,
            _seed,
            _device,
            _overwrite,
        };
        return command
            .WithExamples("dcsm clip pretrain --out out/clip", "dcsm clip pretrain --out out/clip-tiny --steps 200 --width 64 --layers 2")
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(_device)!, terminal);
        ClipPretrainingOptions options = Settings(parse);
        Check(options);
        string directory = parse.GetValue(_directory)!,
            objects = parse.GetValue(_objects) ?? ShippedFiles.Objects;
        var all = ObjectLibrary.Load(objects);
        ObjectLibrary library = parse.GetValue(_names) is { } names ? ObjectLibrary.Load(objects, KnownObjects.Read(names, all)) : all;
        Overwriting.CheckRunOfClip(directory, parse.GetValue(_overwrite));
        var trainer = new ClipPretrainer(library, ClipVocabulary.WordCounts(all), directory, options);
        terminal.Remark(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{library.Objects.Count} objects, {options.ImageSize} × {options.ImageSize} pixels, "
                    + $"{(trainer.Step > 0 ? $"going on from step {trainer.Step}" : "from the start")}"
            )
        );
        terminal.ResumeHint = $"a checkpoint is in {directory}; the same command goes on from it";
        ClipPretrainingEvaluation? last = Train(trainer, terminal, cancellationToken);
        KnownObjects.Write(directory, library.Objects.Select(o => o.Name));
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    options.Steps,
                    objects = library.Objects.Count,
                    evaluation = last,
                }
            );
        }
        else
        {
            string named = last is null
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $": names {last.Named:P1} of single objects among {library.Objects.Count}, {last.Colors:P1} of colors"
                );
            Terminal.Result($"The CLIP is in {directory}{named}.");
        }
    }

    private ClipPretrainingOptions Settings(ParseResult parse)
    {
        ClipPretrainingOptions defaults = Defaults;
        return defaults with
        {
            Steps = parse.GetValue(_steps),
            BatchSize = parse.GetValue(_batch),
            DenseBatchSize = Math.Min(defaults.DenseBatchSize, parse.GetValue(_batch)),
            ImageSize = parse.GetValue(_imageSize),
            PatchSize = parse.GetValue(_patchSize),
            VisionWidth = parse.GetValue(_width),
            VisionLayers = parse.GetValue(_layers),
            TextWidth = parse.GetValue(_textWidth),
            TextLayers = parse.GetValue(_textLayers),
            ProjectionDim = parse.GetValue(_dimension),
            ContextLength = parse.GetValue(_context),
            LearningRate = parse.GetValue(_learningRate),
            MatrixLearningRate = parse.GetValue(_matrixLearningRate),
            EvaluateEvery = parse.GetValue(_evaluateEvery),
            Seed = parse.GetValue(_seed),
        };
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

    /// <returns>The last evaluation, if there was one.</returns>
    private static ClipPretrainingEvaluation? Train(ClipPretrainer trainer, Terminal terminal, CancellationToken cancellationToken)
    {
        ClipPretrainingEvaluation? last = null;
        ProgressView.Show(
            terminal,
            "Pre-training",
            "steps",
            report =>
                trainer
                    .TrainAsync(
                        new DelegateProgress<ClipPretrainingProgress>(p =>
                        {
                            if (p.Evaluation is { } evaluation)
                            {
                                last = evaluation;
                                terminal.Detail(
                                    string.Create(
                                        CultureInfo.InvariantCulture,
                                        $"step {p.Step}: named {evaluation.Named:P1}, colors {evaluation.Colors:P1}, binding "
                                            + $"{evaluation.ColorBinding:P1}, noun AUC {evaluation.NounAuc:0.000}"
                                    )
                                );
                            }

                            report(
                                (double)p.Step / p.Steps,
                                p.Step,
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"loss {p.Loss:0.000} + {p.DenseLoss:0.000}{(last is null ? "" : $", named {last.Named:P0}")}"
                                )
                            );
                        }),
                        cancellationToken
                    )
                    .GetAwaiter()
                    .GetResult()
        );
        return last;
    }
}
