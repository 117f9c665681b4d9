using System.CommandLine;
using System.Globalization;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.IO.Tensors;
using Spectre.Console;

namespace Dcsm.Cli.Commands;

/// <summary><c>dcsm clip info DIR</c>: what a CLIP directory holds.</summary>
internal sealed class ClipInfoCommand
{
    private readonly Argument<string> _directory = new("DIR")
    {
        Description =
            "A CLIP as Hugging Face lays it out (config.json, model.safetensors, vocab.json, merges.txt, "
            + "preprocessor_config.json), or a checkpoint of OpenAI or open_clip. [default: the small CLIP that ships]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create() => new ClipInfoCommand().ToCommand();

    private Command ToCommand()
    {
        Command command = new(
            "info",
            "Shows what a CLIP directory holds: architecture, tokens, parameters, how they are stored, fingerprint."
        )
        {
            _directory,
        };
        return command.WithExamples("dcsm clip info", "dcsm clip info models/clip-vit-base-patch16 --json").Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken) =>
        Run(ClipDirectory.Of(parse.GetValue(_directory)), terminal);

    private static void Run(string directory, Terminal terminal)
    {
        using var clip = ClipModel.Load(directory, new ClipOptions { Warn = terminal.Warning });
        ClipConfig config = clip.Config;
        long parameters = clip.Parameters;
        string[] types = [.. clip.StoredTypes.Select(Name)];
        if (terminal.Json)
        {
            Terminal.ResultAsJson(
                new
                {
                    directory,
                    architecture = config.Architecture,
                    clip.Fingerprint,
                    parameters,
                    dtype = types,
                    dimension = clip.Dimension,
                    image = Describe(config.Vision),
                    text = Describe(config.Text),
                }
            );
            return;
        }

        Grid grid = new Grid().AddColumn().AddColumn();
        void Row(string name, params FormattableString[] value) =>
            grid.AddRow(
                new Text(name),
                new Text(Terminal.Escape(string.Concat(value.Select(part => part.ToString(CultureInfo.InvariantCulture)))))
            );
        Row("directory", $"{directory}");
        if (config.Architecture != "clip")
            Row("architecture", $"{config.Architecture}{(clip.Matcher is null ? "" : ", with a head that matches pairs")}");
        Row(
            "image",
            $"{config.Vision.ImageSize} × {config.Vision.ImageSize} pixels, patches of {config.Vision.PatchSize} → ",
            $"{config.Vision.Tokens} tokens ({(PoolsByAttention(config) ? "pooled" : "CLS")} + {config.Vision.Grid} × ",
            $"{config.Vision.Grid})"
        );
        if (config.Vision.ResNet is { } resNet)
        {
            Row(
                "image tower",
                $"ResNet of width {resNet.Width}, stages of {string.Join(", ", resNet.Layers)}; attention pooling of width ",
                $"{config.Vision.HiddenSize}, {config.Vision.Heads} heads"
            );
        }
        else
        {
            Row(
                "image tower",
                $"{config.Vision.Layers} layers, width {config.Vision.HiddenSize}, {config.Vision.Heads} heads, MLP ",
                $"{config.Vision.IntermediateSize} ({config.Vision.Activation})"
            );
        }

        Row("text", $"{config.Text.ContextLength} tokens at most, vocabulary of {config.Text.VocabularySize}");
        Row(
            "text tower",
            $"{config.Text.Layers} layers, width {config.Text.HiddenSize}, {config.Text.Heads} heads, MLP ",
            $"{config.Text.IntermediateSize} ({config.Text.Activation})"
        );
        Row("joint space", $"{clip.Dimension} dimensions");
        if (clip.LogitBias is { } bias)
            Row("probability", $"sigmoid of {clip.LogitScale:0.###} · cosine {(bias < 0 ? '−' : '+')} {Math.Abs(bias):0.###}");
        Row("parameters", $"{parameters:N0}");
        Row("dtype", $"{string.Join(", ", types)}{(types is ["float32"] ? "" : ", computed in float32")}");
        Row("fingerprint", $"{clip.Fingerprint}");
        terminal.Result(grid);
    }

    private static bool PoolsByAttention(ClipConfig config) =>
        config.Vision.ResNet is not null || config.Architecture is "siglip" or "coca";

    // As PyTorch and transformers name them.
    private static string Name(TensorType type) =>
        type switch
        {
            TensorType.F32 => "float32",
            TensorType.F16 => "float16",
            TensorType.BF16 => "bfloat16",
            TensorType.F64 => "float64",
            _ => type.ToString(),
        };

    private static object Describe(ClipVisionConfig vision) =>
        vision.ResNet is { } resNet
            ? new
            {
                size = vision.ImageSize,
                patch = vision.PatchSize,
                tokens = vision.Tokens,
                resnetWidth = resNet.Width,
                resnetLayers = resNet.Layers,
                width = vision.HiddenSize,
                heads = vision.Heads,
            }
            : new
            {
                size = vision.ImageSize,
                patch = vision.PatchSize,
                tokens = vision.Tokens,
                layers = vision.Layers,
                width = vision.HiddenSize,
                heads = vision.Heads,
                mlp = vision.IntermediateSize,
                activation = vision.Activation,
            };

    private static object Describe(ClipTextConfig text) =>
        new
        {
            contextLength = text.ContextLength,
            vocabulary = text.VocabularySize,
            layers = text.Layers,
            width = text.HiddenSize,
            heads = text.Heads,
            mlp = text.IntermediateSize,
            activation = text.Activation,
        };
}
