using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Encoders.OpenAI;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Models;

/// <summary>
/// The architecture of a CLIP or another dual encoder, from a Hugging Face <c>config.json</c>; what the file leaves out has the default of
/// transformers' configuration of that architecture (<c>CLIPConfig</c>, <c>SiglipConfig</c>, <c>BlipConfig</c>).
/// </summary>
/// <remarks>
/// transformers has no ResNet CLIPs; they are written as <c>model_type</c> "clip_resnet", which it refuses, with
/// <c>resnet_width</c> and <c>resnet_layers</c> in <c>vision_config</c>.
/// </remarks>
public sealed record ClipConfig
{
    internal const string Clip = "clip";

    private const string FileName = "config.json";

    internal static readonly IReadOnlyList<(string Name, ClipActivation Value)> Activations =
    [
        ("quick_gelu", ClipActivation.QuickGelu),
        ("gelu", ClipActivation.Gelu),
        ("gelu_pytorch_tanh", ClipActivation.TanhGelu),
        ("gelu_new", ClipActivation.TanhGelu),
    ];

    /// <summary>
    /// What kind of dual encoder it is: "clip", "siglip", "blip", "blip_retrieval" (BLIP with a head that matches pairs) or "coca".
    /// </summary>
    public string Architecture { get; init; } = Clip;

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
                json.WriteString("model_type", Vision.ResNet is null ? Clip : OpenAIEncoder.ResNetModel);
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

    /// <summary>Whether a <c>config.json</c> is that of a dual encoder that can be opened.</summary>
    internal static bool IsOne(JsonField file) => EncoderArchitecture.Of(file) is not null;

    private static ClipConfig Read(JsonField file)
    {
        ClipConfig config = (EncoderArchitecture.Of(file) ?? EncoderArchitecture.All[^1]).Read(file);
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
                ("text_config: max_position_embeddings", Math.Max(Text.ContextLength, Text.Positions), Context),
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

    private static string ActivationName(ClipActivation activation) => Activations.First(known => known.Value == activation).Name;
}
