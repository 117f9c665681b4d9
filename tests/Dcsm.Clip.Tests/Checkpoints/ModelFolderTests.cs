using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Tests.Checkpoints;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
    private readonly string _fingerprint;

    public ModelFolderTests()
    {
        using var model = ClipModel.Load(_folder.Path);
        _fingerprint = model.Fingerprint;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model.", "model.safetensors")]
    [InlineData("module.", "pytorch_model.bin")]
    [InlineData("clip.", "model.safetensors")]
    [InlineData("base_model.model.", "pytorch_model.bin")]
    public void A_prefix_of_all_names_is_no_matter(string prefix, string file)
    {
        Replace(file, SavedModel.HuggingFace().Renamed(name => prefix + name));
        List<string> warnings = [];
        using var model = ClipModel.Load(_folder.Path, new() { Warn = warnings.Add });
        Assert.Equal(_fingerprint, model.Fingerprint);
        Assert.Empty(warnings);
    }

    [Fact]
    public void Tensors_that_no_one_uses_are_named_and_those_of_a_LoRA_for_what_they_are()
    {
        const string LoRA = "vision_model.encoder.layers.0.self_attn.q_proj.lora_A.weight";
        Dictionary<string, (int[] Shape, float[] Values)> tensors = SavedModel.HuggingFace();
        tensors[LoRA] = ([2, 1], [1, 2]);
        Replace("model.safetensors", tensors.Renamed(name => name == LoRA ? name : "model." + name));
        List<string> warnings = [];
        using (ClipModel.Load(_folder.Path, new() { Warn = warnings.Add }))
            Assert.Contains(LoRA + "; those of a LoRA count only once they are merged", Assert.Single(warnings), StringComparison.Ordinal);
        using var checkpoint = ClipCheckpoint.Open(_folder.Path);
        Assert.Equal(warnings[0], Assert.Single(checkpoint.Warnings));

        // As PEFT has them unmerged, the full weights have another name.
        const string Weight = "vision_model.encoder.layers.0.self_attn.q_proj.weight";
        Replace("model.safetensors", tensors.Renamed(name => name == Weight ? Weight.Replace(".weight", ".base_layer.weight") : name));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains(Weight, error.Message, StringComparison.Ordinal);
        Assert.Contains("merge it into the weights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_CLIPs_in_one_file_are_not_told_apart_by_guessing()
    {
        Dictionary<string, (int[] Shape, float[] Values)> both = SavedModel.HuggingFace().Renamed(name => "student." + name);
        foreach ((string name, (int[], float[]) tensor) in SavedModel.HuggingFace())
            both["teacher." + name] = tensor;
        Replace("model.safetensors", both);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("'student.', 'teacher.'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safetensors_file_by_itself_is_opened_with_what_lies_beside_it()
    {
        File.Move(_folder["model.safetensors"], _folder["model.fp32.safetensors"]);
        using (var model = ClipModel.Load(_folder["model.fp32.safetensors"]))
            Assert.Equal(_fingerprint, model.Fingerprint);

        // And without, as far as shapes tell.
        File.Delete(_folder["config.json"]);
        File.Delete(_folder["preprocessor_config.json"]);
        var told = new ClipCheckpointOptions { VisionHeads = 3, TextHeads = 2 };
        using var alone = ClipModel.Load(_folder["model.fp32.safetensors"], new() { Checkpoint = told });
        Assert.Equal((48, 3, 2), (alone.Config.Vision.HiddenSize, alone.Config.Vision.Heads, alone.Config.Text.Heads));
    }

    [Fact]
    public void Shards_of_a_PyTorch_checkpoint_are_read_by_their_index()
    {
        Dictionary<string, (int[] Shape, float[] Values)> tensors = SavedModel.HuggingFace();
        string[] names = [.. tensors.Keys];
        var map = names.Index().ToDictionary(item => item.Item, item => $"pytorch_model-0000{1 + (item.Index % 2)}-of-00002.bin");
        foreach (string shard in map.Values.Distinct())
            SavedModel.Write(_folder[shard], tensors.Where(tensor => map[tensor.Key] == shard).ToDictionary());
        string index = _folder.Write("pytorch_model.bin.index.json", System.Text.Json.JsonSerializer.Serialize(new { weight_map = map }));
        File.Delete(_folder["model.safetensors"]);
        using (var model = ClipModel.Load(_folder.Path))
            Assert.Equal(_fingerprint, model.Fingerprint);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder["pytorch_model-00001-of-00002.bin"]));
        Assert.Contains("whose index is " + index, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_that_transformers_5_writes_is_read_and_goes_first()
    {
        string old = File.ReadAllText(_folder["preprocessor_config.json"]);
        _folder.Write(
            "processor_config.json",
            """
            {"image_processor":{"image_processor_type":"CLIPImageProcessorFast","size":{"shortest_edge":48},"resample":2,
             "crop_size":{"height":32,"width":32},"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]},"processor_class":"CLIPProcessor"}
            """
        );
        string fingerprint = ClipPreprocessor.Load(_folder.Path).Fingerprint;
        Assert.StartsWith("resize 48  Bilinear, crop (32, 32)", fingerprint, StringComparison.Ordinal);
        File.Delete(_folder["preprocessor_config.json"]);
        using (var model = ClipModel.Load(_folder.Path))
            Assert.Equal(fingerprint, model.Preprocessor.Fingerprint);

        // Older ones tell there of other things only.
        _folder.Write("processor_config.json", """{"processor_class":"CLIPProcessor"}""");
        _folder.Write("preprocessor_config.json", old);
        Assert.NotEqual(fingerprint, ClipPreprocessor.Load(_folder.Path).Fingerprint);
    }

    [Fact]
    public void Numbers_that_only_Python_writes_are_no_reason_to_refuse_what_is_not_used()
    {
        string config = File.ReadAllText(_folder["config.json"]);
        _folder.Write(
            "config.json",
            config
                .Replace(
                    "\"initializer_factor\": 1.0",
                    "\"initializer_factor\": Infinity, \"a \\\" NaN\": [-Infinity, NaN]",
                    StringComparison.Ordinal
                )
                .Replace("\"patch_size\": 8", "\"patch_size\": 8.0", StringComparison.Ordinal)
        );
        using (var model = ClipModel.Load(_folder.Path))
            Assert.Equal(_fingerprint, model.Fingerprint);
        _folder.Write("config.json", config.Replace("\"patch_size\": 8", "\"patch_size\": Infinity", StringComparison.Ordinal));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("patch_size: expected a positive whole number, found \"Infinity\"", error.Message, StringComparison.Ordinal);
        _folder.Write("config.json", config.Replace("\"patch_size\": 8", "\"patch_size\": 8.5", StringComparison.Ordinal));
        Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
    }

    [Fact]
    public void An_end_token_that_the_tokenizer_does_not_write_is_refused()
    {
        _folder.Write("vocab.json", """{"a</w>":0,"<|startoftext|>":298}""");
        _folder.Write("merges.txt", "#version: 0.2\n");
        InvalidDataException missing = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("'<|endoftext|>' is not in the vocabulary", missing.Message, StringComparison.Ordinal);

        _folder.Write("added_tokens.json", """{"<|endoftext|>":297,"<cat-toy>":296}""");
        InvalidDataException other = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("eos_token_id 299, but the tokenizer ends them with 297", other.Message, StringComparison.Ordinal);

        _folder.Write("added_tokens.json", """{"<|endoftext|>":299,"<cat-toy>":296}""");
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal([298, 0, 296, 299], model.Tokenizer.Encode("a <Cat-Toy>"));
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            model.EncodeTokens([new TokenizedText("", [298, 0, 0], new TextRange[3], 3, false)])
        );
        Assert.Contains("no end token (299)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tf_model.h5", "", "TensorFlow's weights")]
    [InlineData("flax_model.msgpack", "", "Flax's weights")]
    [InlineData("onnx/model.onnx", "", "an ONNX export")]
    [InlineData("pytorch_model-00001-of-00002.bin", "", "is one of several shards; pytorch_model.bin.index.json, which names them all")]
    [InlineData("model.fp16.safetensors", "", "is there and may be named itself")]
    [InlineData("adapter_config.json", """{"base_model_name_or_path":"openai/clip"}""", "adapter (PEFT, LoRA) of \"openai/clip\"")]
    [InlineData("modules.json", "[]", "a folder of sentence-transformers; its CLIP is")]
    [InlineData(
        "model.safetensors",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "model.safetensors: is a Git LFS pointer"
    )]
    [InlineData(
        "pytorch_model.bin",
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "pytorch_model.bin: is a Git LFS pointer"
    )]
    [InlineData("config.json", "\n<!DOCTYPE html><html>", "config.json: is an HTML page")]
    public void What_can_not_be_opened_says_what_it_is(string name, string text, string said)
    {
        Directory.CreateDirectory(_folder["0_CLIPModel"]);
        File.Copy(_folder["config.json"], _folder["0_CLIPModel/config.json"]);
        File.Delete(_folder["model.safetensors"]);
        foreach (string other in Directory.GetFiles(_folder.Path, "*.safetensors"))
            File.Delete(other);
        _folder.Write(name, text);
        Exception error = Assert.ThrowsAny<Exception>(() => ClipModel.Load(_folder.Path));
        Assert.True(error is FileNotFoundException or InvalidDataException);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    public void A_link_that_leads_nowhere_is_called_one(string name)
    {
        File.Delete(_folder[name]);
        File.CreateSymbolicLink(_folder[name], "../../blobs/gone");
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => ClipModel.Load(_folder.Path));
        Assert.Equal($"{_folder[name]}: is a link to ../../blobs/gone, and nothing is there.", error.Message);
    }

    [Fact]
    public void A_part_of_a_model_in_the_cache_says_how_to_fetch_the_rest()
    {
        string snapshot = _folder["models--owner--name/snapshots/0123"];
        Directory.CreateDirectory(snapshot);
        File.Copy(_folder["config.json"], Path.Combine(snapshot, "config.json"));
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => ClipModel.Load(snapshot));
        Assert.Contains("'dcsm clip pull owner/name'", error.Message, StringComparison.Ordinal);
    }

    private void Replace(string file, Dictionary<string, (int[] Shape, float[] Values)> tensors)
    {
        File.Delete(_folder["model.safetensors"]);
        SavedModel.Write(_folder[file], tensors);
    }
}
