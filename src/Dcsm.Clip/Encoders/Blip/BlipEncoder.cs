using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders.Blip;

/// <summary>BLIP without a head that matches pairs: transformers' <c>BlipModel</c>.</summary>
internal class BlipEncoder : EncoderArchitecture
{
    // LAVIS cuts captions here (max_txt_len of blip_itm and blip_retrieval), where the table of places would go on.
    private const int LongestCaption = 35;

    private static readonly ClipTextConfig TextDefaults = new()
    {
        HiddenSize = 768,
        IntermediateSize = 3072,
        VocabularySize = 30524,
        ContextLength = 512,
        Activation = ClipActivation.Gelu,
        LayerNormEpsilon = 1e-12,
        PadToken = 0,
    };

    private static readonly ClipVisionConfig VisionDefaults = new()
    {
        ImageSize = 384,
        PatchSize = 16,
        Activation = ClipActivation.Gelu,
        LayerNormEpsilon = 1e-5,
    };

    // transformers' names of the two projections, and of the text tower, by those of the graphs.
    private static readonly (string Here, string There)[] Prefixes =
    [
        ("text_encoder.", "text_model."),
        ("vision_proj.", "visual_projection."),
        ("text_proj.", "text_projection."),
    ];

    public override string Name => "blip";

    public override string Title => "BLIP";

    public override IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; } =
    [("text_model.embeddings.word_embeddings.weight", ClipCheckpointFormat.HuggingFace)];

    /// <summary>What <c>architectures</c> says of it.</summary>
    protected virtual string ClassName => "BlipModel";

    private bool IsBase => ClassName == "BlipModel";

    public override bool Describes(JsonField config) =>
        config.Kind == JsonValueKind.Object
        && config.Optional("model_type") is { Kind: JsonValueKind.String } type
        && type.String() == "blip"
        // Without a name it is the plain one, and that says what is wrong with the others.
        && (IsBase || ClassOf(config) == ClassName);

    public override ClipConfig Read(JsonField config)
    {
        if (ClassOf(config) is { } name && name != ClassName)
        {
            throw config.Wrong(
                $"architectures is '{Excerpt.Of(name)}', a BLIP that has no embeddings of pictures and captions in one space; "
                    + "BlipModel and BlipForImageTextRetrieval have."
            );
        }

        ClipTextConfig text = new TowerFields(config, "text_config").Text(TextDefaults);
        return new ClipConfig
        {
            Architecture = Name,
            Text = text with { Positions = text.ContextLength, ContextLength = Math.Min(text.ContextLength, LongestCaption) },
            Vision = new TowerFields(config, "vision_config").Vision(VisionDefaults),
            ProjectionDim = IsBase
                ? config.Optional("projection_dim")?.Whole(1) ?? 512
                : config.Optional("image_text_hidden_size")?.Whole(1) ?? 256,
        };
    }

    public override ClipConfig AsTransformers(ClipConfig config) =>
        config with
        {
            Text = config.Text with { ContextLength = config.Text.Positions },
        };

    public override Dictionary<string, StoredTensor> Rename(
        string file,
        IReadOnlyDictionary<string, StoredTensor> tensors,
        ClipCheckpointFormat format
    )
    {
        const string Places = "vision_model.embeddings.position_embedding",
            Packed = ".self_attn.qkv.",
            Projection = ".self_attn.projection.";
        var named = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string given, StoredTensor tensor) in TensorNames.Weights(tensors))
        {
            if (given.IndexOf(Packed, StringComparison.Ordinal) is >= 0 and var at)
            {
                string attention = given[..at] + ".self_attn";
                foreach (
                    (string part, StoredTensor rows) in TensorNames.Split(file, given, tensor, attention, given[(at + Packed.Length)..])
                )
                {
                    named[part] = rows;
                }

                continue;
            }

            (string here, string there) = Array.Find(Prefixes, prefix => given.StartsWith(prefix.Here, StringComparison.Ordinal));
            string name = here is null ? given : there + given[here.Length..];
            if (name == Places)
                name += ".weight";
            named[name.Replace(Projection, ".self_attn.out_proj.", StringComparison.Ordinal)] = tensor;
        }
        return named;
    }

    public override OnnxGraph Vision(ClipConfig config, GraphWeights weights) => new BlipGraphs(config, IsBase, weights).Vision();

    public override bool HasInt8 => true;

    public override OnnxGraph VisionHead(ClipConfig config, GraphWeights weights) => new BlipGraphs(config, IsBase, weights).VisionHead();

    public override OnnxGraph Text(ClipConfig config, GraphWeights weights) => new BlipGraphs(config, IsBase, weights).Text();

    public override TextLayout Layout(ClipConfig config) => new BlipTextLayout(config.Text);

    public override bool HasTokenizer(string directory) => WordPieceTokenizer.Exists(directory);

    public override TextTokenizer Tokenizer(string directory, ClipConfig config, TokenizerFlavor flavor) =>
        Fitting(directory, WordPieceTokenizer.LoadDirectory(directory), config);

    public override ClipPreprocessor Preprocessor(int imageSize) => ClipPreprocessor.Squashed(imageSize);

    private static string? ClassOf(JsonField config) =>
        config.Optional("architectures") is { Kind: JsonValueKind.Array } names
        && names.List() is [{ Kind: JsonValueKind.String } first, ..]
            ? first.String()
            : null;
}
