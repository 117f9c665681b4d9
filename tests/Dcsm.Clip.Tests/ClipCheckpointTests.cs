using System.Runtime.InteropServices;
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
    public void Embeddings_are_those_of_the_reference_also_once_converted(string name, string file, ClipCheckpointFormat format)
    {
        var path = Goldens.Path("checkpoints", file);
        var options = new ClipCheckpointOptions { ConfigFile = format == ClipCheckpointFormat.OpenClip ? Goldens.Path("checkpoints", "openclip_vit_tiny.config.json") : null };
        using var direct = ClipModel.Load(path, new ClipOptions { Checkpoint = options });
        Compare(direct, name);

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
    public void A_ResNet_gives_the_grid_before_its_pooling_and_a_token_for_each_place()
    {
        using var model = ClipModel.Load(Goldens.Path("checkpoints", "openai_rn_tiny.pt"));
        using var inputs = SafetensorsFile.Open(Goldens.Path("checkpoints", "openai_rn_tiny.inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Goldens.Path("checkpoints", "openai_rn_tiny.expected.safetensors"));
        var resNet = Assert.IsType<ClipResNetConfig>(model.Config.Vision.ResNet);
        Assert.Equal(new ClipResNetConfig { Width = 8, Layers = [1, 2, 1, 1] }, resNet);
        Assert.Equal((96, 3, 10, 4), (model.ImageSize, model.Config.Vision.Grid, model.ImageTokens, model.Config.Vision.Heads));
        var grid = expected.ReadFloat32("attnpool_input");
        var scale = grid.Max(Math.Abs);
        Check(grid.Select(value => value / scale).ToArray(), "attnpool_input / max", model.EncodeGrid(inputs.ReadFloat32("image"), 2).Select(value => value / scale).ToArray());

        using var vit = ClipModel.Load(Goldens.Path("checkpoints", "openai_vit_tiny.pt"));
        Assert.Throws<InvalidOperationException>(() => vit.EncodeGrid(new float[3 * 32 * 32], 1));
    }

    [Fact]
    public void Heads_that_can_not_be_known_are_asked_for()
    {
        var path = Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt");
        var error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(path));
        Assert.Contains("width 48 is no multiple of 64", error.Message, StringComparison.Ordinal);

        // Told, they and the activation are taken.
        var told = new ClipCheckpointOptions { VisionHeads = 2, TextHeads = 3, Activation = ClipActivation.QuickGelu };
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
        using var checkpoint = ClipCheckpoint.Open(Goldens.Path("official-dcsm", "ckpt_zip.pt"), options);
        Assert.Equal(ClipCheckpointFormat.HuggingFace, checkpoint.Format);
        Assert.Equal((12, 10, 714), (checkpoint.Config.ProjectionDim, checkpoint.Config.Vision.Tokens, checkpoint.Config.Text.VocabularySize));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_with_a_PyTorch_file_for_weights_is_the_one_with_safetensors(bool deflated)
    {
        using var folder = TemporaryFolder.CopyOf("clip-tiny", "a-quickgelu");
        using var expected = ClipModel.Load(Goldens.Path("clip-tiny", "a-quickgelu"));
        var pickle = new PickleWriter().Raw('}', '(');
        var storages = new List<(string, byte[])>();
        using (var file = SafetensorsFile.Open(folder["model.safetensors"]))
        {
            foreach (var name in file.Names)
            {
                int[] shape = [.. file.Get(name).Shape];
                int[] strides = [.. shape.Select((_, i) => shape[(i + 1)..].Aggregate(1, (product, size) => product * size))];
                var bytes = file.Bytes(name).ToArray();
                var (storage, size) = file.Get(name).Type == TensorType.I64 ? ("LongStorage", 8) : ("FloatStorage", 4);
                pickle.Text(name).Tensor(storage, $"{storages.Count}", bytes.Length / size, 0, shape, strides);
                storages.Add(($"{storages.Count}", bytes));
            }
        }
        File.Delete(folder["model.safetensors"]);
        TestArchive.Write(folder["pytorch_model.bin"], pickle.Raw('u').Done(), deflated, [.. storages]);
        using (var model = ClipModel.Load(folder.Path))
        {
            Assert.Equal((expected.Fingerprint, expected.Parameters), (model.Fingerprint, model.Parameters));
            var pixels = new float[3 * 32 * 32];
            Assert.Equal(expected.EncodePixels(pixels, 1).Tokens.Values, model.EncodePixels(pixels, 1).Tokens.Values);
        }
        // The file by itself has its configuration beside it.
        using var alone = ClipModel.Load(folder["pytorch_model.bin"]);
        Assert.Equal(expected.Fingerprint, alone.Fingerprint);
    }

    [Fact]
    public void The_built_in_vocabulary_is_the_published_one()
    {
        Internals.ClipVocabulary.Save(_folder.Path, 77);
        var published = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(Goldens.Path("tokenizer", "vocab.json")));
        var written = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(_folder["vocab.json"]));
        Assert.Equal(published!.OrderBy(token => token.Value), written!.OrderBy(token => token.Value));
        var (builtIn, files) = (ClipTokenizer.BuiltIn(), ClipTokenizer.Load(_folder.Path));
        foreach (var text in (string[])["a photo of a cat", "Zwölf Boxkämpfer 🐈 <|endoftext|>", ""])
            Assert.Equal(files.Tokenize(text, 77).Ids, builtIn.Tokenize(text, 77).Ids);
        Assert.Equal((49406, 49407, 49407, 49408), (builtIn.StartToken, builtIn.EndToken, builtIn.PadToken, builtIn.VocabularySize));
    }

    private void Compare(ClipModel model, string name)
    {
        using var inputs = SafetensorsFile.Open(Goldens.Path("checkpoints", $"{name}.inputs.safetensors"));
        using var expected = SafetensorsFile.Open(Goldens.Path("checkpoints", $"{name}.expected.safetensors"));
        var images = model.EncodePixels(inputs.ReadFloat32("image"), inputs.Get("image").Shape[0]);
        Check(expected.ReadFloat32("image_embeds"), "image_embeds", images.Pooled.Values);
        if (expected.Contains("image_tokens"))
            Check(expected.ReadFloat32("image_tokens"), "image_tokens", images.Tokens.Values);
        var ids = MemoryMarshal.Cast<byte, long>(inputs.Bytes("text")).ToArray().Select(id => (int)id).Chunk(77);
        var texts = model.EncodeTokens([.. ids.Select(text => new TokenizedText("", text, new TextRange[77], 77, false))]);
        Check(expected.ReadFloat32("text_embeds"), "text_embeds", texts.Pooled.Values);
        if (expected.Contains("text_tokens"))
            Check(expected.ReadFloat32("text_tokens"), "text_tokens", texts.Tokens.Values);
    }

    private void Check(float[] expected, string name, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var worst = expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
        output.WriteLine($"{name}: {worst:E1}");
        Assert.True(worst <= Tolerance, $"{name}: maximum difference {worst:E2}");
    }
}
