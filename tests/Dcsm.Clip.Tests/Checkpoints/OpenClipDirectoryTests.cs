using System.Text.Json.Nodes;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Checkpoints;

public sealed class OpenClipDirectoryTests : IDisposable
{
    private static readonly string Config = File.ReadAllText(Goldens.Path("checkpoints", "openclip_vit_tiny.config.json"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("open_clip_model.safetensors")]
    [InlineData("open_clip_pytorch_model.safetensors")]
    [InlineData("open_clip_pytorch_model.bin")]
    public void A_directory_as_open_clip_writes_it_is_opened_and_converted(string name)
    {
        SavedModel.Write(_folder[name], SavedModel.OpenClip());
        _folder.Write("open_clip_config.json", Config);
        _folder.Write("config.json", """{"architecture":"vit_tiny","num_classes":0}"""); // timm's, of the image tower alone
        using var expected = ClipModel.Load(
            Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt"),
            new() { Checkpoint = new() { ConfigFile = Goldens.Path("checkpoints", "openclip_vit_tiny.config.json") } }
        );
        List<string> warnings = [];
        foreach (string path in (string[])[_folder.Path, _folder[name]])
        {
            using var model = ClipModel.Load(path, new() { Warn = warnings.Add });
            Assert.Equal((expected.Fingerprint, expected.Config), (model.Fingerprint, model.Config));
        }

        Assert.Empty(warnings);
        using (var checkpoint = ClipCheckpoint.Open(_folder.Path))
            checkpoint.Save(_folder["converted"]);
        using var converted = ClipModel.Load(_folder["converted"]);
        Assert.Equal(expected.Fingerprint, converted.Fingerprint);
    }

    [Fact]
    public void The_tokenizer_beside_is_taken_and_goes_with_what_is_converted()
    {
        Dictionary<string, (int[] Shape, float[] Values)> tensors = SavedModel.OpenClip();
        SavedModel.Write(_folder["open_clip_model.safetensors"], tensors);
        _folder.Write("open_clip_config.json", Config);
        _folder.Write("vocab.json", """{"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"<|startoftext|>":298,"<|endoftext|>":299}""");
        _folder.Write("merges.txt", "#version: 0.2\na b</w>\n");
        using (var model = ClipModel.Load(_folder.Path))
            Assert.Equal([298, 4, 299], model.Tokenizer.Encode("ab"));
        using (var checkpoint = ClipCheckpoint.Open(_folder.Path))
            checkpoint.Save(_folder["converted"]);
        using var converted = ClipModel.Load(_folder["converted"]);
        Assert.Equal([298, 4, 299], converted.Tokenizer.Encode("ab"));
    }

    // What the makers' configurations say (open_clip, model_configs; their directories on the hub), sizes left out.
    [Theory]
    [InlineData("NegCLIP, ViT-B-32-quickgelu", """{"quick_gelu":true,"vision_cfg":{},"text_cfg":{"heads":8}}""", 64, 8, true, false)]
    [InlineData("DataComp, ViT-L-14", """{"vision_cfg":{"layers":24},"text_cfg":{"heads":12}}""", 64, 12, false, false)]
    [InlineData(
        "DFN, ViT-H-14-378-quickgelu",
        """{"quick_gelu":true,"vision_cfg":{"head_width":80},"text_cfg":{"heads":16},"resize":"squash"}""",
        80,
        16,
        true,
        true
    )]
    [InlineData(
        "LAION, ViT-bigG-14",
        """{"vision_cfg":{"head_width":104,"mlp_ratio":4.9231},"text_cfg":{"heads":20}}""",
        104,
        20,
        false,
        false
    )]
    [InlineData(
        "MetaCLIP, ViT-H-14-quickgelu",
        """{"quick_gelu":true,"vision_cfg":{"head_width":80},"text_cfg":{"heads":16}}""",
        80,
        16,
        true,
        false
    )]
    public void Published_configurations_are_understood(string name, string json, int headWidth, int textHeads, bool quick, bool squashes)
    {
        Assert.NotEmpty(name);
        JsonObject model = JsonNode.Parse(json)!.AsObject();
        JsonNode? resize = model["resize"];
        model.Remove("resize");
        var file = new JsonObject
        {
            ["model_cfg"] = model,
            ["preprocess_cfg"] = new JsonObject { ["resize_mode"] = resize?.DeepClone() ?? "shortest" },
        };
        var config = OpenClipConfig.Load(_folder.Write("open_clip_config.json", file.ToJsonString()));
        Assert.Equal(
            (headWidth, textHeads, quick ? ClipActivation.QuickGelu : ClipActivation.Gelu),
            (config.VisionHeadWidth, config.TextHeads, config.Activation)
        );
        RgbImage cropped = config
            .Preprocessor(32)
            .Crop(new RgbImage(64, 32, [.. Enumerable.Range(0, 64 * 32 * 3).Select(i => (byte)(i / 3 % 64))]));
        // Squashed, the first column is the picture's own; cropped, it is from its middle.
        Assert.Equal(squashes, cropped.Pixels[0] < 8);
    }

    // Where a picture of 40 × 21 pixels, white on the left half, goes in 32 × 32.
    [Theory]
    [InlineData("squash", "bilinear", 0, 0, 32)]
    [InlineData("longest", "bicubic", 7, 0, 17)] // 32 × 16.8: a row less above than below
    [InlineData("shortest", "random", 0, 14, 32)] // 60.95 is cut to 60
    public void Pictures_are_prepared_as_preprocess_cfg_says(string mode, string interpolation, int top, int left, int height)
    {
        byte[] white = new byte[40 * 21 * 3];
        for (int i = 0; i < white.Length; i++)
            white[i] = (byte)(i / 3 % 40 < 20 ? 255 : 1);
        ClipPreprocessor preprocessor = Preprocessor(
            $$"""{"resize_mode":"{{mode}}","interpolation":"{{interpolation}}","mean":[0.5,0.5,0.5],"std":[0.25,0.5,0.5],"size":[32,32]}"""
        );
        RgbImage cropped = preprocessor.Crop(new RgbImage(40, 21, white));
        ResampleFilter filter = interpolation == "bilinear" ? ResampleFilter.Bilinear : ResampleFilter.Bicubic;
        int width = mode == "shortest" ? 60 : 32;
        byte[] resized = PillowResize.Resize(white, 40, 21, 3, width, height, new PixelWindow(0, 0, width, height), filter);
        for (int y = 0; y < 32; y++)
        {
            for (int x = 0; x < 32; x++)
            {
                int expected = y >= top && y < top + height ? resized[(((y - top) * width) + x + left) * 3] : 0;
                Assert.Equal(expected, cropped.Pixels[((y * 32) + x) * 3]);
            }
        }

        Assert.Equal([0.5f, 0.5f, 0.5f, 0.25f, 0.5f, 0.5f], (float[])[.. preprocessor.Mean, .. preprocessor.Std]);
    }

    // torchvision: a half is rounded to even; transformers: down.
    [Fact]
    public void The_crop_is_torchvisions()
    {
        byte[] picture = new byte[35 * 32 * 3];
        for (int i = 0; i < picture.Length; i++)
            picture[i] = (byte)(i / 3 % 35);
        Assert.Equal(2, Preprocessor("""{"resize_mode":"shortest"}""").Crop(new RgbImage(35, 32, picture)).Pixels[0]);
        Assert.Equal(1, new ClipPreprocessor(32).Crop(new RgbImage(35, 32, picture)).Pixels[0]);
    }

    [Fact]
    public void Pictures_that_are_fitted_in_are_not_converted_to_what_can_not_tell_it()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            Preprocessor("""{"resize_mode":"longest"}""").Save(_folder.Path)
        );
        Assert.Contains("'longest'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path));
    }

    [Theory]
    [InlineData("text_cfg", "no_causal_mask", "true")]
    [InlineData("text_cfg", "pool_type", "\"last\"")]
    [InlineData("text_cfg", "embed_cls", "true")]
    [InlineData("text_cfg", "tokenizer_kwargs", """{"strip_sep_token":true}""")]
    [InlineData("vision_cfg", "pool_type", "\"avg\"")]
    [InlineData("vision_cfg", "attentional_pool", "true")]
    [InlineData("vision_cfg", "act_kwargs", """{"approximate":"tanh"}""")]
    [InlineData("vision_cfg", "something_new", "3")]
    [InlineData("multimodal_cfg", "layers", "3")]
    public void What_is_not_CLIPs_own_way_is_refused_by_its_name(string part, string key, string value)
    {
        JsonNode config = JsonNode.Parse(Config)!;
        JsonNode model = config["model_cfg"]!;
        (model[part] ??= new JsonObject())[key] = JsonNode.Parse(value);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            OpenClipConfig.Load(_folder.Write("open_clip_config.json", config.ToJsonString()))
        );
        Assert.Contains("open_clip_config.json, field model_cfg." + part, error.Message, StringComparison.Ordinal);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"size":224}""", "size")]
    [InlineData("""{"interpolation":"nearest"}""", "interpolation")]
    [InlineData("""{"resize_mode":"longest","fill_color":127}""", "fill_color")]
    [InlineData("""{"mode":"L"}""", "mode")]
    [InlineData("""{"padding":3}""", "padding")]
    public void Preparations_that_can_not_be_done_are_refused(string settings, string field)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Preprocessor(settings));
        Assert.Contains("preprocess_cfg." + field, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_epsilon_and_settings_with_their_usual_value_are_taken()
    {
        JsonNode config = JsonNode.Parse(Config)!;
        config["model_cfg"]!["text_cfg"]!["norm_kwargs"] = JsonNode.Parse("""{"eps":1e-6}""");
        config["model_cfg"]!["text_cfg"]!["pool_type"] = "argmax";
        config["model_cfg"]!["vision_cfg"]!["no_ln_pre"] = false;
        _folder.Write("open_clip_config.json", config.ToJsonString());
        SavedModel.Write(_folder["open_clip_model.safetensors"], SavedModel.OpenClip());
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal((1e-5, 1e-6), (model.Config.Vision.LayerNormEpsilon, model.Config.Text.LayerNormEpsilon));
    }

    private ClipPreprocessor Preprocessor(string settings)
    {
        JsonNode config = JsonNode.Parse(Config)!;
        config["preprocess_cfg"] = JsonNode.Parse(settings);
        return OpenClipConfig.Load(_folder.Write("configs/open_clip_config.json", config.ToJsonString())).Preprocessor(32);
    }
}
