using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Checkpoints;

/// <summary>What of an open_clip model configuration its checkpoint does not tell.</summary>
internal sealed class OpenClipConfig
{
    public const string FileName = "open_clip_config.json";

    // open_clip's default, for both towers.
    private const int HeadWidth = 64,
        UsualTextHeads = 8;

    private readonly JsonField? _preprocess;

    private OpenClipConfig(JsonField file)
    {
        JsonField model = file.Optional("model_cfg") ?? file;
        JsonField vision =
            model.Optional("vision_cfg") ?? throw file.Wrong("there is no 'vision_cfg'; this is not a model configuration of open_clip.");
        JsonField text =
            model.Optional("text_cfg") ?? throw file.Wrong("there is no 'text_cfg'; this is not a model configuration of open_clip.");
        if ((vision.Optional("timm_model_name") ?? text.Optional("hf_model_name"))?.String() is { } foreign)
            throw file.Wrong($"a tower is '{foreign}'; only the towers that OpenAI built can be run.");
        // open_clip takes GELU where the file does not say.
        Activation = model.Optional("quick_gelu")?.Flag() == true ? ClipActivation.QuickGelu : ClipActivation.Gelu;
        VisionHeadWidth = vision.Optional("head_width")?.Whole(1) ?? HeadWidth;
        TextHeads = text.Optional("heads")?.Whole(1) ?? UsualTextHeads;
        _preprocess = file.Optional("preprocess_cfg");
    }

    public ClipActivation Activation { get; }

    public int VisionHeadWidth { get; }

    public int TextHeads { get; }

    public static OpenClipConfig Load(string path) =>
        File.Exists(path)
            ? new OpenClipConfig(JsonField.Load(path))
            : throw new FileNotFoundException($"{path}: there is no such file; a model configuration of open_clip was meant.", path);

    public void Apply(ClipPreprocessor preprocessor)
    {
        if (_preprocess is not { } settings)
            return;
        PreprocessorSettings.Channels(settings, "mean", preprocessor.Mean);
        PreprocessorSettings.Channels(settings, "std", preprocessor.Std);
        if (preprocessor.Std.Contains(0f))
            throw settings.Field("std").Wrong("holds a zero");
    }
}
