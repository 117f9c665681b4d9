using System.Runtime.InteropServices;
using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using Xunit.Abstractions;

namespace Dcsm.Clip.Tests;

public sealed class ClipCheckpointTests(ITestOutputHelper output) : IDisposable
{
    private const float Tolerance = 1e-5f;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("openai_vit_tiny", "openai_vit_tiny.pt", ClipCheckpointFormat.OpenAI)]
    [InlineData("openai_rn_tiny", "openai_rn_tiny.pt", ClipCheckpointFormat.OpenAI)]
    [InlineData("openclip_vit_tiny", "openclip_vit_tiny.module_prefix.pt", ClipCheckpointFormat.OpenClip)]
    [InlineData("openclip_vit_tiny", "openclip_vit_tiny.plain_legacy.pt", ClipCheckpointFormat.OpenClip)]
    public void Once_converted_a_checkpoint_has_the_embeddings_of_the_reference(string name, string file, ClipCheckpointFormat format)
    {
        string path = Goldens.Path("checkpoints", file);
        var options = new ClipCheckpointOptions
        {
            ConfigFile = format == ClipCheckpointFormat.OpenClip ? Goldens.Path("checkpoints", "openclip_vit_tiny.config.json") : null,
        };
        using var direct = ClipModel.Load(path, new ClipOptions { Checkpoint = options });
        using (var checkpoint = ClipCheckpoint.Open(path, options))
        {
            Assert.Equal(format, checkpoint.Format);
            Assert.True(checkpoint.IsActivationKnown);
            Assert.Equal(direct.Fingerprint, checkpoint.Fingerprint);
            checkpoint.Save(_folder["clip"]);
            Assert.Null(checkpoint.FirstDifference(direct));
        }
        using var converted = ClipModel.Load(_folder["clip"]);
        Compare(converted, name);
        Assert.Equal(direct.Config, converted.Config);
        Assert.Equal(direct.Fingerprint, converted.Fingerprint);
        Assert.Equal(direct.Parameters, converted.Parameters);
        Assert.False(File.Exists(Path.Combine(_folder["clip"], "vocab.json")));
        Assert.Contains("300", Assert.Throws<FileNotFoundException>(() => direct.Tokenizer).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ResNet_has_a_token_for_each_place_of_its_grid_and_a_ViT_no_grid()
    {
        using var model = ClipModel.Load(Goldens.Path("checkpoints", "openai_rn_tiny.pt"));
        ClipResNetConfig resNet = Assert.IsType<ClipResNetConfig>(model.Config.Vision.ResNet);
        Assert.Equal(new ClipResNetConfig { Width = 8, Layers = [1, 2, 1, 1] }, resNet);
        Assert.Equal((96, 3, 10, 4), (model.ImageSize, model.Config.Vision.Grid, model.ImageTokens, model.Config.Vision.Heads));
        using var vit = ClipModel.Load(Goldens.Path("checkpoints", "openai_vit_tiny.pt"));
        Assert.Throws<InvalidOperationException>(() => vit.EncodeGrid(new float[3 * 32 * 32], 1));
    }

    // The published sizes (openai/CLIP, clip/clip.py), by the shapes of their tensors; what they weigh is of no matter.
    [Theory]
    [InlineData("RN50", 64, new[] { 3, 4, 6, 3 }, 224, 1024, 512, 32)]
    [InlineData("RN101", 64, new[] { 3, 4, 23, 3 }, 224, 512, 512, 32)]
    [InlineData("RN50x4", 80, new[] { 4, 6, 10, 6 }, 288, 640, 640, 40)]
    [InlineData("RN50x16", 96, new[] { 6, 8, 18, 8 }, 384, 768, 768, 48)]
    [InlineData("RN50x64", 128, new[] { 3, 15, 36, 10 }, 448, 1024, 1024, 64)]
    public void Every_published_ResNet_is_known_by_its_shapes(
        string name,
        int width,
        int[] layers,
        int size,
        int projection,
        int textWidth,
        int heads
    )
    {
        Dictionary<string, long[]> shapes = TextShapes(textWidth, projection);
        shapes["visual.conv3.weight"] = [width, width / 2, 3, 3];
        shapes["visual.attnpool.positional_embedding"] = [((size / 32) * (size / 32)) + 1, width * 32];
        for (int stage = 0; stage < 4; stage++)
        {
            for (int block = 0; block < layers[stage]; block++)
                shapes[$"visual.layer{stage + 1}.{block}.conv1.weight"] = [width << stage, width, 1, 1];
        }

        ClipConfig config = Architecture(name, shapes);
        Assert.Equal(new ClipResNetConfig { Width = width, Layers = layers }, config.Vision.ResNet);
        Assert.Equal(
            (size, size / 32, heads, width * 32),
            (config.Vision.ImageSize, config.Vision.Grid, config.Vision.Heads, config.Vision.HiddenSize)
        );
        Assert.Equal(
            (textWidth, textWidth / 64, 12, 77, 49408, projection),
            (
                config.Text.HiddenSize,
                config.Text.Heads,
                config.Text.Layers,
                config.Text.ContextLength,
                config.Text.VocabularySize,
                config.ProjectionDim
            )
        );
    }

    [Theory]
    [InlineData("ViT-B/32", 768, 12, 32, 224, 512, 512)]
    [InlineData("ViT-B/16", 768, 12, 16, 224, 512, 512)]
    [InlineData("ViT-L/14", 1024, 24, 14, 224, 768, 768)]
    [InlineData("ViT-L/14@336px", 1024, 24, 14, 336, 768, 768)]
    [InlineData("ViT-H/14", 1280, 32, 14, 224, 1024, 1024, 16)]
    [InlineData("ViT-g/14", 1408, 40, 14, 224, 1024, 1024, 16)]
    [InlineData("ViT-bigG/14", 1664, 48, 14, 224, 1280, 1280, 16)]
    public void Every_published_vision_transformer_is_known_by_its_shapes(
        string name,
        int width,
        int layers,
        int patch,
        int size,
        int projection,
        int textWidth,
        int heads = 0
    )
    {
        Dictionary<string, long[]> shapes = TextShapes(textWidth, projection);
        shapes["vision_model.embeddings.patch_embedding.weight"] = [width, 3, patch, patch];
        shapes["vision_model.embeddings.position_embedding.weight"] = [((size / patch) * (size / patch)) + 1, width];
        Layers(shapes, "vision_model", width, layers);
        ClipConfig config = Architecture(name, shapes);
        Assert.Null(config.Vision.ResNet);
        Assert.Equal(
            (width, layers, heads > 0 ? heads : width / 64, patch, size, 4 * width),
            (
                config.Vision.HiddenSize,
                config.Vision.Layers,
                config.Vision.Heads,
                config.Vision.PatchSize,
                config.Vision.ImageSize,
                config.Vision.IntermediateSize
            )
        );
    }

    [Fact]
    public void Heads_of_a_width_that_none_of_the_published_has_are_a_guess_and_said()
    {
        Dictionary<string, long[]> shapes = TextShapes(320, 512);
        shapes["vision_model.embeddings.patch_embedding.weight"] = [1152, 3, 14, 14];
        shapes["vision_model.embeddings.position_embedding.weight"] = [257, 1152];
        Layers(shapes, "vision_model", 1152, 2);
        ClipConfig config = Architecture("a.pt", shapes, out string[] said);
        Assert.Equal((18, 5), (config.Vision.Heads, config.Text.Heads));
        said = [.. said.Order()];
        Assert.Contains("image tower, whose width 1152 is none of the published ones; 18 are taken", said[0], StringComparison.Ordinal);
        Assert.Contains("text tower, whose width 320 is none of the published ones; 5 are taken", said[1], StringComparison.Ordinal);
        Assert.Equal(2, said.Length);
    }

    private static ClipConfig Architecture(string file, Dictionary<string, long[]> shapes)
    {
        ClipConfig config = Architecture(file, shapes, out string[] guesses);
        Assert.Empty(guesses);
        return config;
    }

    private static ClipConfig Architecture(string file, Dictionary<string, long[]> shapes, out string[] guesses)
    {
        var read = new ClipShapes(
            file,
            shapes.ToDictionary(shape => shape.Key, shape => (IReadOnlyList<int>)[.. shape.Value.Select(size => (int)size)])
        );
        ClipConfig config = read.Config(ClipActivation.QuickGelu, null, null);
        guesses = [.. read.Guesses];
        return config;
    }

    private static Dictionary<string, long[]> TextShapes(int width, int projection)
    {
        var shapes = new Dictionary<string, long[]>
        {
            ["text_model.embeddings.token_embedding.weight"] = [49408, width],
            ["text_model.embeddings.position_embedding.weight"] = [77, width],
            ["text_projection.weight"] = [projection, width],
        };
        Layers(shapes, "text_model", width, 12);
        return shapes;
    }

    private static void Layers(Dictionary<string, long[]> shapes, string tower, int width, int layers)
    {
        for (int i = 0; i < layers; i++)
        {
            shapes[$"{tower}.encoder.layers.{i}.layer_norm1.weight"] = [width];
            shapes[$"{tower}.encoder.layers.{i}.mlp.fc1.weight"] = [4 * width, width];
        }
    }

    [Fact]
    public void Heads_that_can_not_be_known_are_asked_for()
    {
        string path = Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(path));
        Assert.Contains("width 48 is no multiple of 64", error.Message, StringComparison.Ordinal);

        // Told, they and the activation are taken.
        var told = new ClipCheckpointOptions
        {
            VisionHeads = 2,
            TextHeads = 3,
            Activation = ClipActivation.QuickGelu,
        };
        using (var model = ClipModel.Load(path, new ClipOptions { Checkpoint = told }))
            Compare(model, "openclip_vit_tiny");
        List<string> warnings = [];
        using (ClipModel.Load(path, new ClipOptions { Checkpoint = told with { Activation = null }, Warn = warnings.Add }))
            Assert.Contains("gelu is taken", Assert.Single(warnings), StringComparison.Ordinal);
        using var untold = ClipCheckpoint.Open(path, told with { Activation = null });
        Assert.Equal((ClipActivation.Gelu, false), (untold.Config.Vision.Activation, untold.IsActivationKnown));
        Assert.Throws<InvalidDataException>(() => ClipCheckpoint.Open(path, told with { TextHeads = 5 }));
    }

    [Fact]
    public void A_configuration_beside_the_checkpoint_is_found()
    {
        File.Copy(Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt"), _folder["open_clip_pytorch_model.bin"]);
        File.Copy(Goldens.Path("checkpoints", "openclip_vit_tiny.config.json"), _folder["open_clip_config.json"]);
        using var model = ClipModel.Load(_folder["open_clip_pytorch_model.bin"]);
        Compare(model, "openclip_vit_tiny");
    }

    [Fact]
    public void The_CLIP_inside_the_authors_checkpoint_is_found_under_its_key()
    {
        var options = new ClipCheckpointOptions { VisionHeads = 2, TextHeads = 2 };
        using var checkpoint = ClipCheckpoint.Open(Goldens.Path("official-dcsm", "checkpoints", "ckpt_zip.pt"), options);
        Assert.Equal(ClipCheckpointFormat.HuggingFace, checkpoint.Format);
        Assert.Equal(
            (12, 10, 714),
            (checkpoint.Config.ProjectionDim, checkpoint.Config.Vision.Tokens, checkpoint.Config.Text.VocabularySize)
        );
    }

    [Theory]
    [InlineData("hostile_embedding_os_system_zip.pt", "'posix.system'")]
    [InlineData("hostile_epoch_eval_legacy.pt", "'__builtin__.eval'")]
    [InlineData("hostile_state_dict_eval_zip.pt", "'__builtin__.eval'")]
    [InlineData("hostile_tokenizer_os_system_zip.pt", "'posix.system'")]
    public void A_hostile_checkpoint_is_no_CLIP(string name, string named)
    {
        string path = Goldens.Path("official-dcsm", "checkpoints", name);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "PWNED")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_with_a_PyTorch_file_for_weights_is_the_one_with_safetensors(bool deflated)
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        using var expected = ClipModel.Load(Goldens.Path("clip-tiny", "a-quickgelu"));
        PickleWriter pickle = new PickleWriter().Raw('}', '(');
        var storages = new List<(string, byte[])>();
        using (var file = SafetensorsFile.Open(folder["model.safetensors"]))
        {
            foreach (string name in file.Names)
            {
                int[] shape = [.. file.Get(name).Shape];
                int[] strides = [.. shape.Select((_, i) => shape[(i + 1)..].Aggregate(1, (product, size) => product * size))];
                byte[] bytes = file.Bytes(name).ToArray();
                (string? storage, int size) = file.Get(name).Type == TensorType.I64 ? ("LongStorage", 8) : ("FloatStorage", 4);
                pickle.Text(name).Tensor(storage, $"{storages.Count}", bytes.Length / size, 0, shape, strides);
                storages.Add(($"{storages.Count}", bytes));
            }
        }
        File.Delete(folder["model.safetensors"]);
        TestArchive.Write(folder["pytorch_model.bin"], pickle.Raw('u').Done(), deflated, [.. storages]);
        using (var model = ClipModel.Load(folder.Path))
        {
            Assert.Equal((expected.Fingerprint, expected.Parameters), (model.Fingerprint, model.Parameters));
            float[] pixels = new float[3 * 32 * 32];
            Assert.Equal(expected.EncodePixels(pixels, 1).Tokens.Values.ToArray(), model.EncodePixels(pixels, 1).Tokens.Values.ToArray());
        }
        // The file by itself has its configuration beside it.
        using var alone = ClipModel.Load(folder["pytorch_model.bin"]);
        Assert.Equal(expected.Fingerprint, alone.Fingerprint);
    }

    [Fact]
    public void The_built_in_vocabulary_is_the_published_one()
    {
        ClipVocabulary.Save(_folder.Path, 77);
        Dictionary<string, int>? published = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(
            File.ReadAllBytes(Goldens.Path("tokenizer", "vocab.json"))
        );
        Dictionary<string, int>? written = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(
            File.ReadAllBytes(_folder["vocab.json"])
        );
        Assert.Equal(published!.OrderBy(token => token.Value), written!.OrderBy(token => token.Value));
        (ClipTokenizer? builtIn, ClipTokenizer? files) = (ClipTokenizer.BuiltIn(), ClipTokenizer.Load(_folder.Path));
        foreach (string text in (string[])["a photo of a cat", "Zwölf Boxkämpfer 🐈 <|endoftext|>", ""])
            Assert.Equal(files.Tokenize(text, 77).Ids, builtIn.Tokenize(text, 77).Ids);
        Assert.Equal((49406, 49407, 49407, 49408), (builtIn.StartToken, builtIn.EndToken, builtIn.PadToken, builtIn.VocabularySize));
    }

    private void Compare(ClipModel model, string name)
    {
        using var inputs = SafetensorsFile.Open(Goldens.Path("checkpoints", $"{name}.inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Goldens.Path("checkpoints", $"{name}.expected.safetensors"));
        ImageEncoding images = model.EncodePixels(inputs.ReadFloat32("image"), inputs.Get("image").Shape[0]);
        Check(expected.ReadFloat32("image_embeds"), "image_embeds", images.Pooled.Values.ToArray());
        if (expected.Contains("image_tokens"))
            Check(expected.ReadFloat32("image_tokens"), "image_tokens", images.Tokens.Values.ToArray());
        IEnumerable<int[]> ids = MemoryMarshal.Cast<byte, long>(inputs.Bytes("text")).ToArray().Select(id => (int)id).Chunk(77);
        TextEncoding texts = model.EncodeTokens([.. ids.Select(text => new TokenizedText("", text, new TextRange[77], 77, false))]);
        Check(expected.ReadFloat32("text_embeds"), "text_embeds", texts.Pooled.Values.ToArray());
        if (expected.Contains("text_tokens"))
            Check(expected.ReadFloat32("text_tokens"), "text_tokens", texts.Tokens.Values.ToArray());
    }

    private void Check(float[] expected, string name, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        output.WriteLine($"{name}: {worst:E1}");
        Assert.True(worst <= Tolerance, $"{name}: maximum difference {worst:E2}");
    }
}
