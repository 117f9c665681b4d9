using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip convert SRC DST</c>: a PyTorch checkpoint of a CLIP as a Hugging Face directory.</summary>
internal sealed class ClipConvertCommand
{
    private const string QuickGelu = "quick_gelu",
        Gelu = "gelu";

    private readonly Argument<string> _source = new("SRC")
    {
        Description =
            "A checkpoint: OpenAI's TorchScript archive, or weights of open_clip or transformers (.pt, .pth, .bin, .safetensors, or the "
            + "folder that they lie in). Nothing of it is run.",
    };
    private readonly Argument<string> _destination = new("DST")
    {
        Description = "Where the CLIP goes: config.json, model.safetensors (float32), vocab.json, merges.txt, preprocessor_config.json.",
    };
    private readonly Option<string?> _activation = new("--activation")
    {
        Description =
            "Activation of both towers; it is not stored. [default: the configuration's; quick_gelu for OpenAI's and "
            + "transformers' checkpoints and where an open_clip checkpoint's name says quickgelu or openai; else gelu]",
    };
    private readonly Option<string?> _config = new("--config")
    {
        Description =
            "A model configuration of open_clip, for heads, activation and preparation of images. [default: "
            + "open_clip_config.json beside SRC, if it is there]",
        HelpName = "FILE",
    };
    private readonly Option<int?> _visionHeads = new Option<int?>("--vision-heads")
    {
        Description = "Attention heads of the image tower. [default: the published CLIP's of its width, or one for each 64 of it]",
    }.AtLeast(1);
    private readonly Option<int?> _textHeads = new Option<int?>("--text-heads")
    {
        Description = "Attention heads of the text tower. [default: one for each 64 of its width]",
    }.AtLeast(1);

    private readonly Option<bool> _overwrite = Overwriting.Option();

    public static Command Create() => new ClipConvertCommand().ToCommand();

    private Command ToCommand()
    {
        _activation.OneOf(QuickGelu, Gelu);
        Command command = new("convert", "Turns a PyTorch checkpoint of a CLIP (OpenAI, open_clip, transformers) into a CLIP directory.")
        {
            _source,
            _destination,
            _activation,
            _config,
            _visionHeads,
            _textHeads,
            _overwrite,
        };
        return command
            .WithExamples(
                "dcsm clip convert ViT-B-16.pt models/clip-vit-base-patch16",
                "dcsm clip convert negclip.pth models/negclip --activation quick_gelu",
                "dcsm clip convert RN50.pt models/clip-rn50"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        string destination = parse.GetValue(_destination)!;
        using FolderLock folder = parse.Lock(destination);
        Overwriting.CheckClip(destination, parse.GetValue(_overwrite));
        Run(
            parse.GetValue(_source)!,
            destination,
            new ClipCheckpointOptions
            {
                Activation = parse.GetValue(_activation) switch
                {
                    QuickGelu => ClipActivation.QuickGelu,
                    Gelu => ClipActivation.Gelu,
                    _ => null,
                },
                ConfigFile = parse.GetValue(_config),
                VisionHeads = parse.GetValue(_visionHeads),
                TextHeads = parse.GetValue(_textHeads),
            },
            terminal,
            cancellationToken
        );
    }

    private static void Run(
        string source,
        string destination,
        ClipCheckpointOptions options,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        using var checkpoint = ClipCheckpoint.Open(source, options);
        ClipConfig config = checkpoint.Config;
        if (!checkpoint.IsActivationKnown)
        {
            terminal.Warning(
                $"{source}: nothing tells the activation; {Gelu} is taken, open_clip's default. For models that began with "
                    + $"OpenAI's weights (NegCLIP, for one) say --activation {QuickGelu}."
            );
        }

        foreach (string warning in checkpoint.Warnings)
            terminal.Warning(warning);

        if (!checkpoint.HasUsualVocabulary && !checkpoint.HasTokenizerBeside)
        {
            terminal.Warning(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source}: the vocabulary of {config.Text.VocabularySize} tokens is not the usual one; put its vocab.json "
                        + $"and merges.txt into {destination}."
                )
            );
        }

        checkpoint.Save(destination, cancellationToken);
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory = destination,
                    checkpoint.Format,
                    checkpoint.Fingerprint,
                    activation = config.Text.Activation,
                    dimension = config.ProjectionDim,
                    imageSize = config.Vision.ImageSize,
                    imageTokens = config.Vision.Tokens,
                }
            );
            return;
        }
        string tower = config.Vision.ResNet is { } resNet
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"a ResNet of width {resNet.Width} with stages of {string.Join(", ", resNet.Layers)}"
            )
            : string.Create(
                CultureInfo.InvariantCulture,
                $"a vision transformer of {config.Vision.Layers} layers, width {config.Vision.HiddenSize}, patches of "
                    + $"{config.Vision.PatchSize}, {(config.Text.Activation == ClipActivation.QuickGelu ? QuickGelu : Gelu)}"
            );
        Terminal.Result(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{destination}: {tower}; {config.Vision.ImageSize} × {config.Vision.ImageSize} pixels, {config.Vision.Tokens} "
                    + $"image tokens of {config.ProjectionDim} dimensions, {checkpoint.Fingerprint}"
            )
        );
    }
}
