using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Checkpoints;

/// <summary>What of an open_clip model configuration its checkpoint does not tell.</summary>
/// <remarks>Source: open_clip, <c>model.py</c>. What changes the computation is obeyed or refused.</remarks>
internal sealed class OpenClipConfig
{
    public const string FileName = "open_clip_config.json",
        TimmName = "timm_model_name";

    // open_clip's default, for both towers.
    private const int HeadWidth = 64,
        UsualTextHeads = 8;

    // Read here or off the tensors' shapes, or of no matter to what is computed.
    private static readonly string[] Model =
    [
        "vision_cfg",
        "text_cfg",
        "embed_dim",
        "quick_gelu",
        "custom_text",
        "init_logit_scale",
        "init_logit_bias",
        "nonscalar_logit_scale",
        "cast_dtype",
    ];
    private static readonly string[] Tower = ["width", "layers", "mlp_ratio", "norm_kwargs", "output_tokens"];
    private static readonly string[] OfVision = [.. Tower, "image_size", "patch_size", "head_width", "patch_dropout"];
    private static readonly string[] OfText = [.. Tower, "heads", "context_length", "vocab_size", "hf_tokenizer_name", "pad_id"];

    // With these values they are CLIP's own way.
    private static readonly (string Key, string Value)[] Usual =
    [
        ("pool_type", "tok"),
        ("pool_type", "argmax"),
        ("pos_embed_type", "learnable"),
        ("proj_type", "linear"),
        ("timm_pool", "avg"),
        ("timm_proj", "linear"),
        ("hf_pooler_type", "mean_pooler"),
        ("hf_proj_type", "mlp"),
    ];

    private readonly JsonField? _preprocess;

    private OpenClipConfig(JsonField file, IReadOnlyList<string> more)
    {
        JsonField model = file.Optional("model_cfg") ?? file;
        JsonField vision =
            model.Optional("vision_cfg") ?? throw file.Wrong("there is no 'vision_cfg'; this is not a model configuration of open_clip.");
        JsonField text =
            model.Optional("text_cfg") ?? throw file.Wrong("there is no 'text_cfg'; this is not a model configuration of open_clip.");
        JsonField? timm = more.Contains(TimmName) ? null : vision.Optional(TimmName);
        if ((timm ?? text.Optional("hf_model_name"))?.String() is { } foreign)
            throw file.Wrong($"a tower is '{Excerpt.Of(foreign)}'; only the towers that OpenAI built can be run.");
        Refuse(model, [.. Model, .. more]);
        Refuse(vision, [.. OfVision, .. more]);
        Refuse(text, [.. OfText, .. more]);
        // open_clip takes GELU where the file does not say.
        Activation = model.Optional("quick_gelu")?.Flag() == true ? ClipActivation.QuickGelu : ClipActivation.Gelu;
        (Vision, Text) = (vision, text);
        VisionHeadWidth = vision.Optional("head_width")?.Whole(1) ?? HeadWidth;
        TextHeads = text.Optional("heads")?.Whole(1) ?? UsualTextHeads;
        (VisionEpsilon, TextEpsilon) = (Epsilon(vision), Epsilon(text));
        _preprocess = file.Optional("preprocess_cfg");
    }

    public ClipActivation Activation { get; }

    public int VisionHeadWidth { get; }

    public int TextHeads { get; }

    /// <summary>All of the image tower's settings.</summary>
    public JsonField Vision { get; }

    /// <summary>All of the text tower's settings.</summary>
    public JsonField Text { get; }

    public double? VisionEpsilon { get; }

    public double? TextEpsilon { get; }

    /// <param name="path">The file.</param>
    /// <param name="more">What may be in it beyond a CLIP's own.</param>
    public static OpenClipConfig Load(string path, params IReadOnlyList<string> more) => new(JsonField.LoadFromPython(path), more);

    public ClipPreprocessor Preprocessor(int imageSize) =>
        _preprocess is { } settings ? ClipPreprocessor.OfOpenClip(settings, imageSize) : new ClipPreprocessor(imageSize);

    private static double? Epsilon(JsonField tower)
    {
        if (tower.Optional("norm_kwargs") is not { } norm)
            return null;
        norm.AllowOnly("eps");
        return norm.Optional("eps")?.Number();
    }

    private static void Refuse(JsonField part, string[] known)
    {
        foreach (JsonField field in part.Fields())
        {
            bool isOff =
                field.Kind is JsonValueKind.Null or JsonValueKind.False
                || (field.Kind == JsonValueKind.Object && !field.Fields().Any())
                || (field.Kind == JsonValueKind.String && Usual.Contains((field.Name, field.String())));
            if (!isOff && !known.Contains(field.Name))
                throw field.Wrong($"{field.Found} is not CLIP's own way, and a model that has it would be computed wrongly");
        }
    }
}
