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
internal static class ClipPretrainCommand
{
    public static Command Create()
    {
        // Defaults are asked for in lambdas only: building the tree of commands must not load the training room.
        Option<string> directory = CommonOptions.Out(
            "Where checkpoint and CLIP go. A run that was interrupted goes on from its checkpoint there."
        );
        Option<string?> objects = CommonOptions.Objects();
        Option<string?> names = new("--names")
        {
            Description = "File with the names of the objects to learn, one a line. [default: all objects]",
            HelpName = "FILE",
        };
        Option<int> steps = Number("--steps", "Optimizer steps.", () => Defaults.Steps);
        Option<int> batch = Number("--batch", "Pictures a step.", () => Defaults.BatchSize);
        Option<int> imageSize = Number("--image-size", "Side of a picture in pixels.", () => Defaults.ImageSize);
        Option<int> patchSize = Number("--patch-size", "Side of a patch in pixels.", () => Defaults.PatchSize);
        Option<int> width = Number("--width", "Width of the image tower.", () => Defaults.VisionWidth);
        Option<int> layers = Number("--layers", "Layers of the image tower.", () => Defaults.VisionLayers);
        Option<int> textWidth = Number("--text-width", "Width of the text tower.", () => Defaults.TextWidth);
        Option<int> textLayers = Number("--text-layers", "Layers of the text tower.", () => Defaults.TextLayers);
        Option<int> dimension = Number("--dimension", "Width of the joint space.", () => Defaults.ProjectionDim);
        Option<int> context = Number("--context", "Longest caption in tokens.", () => Defaults.ContextLength);
        Option<double> learningRate = new Option<double>("--learning-rate")
        {
            Description = "Peak learning rate.",
            DefaultValueFactory = _ => Defaults.LearningRate,
        }.AtLeast(0.0);
        Option<double> matrixLearningRate = new Option<double>("--matrix-learning-rate")
        {
            Description = "Peak learning rate of the matrices that Muon steps; 0 leaves them to AdamW.",
            DefaultValueFactory = _ => Defaults.MatrixLearningRate,
        }.AtLeast(0.0);
        Option<int> evaluateEvery = Number("--evaluate-every", "Steps between two evaluations.", () => Defaults.EvaluateEvery);
        Option<ulong> seed = CommonOptions.Seed("Seed of weights, pictures and captions.");
        Option<string> device = CommonOptions.Device();

        Command command = new(
            "pretrain",
            "Pre-trains a small CLIP on generated scenes and writes it as Hugging Face lays out the real ones."
        )
        {
            directory,
            objects,
            names,
            steps,
            batch,
            imageSize,
            patchSize,
            width,
            layers,
            textWidth,
            textLayers,
            dimension,
            context,
            learningRate,
            matrixLearningRate,
            evaluateEvery,
            seed,
            device,
        };
        return command
            .WithExamples("dcsm clip pretrain --out out/clip", "dcsm clip pretrain --out out/clip-tiny --steps 200 --width 64 --layers 2")
            .Runs(
                (parse, terminal, cancellationToken) =>
                {
                    using TrainingDeviceScope trainingDevice = TrainingDevices.Use(parse.GetValue(device)!, terminal);
                    ClipPretrainingOptions defaults = Defaults;
                    ClipPretrainingOptions options = defaults with
                    {
                        Steps = parse.GetValue(steps),
                        BatchSize = parse.GetValue(batch),
                        DenseBatchSize = Math.Min(defaults.DenseBatchSize, parse.GetValue(batch)),
                        ImageSize = parse.GetValue(imageSize),
                        PatchSize = parse.GetValue(patchSize),
                        VisionWidth = parse.GetValue(width),
                        VisionLayers = parse.GetValue(layers),
                        TextWidth = parse.GetValue(textWidth),
                        TextLayers = parse.GetValue(textLayers),
                        ProjectionDim = parse.GetValue(dimension),
                        ContextLength = parse.GetValue(context),
                        LearningRate = parse.GetValue(learningRate),
                        MatrixLearningRate = parse.GetValue(matrixLearningRate),
                        EvaluateEvery = parse.GetValue(evaluateEvery),
                        Seed = parse.GetValue(seed),
                    };
                    Check(options);
                    Run(
                        parse.GetValue(directory)!,
                        parse.GetValue(objects) ?? ShippedFiles.Objects,
                        parse.GetValue(names),
                        options,
                        terminal,
                        cancellationToken
                    );
                }
            );
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

    private static void Run(
        string directory,
        string objects,
        string? namesFile,
        ClipPretrainingOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var all = ObjectLibrary.Load(objects);
        ObjectLibrary library = namesFile is null ? all : ObjectLibrary.Load(objects, KnownObjects.Read(namesFile, all));
        var trainer = new ClipPretrainer(library, ClipVocabulary.WordCounts(all), directory, options);
        terminal.Remark(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{library.Objects.Count} objects, {options.ImageSize} × {options.ImageSize} pixels, "
                    + $"{(trainer.Step > 0 ? $"going on from step {trainer.Step}" : "from the start")}"
            )
        );
        terminal.ResumeHint = $"a checkpoint is in {directory}; the same command goes on from it";

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
}
