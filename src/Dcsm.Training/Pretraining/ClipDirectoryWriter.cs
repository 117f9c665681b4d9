using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.IO.Files;
using Dcsm.IO.Safetensors;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Pretraining;

/// <summary>Writes a pre-trained small CLIP in the layout of a Hugging Face CLIP directory.</summary>
internal static class ClipDirectoryWriter
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(
        string directory,
        ClipPretrainingOptions options,
        BpeTrainer vocabulary,
        IEnumerable<string> words,
        TorchClip clip
    )
    {
        WriteText(directory, "known_words.txt", string.Concat(words.Select(word => word + "\n")));
        WriteWeights(directory, clip);
        WriteJson(directory, "config.json", Config(options, vocabulary));
        WriteJson(directory, "preprocessor_config.json", Preprocessor(options.ImageSize));
        WriteTokenizer(directory, options, vocabulary);
    }

    /// <summary>Writes what captions are split by.</summary>
    public static void WriteTokenizer(string directory, ClipPretrainingOptions options, BpeTrainer vocabulary)
    {
        WriteJson(
            directory,
            "tokenizer_config.json",
            new JsonObject
            {
                ["tokenizer_class"] = "CLIPTokenizer",
                ["do_lower_case"] = true,
                ["model_max_length"] = options.ContextLength,
                ["bos_token"] = BpeTrainer.StartToken,
                ["eos_token"] = BpeTrainer.EndToken,
                ["pad_token"] = BpeTrainer.EndToken,
                ["unk_token"] = BpeTrainer.EndToken,
            }
        );
        WriteJson(
            directory,
            "special_tokens_map.json",
            new JsonObject
            {
                ["bos_token"] = BpeTrainer.StartToken,
                ["eos_token"] = BpeTrainer.EndToken,
                ["pad_token"] = BpeTrainer.EndToken,
                ["unk_token"] = BpeTrainer.EndToken,
            }
        );
        var entries = new JsonObject();
        foreach ((string token, int id) in vocabulary.Vocabulary)
            entries[token] = id;
        WriteJson(directory, "vocab.json", entries);
        var merges = new StringBuilder("#version: 0.2\n");
        foreach ((string left, string right) in vocabulary.Merges)
            merges.Append(left).Append(' ').Append(right).Append('\n');
        WriteText(directory, "merges.txt", merges.ToString());
    }

    /// <summary>Writes changed weights beside everything else of the directory that they came from.</summary>
    public static void WriteAdapted(string directory, ClipModel original, TorchClip clip)
    {
        WriteWeights(directory, clip);
        foreach (
            string file in Directory
                .EnumerateFiles(original.Directory)
                .Where(file => Path.GetExtension(file) is ".json" or ".txt" && Path.GetFileName(file) != "adaptation.json")
        )
        {
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static void WriteWeights(string directory, TorchClip clip)
    {
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(
            Path.Combine(directory, "model.safetensors"),
            clip.Parameters.ToDictionary(p => p.Key, p => p.Value.Values(), StringComparer.Ordinal),
            new Dictionary<string, string> { ["format"] = "pt" }
        );
    }

    private static JsonObject Config(ClipPretrainingOptions options, BpeTrainer vocabulary)
    {
        int start = vocabulary.Vocabulary[BpeTrainer.StartToken],
            end = vocabulary.Vocabulary[BpeTrainer.EndToken];
        return new JsonObject
        {
            ["architectures"] = new JsonArray("CLIPModel"),
            ["model_type"] = "clip",
            ["projection_dim"] = options.ProjectionDim,
            ["logit_scale_init_value"] = 2.6592,
            ["text_config"] = new JsonObject
            {
                ["model_type"] = "clip_text_model",
                ["vocab_size"] = vocabulary.Vocabulary.Count,
                ["hidden_size"] = options.TextWidth,
                ["intermediate_size"] = 4 * options.TextWidth,
                ["num_hidden_layers"] = options.TextLayers,
                ["num_attention_heads"] = options.TextWidth / options.HeadWidth,
                ["max_position_embeddings"] = options.ContextLength,
                ["projection_dim"] = options.ProjectionDim,
                ["hidden_act"] = "quick_gelu",
                ["layer_norm_eps"] = 1e-5,
                ["bos_token_id"] = start,
                ["eos_token_id"] = end,
                ["pad_token_id"] = end,
            },
            ["vision_config"] = new JsonObject
            {
                ["model_type"] = "clip_vision_model",
                ["image_size"] = options.ImageSize,
                ["patch_size"] = options.PatchSize,
                ["num_channels"] = 3,
                ["hidden_size"] = options.VisionWidth,
                ["intermediate_size"] = 4 * options.VisionWidth,
                ["num_hidden_layers"] = options.VisionLayers,
                ["num_attention_heads"] = options.VisionWidth / options.HeadWidth,
                ["projection_dim"] = options.ProjectionDim,
                ["hidden_act"] = "quick_gelu",
                ["layer_norm_eps"] = 1e-5,
            },
        };
    }

    private static JsonObject Preprocessor(int side) =>
        new()
        {
            ["image_processor_type"] = "CLIPImageProcessor",
            ["do_convert_rgb"] = true,
            ["do_resize"] = true,
            ["size"] = new JsonObject { ["shortest_edge"] = side },
            ["resample"] = 3,
            ["do_center_crop"] = true,
            ["crop_size"] = new JsonObject { ["height"] = side, ["width"] = side },
            ["do_rescale"] = true,
            ["rescale_factor"] = 1 / 255.0,
            ["do_normalize"] = true,
            ["image_mean"] = Numbers(ClipPretrainingSource.Mean),
            ["image_std"] = Numbers(ClipPretrainingSource.Std),
        };

    private static JsonArray Numbers(float[] values) => [.. values.Select(v => JsonValue.Create((decimal)v))];

    private static void WriteJson(string directory, string name, JsonNode json) =>
        WriteText(directory, name, json.ToJsonString(Indented) + "\n");

    private static void WriteText(string directory, string name, string text) => AtomicFile.Write(Path.Combine(directory, name), text);
}
