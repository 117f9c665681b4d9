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

    private readonly JsonFile? _preprocess;

    private OpenClipConfig(JsonFile file)
    {
        JsonFile model = file.Object("model_cfg") ?? file;
        JsonFile vision =
            model.Object("vision_cfg") ?? throw file.Wrong("there is no 'vision_cfg'; this is not a model configuration of open_clip.");
        JsonFile text =
            model.Object("text_cfg") ?? throw file.Wrong("there is no 'text_cfg'; this is not a model configuration of open_clip.");
        if ((vision.Text("timm_model_name") ?? text.Text("hf_model_name")) is { } foreign)
            throw file.Wrong($"a tower is '{foreign}'; only the towers that OpenAI built can be run.");
        // open_clip takes GELU where the file does not say.
        Activation = model.Flag("quick_gelu", false) ? ClipActivation.QuickGelu : ClipActivation.Gelu;
        VisionHeadWidth = vision.Positive("head_width", HeadWidth);
        TextHeads = text.Positive("heads", UsualTextHeads);
        _preprocess = file.Object("preprocess_cfg");
    }

    public ClipActivation Activation { get; }

    public int VisionHeadWidth { get; }

    public int TextHeads { get; }

    public static OpenClipConfig Load(string path) =>
        File.Exists(path)
            ? new OpenClipConfig(JsonFile.Load(path))
            : throw new FileNotFoundException($"{path}: there is no such file; a model configuration of open_clip was meant.", path);

    public void Apply(ClipPreprocessor preprocessor)
    {
        if (_preprocess is null)
            return;
        PreprocessorSettings.Channels(_preprocess, "mean", preprocessor.Mean);
        PreprocessorSettings.Channels(_preprocess, "std", preprocessor.Std);
        if (preprocessor.Std.Contains(0f))
            throw _preprocess.Wrong("preprocess_cfg.std holds a zero.");
    }
}
