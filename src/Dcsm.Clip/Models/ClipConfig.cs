using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Models;

/// <summary>
/// The architecture of a CLIP, from a Hugging Face <c>config.json</c>; what the file leaves out has the default of
/// transformers' <c>CLIPConfig</c>.
/// </summary>
/// <remarks>
/// transformers has no ResNet CLIPs; they are written as <c>model_type</c> "clip_resnet", which it refuses, with
/// <c>resnet_width</c> and <c>resnet_layers</c> in <c>vision_config</c>.
/// </remarks>
public sealed record ClipConfig
{
    private const string FileName = "config.json",
        ResNetModel = "clip_resnet";
    private const int ResNetStride = 32;

    private static readonly IReadOnlyList<(string Name, ClipActivation Value)> Activations =
    [
        ("quick_gelu", ClipActivation.QuickGelu),
        ("gelu", ClipActivation.Gelu),
    ];

    /// <summary>The image tower.</summary>
    public ClipVisionConfig Vision { get; init; } = new();

    /// <summary>The text tower.</summary>
    public ClipTextConfig Text { get; init; } = new();

    /// <summary>Width of the joint space.</summary>
    public int ProjectionDim { get; init; } = 512;

    /// <summary>Reads <c>config.json</c> of a directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FileNotFoundException">It has no <c>config.json</c>.</exception>
    /// <exception cref="InvalidDataException">The file does not describe a CLIP that can be run; the message says why.</exception>
    public static ClipConfig Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such directory.");
        string path = Path.Combine(directory, FileName);
        if (!ModelFolder.Has(path))
        {
            throw ModelFolder.NoClip(
                directory,
                $"there is no {FileName}; a CLIP directory holds config.json, model.safetensors, vocab.json, merges.txt and "
                    + $"preprocessor_config.json"
            );
        }

        return Read(JsonField.LoadFromPython(path));
    }

    /// <summary>Writes <c>config.json</c> into a directory, for transformers to read too.</summary>
    /// <param name="directory">The directory, which must exist.</param>
    internal void Save(string directory) =>
        AtomicFile.Write(
            Path.Combine(directory, FileName),
            stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
                json.WriteStartObject();
                json.WriteStartArray("architectures");
                json.WriteStringValue(Vision.ResNet is null ? "CLIPModel" : "CLIPResNetModel");
                json.WriteEndArray();
                json.WriteString("model_type", Vision.ResNet is null ? "clip" : ResNetModel);
                json.WriteNumber("projection_dim", ProjectionDim);
                json.WriteStartObject("text_config");
                json.WriteString("model_type", "clip_text_model");
                json.WriteNumber("hidden_size", Text.HiddenSize);
                json.WriteNumber("intermediate_size", Text.IntermediateSize);
                json.WriteNumber("num_hidden_layers", Text.Layers);
                json.WriteNumber("num_attention_heads", Text.Heads);
                json.WriteNumber("vocab_size", Text.VocabularySize);
                json.WriteNumber("max_position_embeddings", Text.ContextLength);
                json.WriteString("hidden_act", ActivationName(Text.Activation));
                json.WriteNumber("layer_norm_eps", Text.LayerNormEpsilon);
                json.WriteNumber("bos_token_id", Text.StartToken);
                json.WriteNumber("eos_token_id", Text.EndToken);
                json.WriteNumber("pad_token_id", Text.PadToken);
                json.WriteNumber("projection_dim", ProjectionDim);
                json.WriteEndObject();
                json.WriteStartObject("vision_config");
                json.WriteString("model_type", Vision.ResNet is null ? "clip_vision_model" : "clip_resnet_vision_model");
                json.WriteNumber("hidden_size", Vision.HiddenSize);
                json.WriteNumber("num_attention_heads", Vision.Heads);
                json.WriteNumber("num_channels", Vision.Channels);
                json.WriteNumber("image_size", Vision.ImageSize);
                json.WriteNumber("patch_size", Vision.PatchSize);
                if (Vision.ResNet is { } resNet)
                {
                    json.WriteNumber("resnet_width", resNet.Width);
                    json.WriteStartArray("resnet_layers");
                    foreach (int layers in resNet.Layers)
                        json.WriteNumberValue(layers);
                    json.WriteEndArray();
                }
                else
                {
                    json.WriteNumber("intermediate_size", Vision.IntermediateSize);
                    json.WriteNumber("num_hidden_layers", Vision.Layers);
                    json.WriteString("hidden_act", ActivationName(Vision.Activation));
                    json.WriteNumber("layer_norm_eps", Vision.LayerNormEpsilon);
                }
                json.WriteNumber("projection_dim", ProjectionDim);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    /// <summary>Whether a directory has a <c>config.json</c> that is a CLIP's, and not that of another model or library.</summary>
    internal static bool Exists(string directory)
    {
        string path = Path.Combine(directory, FileName);
        return File.Exists(path) && IsOne(JsonField.LoadFromPython(path));
    }

    /// <summary>Whether a <c>config.json</c> is a CLIP's.</summary>
    internal static bool IsOne(JsonField file) =>
        file.Kind == JsonValueKind.Object
        && (file.Optional("model_type") is { Kind: JsonValueKind.String } type ? type.String() is "clip" or ResNetModel : HasTowers(file));

    private static bool HasTowers(JsonField file) =>
        file.Optional("text_config") is not null
        || file.Optional("vision_config") is not null
        || file.Optional("text_config_dict") is not null
        || file.Optional("vision_config_dict") is not null;

    private static ClipConfig Read(JsonField file)
    {
        string? modelType = file.Optional("model_type")?.String();
        if (modelType is not (null or "clip" or ResNetModel))
            throw file.Wrong($"model_type is '{modelType}'; expected 'clip' (an image and a text tower).");
        if (modelType == ResNetModel && file.Optional("vision_config") is null)
            throw file.Wrong("there is no 'vision_config', which a ResNet needs.");
        if (modelType is null && !HasTowers(file))
        {
            throw file.Wrong(
                "neither model_type 'clip' nor text_config and vision_config are there; this is not the configuration of a CLIP."
            );
        }

        var config = new ClipConfig
        {
            Text = ReadText(new TowerFields(file, "text_config")),
            Vision = ReadVision(new TowerFields(file, "vision_config"), isResNet: modelType == ResNetModel),
            ProjectionDim = file.Optional("projection_dim")?.Whole(1) ?? 512,
        };
        if (config.TooLarge is { } what)
            throw file.Wrong(what);
        if (config.Text.HiddenSize % config.Text.Heads != 0)
        {
            throw file.Wrong(
                $"text_config: hidden_size {config.Text.HiddenSize} can't be divided among num_attention_heads {config.Text.Heads}."
            );
        }

        if (config.Vision.HiddenSize % config.Vision.Heads != 0)
        {
            throw file.Wrong(
                $"vision_config: hidden_size {config.Vision.HiddenSize} can't be divided among num_attention_heads {config.Vision.Heads}."
            );
        }

        if (config.Vision.ImageSize % config.Vision.PatchSize != 0)
        {
            throw file.Wrong(
                $"vision_config: image_size {config.Vision.ImageSize} is not a multiple of patch_size {config.Vision.PatchSize}."
            );
        }

        if (config.Vision.Channels != 3)
            throw file.Wrong($"vision_config: num_channels is {config.Vision.Channels}; only images of 3 channels can be read.");
        return config;
    }

    /// <summary>
    /// What is larger than any CLIP's, in a sentence: below these bounds no product of sizes wraps, and no small file asks for much.
    /// </summary>
    internal string? TooLarge
    {
        get
        {
            const int Pixels = 4096,
                Width = 1 << 16,
                Layers = 1000,
                Context = 1 << 12,
                Vocabulary = 1 << 24,
                Values = 1 << 28;
            long side = Vision.ImageSize / Math.Max(1, Vision.PatchSize);
            (string What, long Size, long Most)[] sizes =
            [
                ("vision_config: image_size", Vision.ImageSize, Pixels),
                ("vision_config: hidden_size", Vision.HiddenSize, Width),
                ("vision_config: intermediate_size", Vision.IntermediateSize, Width),
                ("vision_config: num_hidden_layers", Vision.Layers, Layers),
                ("vision_config: patches", side * side, Width),
                ("text_config: hidden_size", Text.HiddenSize, Width),
                ("text_config: intermediate_size", Text.IntermediateSize, Width),
                ("text_config: num_hidden_layers", Text.Layers, Layers),
                ("text_config: max_position_embeddings", Text.ContextLength, Context),
                ("text_config: vocab_size", Text.VocabularySize, Vocabulary),
                ("projection_dim", ProjectionDim, Width),
                ("the values of an image's tokens", (1 + (side * side)) * Math.Max(Vision.HiddenSize, ProjectionDim), Values),
            ];
            foreach ((string name, long size, long most) in sizes)
            {
                if (size > most)
                    return FormattableString.Invariant($"{name} is {size}; at most {most} can be computed.");
            }

            return null;
        }
    }

    private static ClipTextConfig ReadText(TowerFields file)
    {
        var defaults = new ClipTextConfig();
        return new ClipTextConfig
        {
            HiddenSize = file.Optional("hidden_size")?.Whole(1) ?? defaults.HiddenSize,
            IntermediateSize = file.Optional("intermediate_size")?.Whole(1) ?? defaults.IntermediateSize,
            Layers = file.Optional("num_hidden_layers")?.Whole(1) ?? defaults.Layers,
            Heads = file.Optional("num_attention_heads")?.Whole(1) ?? defaults.Heads,
            VocabularySize = file.Optional("vocab_size")?.Whole(1) ?? defaults.VocabularySize,
            ContextLength = file.Optional("max_position_embeddings")?.Whole(1) ?? defaults.ContextLength,
            Activation = ReadActivation(file),
            LayerNormEpsilon = file.Optional("layer_norm_eps")?.Number() ?? defaults.LayerNormEpsilon,
            StartToken = file.Optional("bos_token_id")?.Whole(0) ?? defaults.StartToken,
            EndToken = file.Optional("eos_token_id")?.Whole(0) ?? defaults.EndToken,
            PadToken = file.Optional("pad_token_id")?.Whole(0) ?? defaults.PadToken,
        };
    }

    private static ClipVisionConfig ReadVision(TowerFields file, bool isResNet)
    {
        var defaults = new ClipVisionConfig();
        return new ClipVisionConfig
        {
            ResNet = isResNet ? ReadResNet(file) : null,
            HiddenSize = file.Optional("hidden_size")?.Whole(1) ?? defaults.HiddenSize,
            IntermediateSize = file.Optional("intermediate_size")?.Whole(1) ?? defaults.IntermediateSize,
            Layers = file.Optional("num_hidden_layers")?.Whole(1) ?? defaults.Layers,
            Heads = file.Optional("num_attention_heads")?.Whole(1) ?? defaults.Heads,
            Channels = file.Optional("num_channels")?.Whole(1) ?? defaults.Channels,
            ImageSize = file.Optional("image_size")?.Whole(1) ?? defaults.ImageSize,
            PatchSize = file.Optional("patch_size")?.Whole(1) ?? defaults.PatchSize,
            Activation = ReadActivation(file),
            LayerNormEpsilon = file.Optional("layer_norm_eps")?.Number() ?? defaults.LayerNormEpsilon,
        };
    }

    private static ClipResNetConfig ReadResNet(TowerFields file)
    {
        int width = file.Optional("resnet_width")?.Whole(1) ?? 64;
        if ((file.Optional("patch_size")?.Whole(1) ?? ResNetStride) != ResNetStride)
            throw file.Wrong($"patch_size must be {ResNetStride} for a ResNet.");
        if (width % 2 != 0 || (file.Optional("hidden_size")?.Whole(1) ?? 0) != (long)width * ResNetStride)
            throw file.Wrong($"hidden_size must be {ResNetStride} times resnet_width {width}, which must be even.");
        JsonField layers = file.Optional("resnet_layers") ?? throw file.Wrong("resnet_layers is missing.");
        int[] counts = [.. layers.List().Select(count => count.Whole(1, 1000))];
        return counts.Length == 4
            ? new ClipResNetConfig { Width = width, Layers = counts }
            : throw layers.Expected("four whole numbers from 1");
    }

    private static ClipActivation ReadActivation(TowerFields file) =>
        file.Optional("hidden_act")?.OneOf(Activations) ?? ClipActivation.QuickGelu;

    private static string ActivationName(ClipActivation activation) => Activations.First(known => known.Value == activation).Name;

    /// <summary>
    /// The fields of a tower. transformers before 4.27 wrote them under <c>*_config_dict</c>, too, and takes those where both are there.
    /// </summary>
    private readonly struct TowerFields(JsonField file, string name)
    {
        private readonly JsonField? _old = file.Optional(name + "_dict"),
            _new = file.Optional(name);

        public JsonField? Optional(string field) => _old?.Optional(field) ?? _new?.Optional(field);

        public InvalidDataException Wrong(string message) => (_new ?? _old ?? file).Wrong(message);
    }
}
