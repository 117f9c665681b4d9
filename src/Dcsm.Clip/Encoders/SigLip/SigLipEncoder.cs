using System.Text.Json;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.SentencePiece;
using Dcsm.IO.Json;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Encoders.SigLip;

/// <summary>SigLIP, and SigLIP 2 of fixed resolution, which is the same network with another tokenizer.</summary>
internal sealed class SigLipEncoder : EncoderArchitecture
{
    private static readonly ClipTextConfig TextDefaults = new()
    {
        HiddenSize = 768,
        IntermediateSize = 3072,
        Heads = 12,
        VocabularySize = 32000,
        ContextLength = 64,
        Activation = ClipActivation.TanhGelu,
        LayerNormEpsilon = 1e-6,
    };

    private static readonly ClipVisionConfig VisionDefaults = new()
    {
        PatchSize = 16,
        Activation = ClipActivation.TanhGelu,
        LayerNormEpsilon = 1e-6,
    };

    public override string Name => "siglip";

    public override string Title => "SigLIP";

    public override IReadOnlyList<(string Tensor, ClipCheckpointFormat Format)> Markers { get; } =
    [("vision_model.head.probe", ClipCheckpointFormat.HuggingFace), ("visual.trunk.attn_pool.latent", ClipCheckpointFormat.OpenClip)];

    public override IReadOnlyList<string> OpenClipKeys => SigLipOpenClip.Keys;

    // Of timm's published towers: so400m and giant-opt have 16, the others one for each 64.
    public override ShapeReading Shapes { get; } =
        new(HasClassToken: false, "text_model.head.weight", width => width is 1152 or 1536 ? 16 : Math.Max(1, width / 64));

    // "siglip2" is that of any resolution (NaFlex), whose patches are cut otherwise; the others call themselves "siglip".
    public override bool Describes(JsonField config) =>
        config.Kind == JsonValueKind.Object
        && config.Optional("model_type") is { Kind: JsonValueKind.String } type
        && type.String() is "siglip" or "siglip2";

    public override ClipConfig Read(JsonField config)
    {
        if (config.Field("model_type").String() == "siglip2")
        {
            throw config.Wrong(
                "model_type is 'siglip2', a SigLIP 2 of any resolution (NaFlex), which can't be run; those of fixed resolution, "
                    + "model_type 'siglip', can."
            );
        }

        var text = new TowerFields(config, "text_config");
        var vision = new TowerFields(config, "vision_config");
        ClipVisionConfig tower = vision.Vision(VisionDefaults);
        if (vision.Optional("vision_use_head")?.Flag() == false)
            throw vision.Wrong("vision_use_head is false, and without its head a SigLIP has no embedding of a picture.");
        ClipTextConfig captions = text.Text(TextDefaults);
        int projection = text.Whole("projection_size", captions.HiddenSize);
        return projection == tower.HiddenSize
            ? new ClipConfig
            {
                Architecture = Name,
                Text = captions with
                {
                    // The library's defaults are those of CLIP's vocabulary, which SigLIP never had.
                    PadToken = text.Whole("pad_token_id", 1, atLeast: 0),
                    EndToken = 1,
                },
                Vision = tower,
                ProjectionDim = projection,
            }
            : throw text.Wrong($"projection_size is {projection}, but pictures are embedded in {tower.HiddenSize} values.");
    }

    public override ClipConfig Read(ClipConfig config, OpenClipConfig? openClip) =>
        SigLipOpenClip.Read(config, openClip) with
        {
            Architecture = Name,
        };

    public override Dictionary<string, StoredTensor> Rename(
        string file,
        IReadOnlyDictionary<string, StoredTensor> tensors,
        ClipCheckpointFormat format
    )
    {
        const string Packed = "vision_model.head.attention.in_proj_";
        if (format == ClipCheckpointFormat.OpenClip)
            return SigLipOpenClip.Rename(file, tensors);
        var named = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        foreach ((string name, StoredTensor tensor) in TensorNames.Weights(tensors))
        {
            if (!name.StartsWith(Packed, StringComparison.Ordinal))
            {
                named[name] = tensor;
                continue;
            }

            foreach (
                (string part, StoredTensor rows) in TensorNames.Split(
                    file,
                    name,
                    tensor,
                    "vision_model.head.attention",
                    name[Packed.Length..]
                )
            )
            {
                named[part] = rows;
            }
        }
        return named;
    }

    public override OnnxGraph Vision(ClipConfig config, GraphWeights weights) => SigLipGraphs.Vision(config, weights);

    public override bool HasInt8 => true;

    public override OnnxGraph VisionHead(ClipConfig config, GraphWeights weights) => SigLipGraphs.VisionHead(config, weights);

    public override OnnxGraph Text(ClipConfig config, GraphWeights weights) => SigLipGraphs.Text(config, weights);

    public override TextLayout Layout(ClipConfig config) => new SigLipTextLayout(config.Text);

    public override bool HasTokenizer(string directory) => SentencePieceTokenizer.Exists(directory);

    public override TextTokenizer Tokenizer(string directory, ClipConfig config, TokenizerFlavor flavor) =>
        Fitting(directory, SentencePieceTokenizer.LoadSigLip(directory, config.Text.PadToken), config);

    // SigLIP 2 has the network's configuration of SigLIP, whose padding is another token than Gemma's.
    public override ClipConfig Completed(ClipConfig config, TextTokenizer tokenizer) =>
        config with
        {
            Text = config.Text with { PadToken = tokenizer.PadToken },
        };

    public override ClipPreprocessor Preprocessor(int imageSize) => ClipPreprocessor.Squashed(imageSize, 0.5f, 0.5f);
}
