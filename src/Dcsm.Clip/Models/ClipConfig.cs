using System.Text.Json;
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
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{directory}: there is no {FileName}; a CLIP directory holds config.json, model.safetensors, vocab.json, "
                    + $"merges.txt and preprocessor_config.json.",
                path
            );
        }

        return Read(JsonFile.Load(path));
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

    private static ClipConfig Read(JsonFile file)
    {
        string? modelType = file.Text("model_type");
        if (modelType is not (null or "clip" or ResNetModel))
            throw file.Wrong($"model_type is '{modelType}'; expected 'clip' (an image and a text tower).");
        if (modelType == ResNetModel && file.Object("vision_config") is null)
            throw file.Wrong("there is no 'vision_config', which a ResNet needs.");
        if (modelType is null && file.Object("text_config") is null && file.Object("vision_config") is null)
        {
            throw file.Wrong(
                "neither model_type 'clip' nor text_config and vision_config are there; this is not the configuration of a CLIP."
            );
        }

        // *_config_dict is what transformers before 4.27 wrote; where both are there they tell the same.
        JsonFile? text = file.Object("text_config") ?? file.Object("text_config_dict");
        JsonFile? vision = file.Object("vision_config") ?? file.Object("vision_config_dict");
        var config = new ClipConfig
        {
            Text = text is null ? new() : ReadText(text),
            Vision = vision is null ? new() : ReadVision(vision, isResNet: modelType == ResNetModel),
            ProjectionDim = file.Positive("projection_dim", 512),
        };
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

        if ((long)config.Vision.Grid * config.Vision.Grid > 1 << 20)
        {
            throw file.Wrong(
                $"vision_config: image_size {config.Vision.ImageSize} and patch_size {config.Vision.PatchSize} make more than a "
                    + $"million patches."
            );
        }

        if (config.Vision.Channels != 3)
            throw file.Wrong($"vision_config: num_channels is {config.Vision.Channels}; only images of 3 channels can be read.");
        return config;
    }

    private static ClipTextConfig ReadText(JsonFile file)
    {
        var defaults = new ClipTextConfig();
        return new ClipTextConfig
        {
            HiddenSize = file.Positive("hidden_size", defaults.HiddenSize),
            IntermediateSize = file.Positive("intermediate_size", defaults.IntermediateSize),
            Layers = file.Positive("num_hidden_layers", defaults.Layers),
            Heads = file.Positive("num_attention_heads", defaults.Heads),
            VocabularySize = file.Positive("vocab_size", defaults.VocabularySize),
            ContextLength = file.Positive("max_position_embeddings", defaults.ContextLength),
            Activation = ReadActivation(file),
            LayerNormEpsilon = file.Number("layer_norm_eps", defaults.LayerNormEpsilon),
            StartToken = file.NotNegative("bos_token_id", defaults.StartToken),
            EndToken = file.NotNegative("eos_token_id", defaults.EndToken),
            PadToken = file.NotNegative("pad_token_id", defaults.PadToken),
        };
    }

    private static ClipVisionConfig ReadVision(JsonFile file, bool isResNet)
    {
        var defaults = new ClipVisionConfig();
        return new ClipVisionConfig
        {
            ResNet = isResNet ? ReadResNet(file) : null,
            HiddenSize = file.Positive("hidden_size", defaults.HiddenSize),
            IntermediateSize = file.Positive("intermediate_size", defaults.IntermediateSize),
            Layers = file.Positive("num_hidden_layers", defaults.Layers),
            Heads = file.Positive("num_attention_heads", defaults.Heads),
            Channels = file.Positive("num_channels", defaults.Channels),
            ImageSize = file.Positive("image_size", defaults.ImageSize),
            PatchSize = file.Positive("patch_size", defaults.PatchSize),
            Activation = ReadActivation(file),
            LayerNormEpsilon = file.Number("layer_norm_eps", defaults.LayerNormEpsilon),
        };
    }

    private static ClipResNetConfig ReadResNet(JsonFile file)
    {
        int width = file.Positive("resnet_width", 64);
        if (file.Positive("patch_size", ResNetStride) != ResNetStride)
            throw file.Wrong($"vision_config.patch_size must be {ResNetStride} for a ResNet.");
        if (width % 2 != 0 || file.Positive("hidden_size", 0) != (long)width * ResNetStride)
            throw file.Wrong($"vision_config.hidden_size must be {ResNetStride} times resnet_width {width}, which must be even.");
        if (
            !file.TryGet("resnet_layers", out JsonElement layers)
            || layers.ValueKind != JsonValueKind.Array
            || layers.GetArrayLength() != 4
            || layers
                .EnumerateArray()
                .Any(count => count.ValueKind != JsonValueKind.Number || !count.TryGetInt32(out int number) || number is < 1 or > 1000)
        )
        {
            throw file.Wrong("vision_config.resnet_layers must be four whole numbers from 1.");
        }
        return new ClipResNetConfig { Width = width, Layers = [.. layers.EnumerateArray().Select(count => count.GetInt32())] };
    }

    private static ClipActivation ReadActivation(JsonFile file)
    {
        if (!file.TryGet("hidden_act", out JsonElement value))
            return ClipActivation.QuickGelu;
        return file.Text("hidden_act") switch
        {
            "quick_gelu" => ClipActivation.QuickGelu,
            "gelu" => ClipActivation.Gelu,
            _ => throw file.Wrong("hidden_act", value, "\"quick_gelu\" or \"gelu\""),
        };
    }

    private static string ActivationName(ClipActivation activation) =>
        activation switch
        {
            ClipActivation.QuickGelu => "quick_gelu",
            _ => "gelu",
        };
}
