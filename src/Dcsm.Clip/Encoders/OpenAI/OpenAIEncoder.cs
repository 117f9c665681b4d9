using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders.OpenAI;

/// <summary>CLIP as OpenAI built it, with a vision transformer or a ResNet.</summary>
internal class OpenAIEncoder : EncoderArchitecture
{
    public const string ResNetModel = "clip_resnet";

    public override string Name => ClipConfig.Clip;

    public override string Title => "CLIP";

    public override IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; } =
    [
        ("text_model.embeddings.token_embedding.weight", ClipCheckpointFormat.HuggingFace),
        ("text.token_embedding.weight", ClipCheckpointFormat.OpenClip),
        ("token_embedding.weight", ClipCheckpointFormat.OpenClip),
    ];

    public override bool Describes(JsonField config) =>
        config.Kind == JsonValueKind.Object
        && (
            config.Optional("model_type") is { Kind: JsonValueKind.String } type
                ? type.String() is ClipConfig.Clip or ResNetModel
                : HasTowers(config)
        );

    public override ClipConfig Read(JsonField config)
    {
        string? modelType = config.Optional("model_type")?.String();
        if (modelType is not (null or ClipConfig.Clip or ResNetModel))
        {
            throw config.Wrong(
                $"model_type is '{Excerpt.Of(modelType)}'; expected "
                    + $"{string.Join(", ", All.Select(encoder => $"'{encoder.Name}'").Distinct())}: an image and a text tower."
            );
        }

        if (modelType == ResNetModel && config.Optional("vision_config") is null)
            throw config.Wrong("there is no 'vision_config', which a ResNet needs.");
        if (modelType is null && !HasTowers(config))
        {
            throw config.Wrong(
                "neither model_type 'clip' nor text_config and vision_config are there; this is not the configuration of a CLIP."
            );
        }

        var fields = new TowerFields(config, "vision_config");
        ClipVisionConfig vision = fields.Vision(new ClipVisionConfig());
        if (vision.ImageSize % vision.PatchSize != 0)
            throw config.Wrong($"vision_config: image_size {vision.ImageSize} is not a multiple of patch_size {vision.PatchSize}.");
        return new ClipConfig
        {
            Text = new TowerFields(config, "text_config").Text(new ClipTextConfig()),
            Vision = vision with { ResNet = modelType == ResNetModel ? ReadResNet(fields) : null },
            ProjectionDim = config.Optional("projection_dim")?.Whole(1) ?? 512,
        };
    }

    public override Dictionary<string, StoredTensor> Rename(
        string file,
        IReadOnlyDictionary<string, StoredTensor> tensors,
        ClipCheckpointFormat format
    ) => format == ClipCheckpointFormat.HuggingFace ? TensorNames.Weights(tensors) : OpenAINames.ToTransformers(file, tensors);

    public override bool HasInt8 => true;

    public override OnnxGraph Vision(ClipConfig config, GraphWeights weights) => ClipGraphs.Vision(config, weights);

    public override OnnxGraph Text(ClipConfig config, GraphWeights weights) => ClipGraphs.Text(config, weights);

    public override TextLayout Layout(ClipConfig config) => new ClipTextLayout(config.Text);

    public override bool HasTokenizer(string directory) => TokenizerFiles.Exist(directory);

    public override TextTokenizer Tokenizer(string directory, ClipConfig config, TokenizerFlavor flavor)
    {
        var tokenizer = ClipTokenizer.Load(directory, flavor);
        Fitting(directory, tokenizer, config);
        return config.Text.EndToken == ClipTextConfig.LargestToken || config.Text.EndToken == tokenizer.EndToken
            ? tokenizer
            : throw new InvalidDataException(
                $"{directory}: by config.json texts are pooled at eos_token_id {config.Text.EndToken}, but the tokenizer ends them with "
                    + $"{tokenizer.EndToken}."
            );
    }

    public override ClipPreprocessor Preprocessor(int imageSize) => new(imageSize);

    private static bool HasTowers(JsonField config) =>
        config.Optional("text_config") is not null
        || config.Optional("vision_config") is not null
        || config.Optional("text_config_dict") is not null
        || config.Optional("vision_config_dict") is not null;

    private static ClipResNetConfig ReadResNet(TowerFields file)
    {
        const int Stride = 32;
        int width = file.Optional("resnet_width")?.Whole(1) ?? 64;
        if ((file.Optional("patch_size")?.Whole(1) ?? Stride) != Stride)
            throw file.Wrong($"patch_size must be {Stride} for a ResNet.");
        if (width % 2 != 0 || (file.Optional("hidden_size")?.Whole(1) ?? 0) != (long)width * Stride)
            throw file.Wrong($"hidden_size must be {Stride} times resnet_width {width}, which must be even.");
        JsonField layers = file.Optional("resnet_layers") ?? throw file.Wrong("resnet_layers is missing.");
        int[] counts = [.. layers.List().Select(count => count.Whole(1, 1000))];
        return counts.Length == 4
            ? new ClipResNetConfig { Width = width, Layers = counts }
            : throw layers.Expected("four whole numbers from 1");
    }
}
