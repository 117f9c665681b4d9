using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.Gemma;
using Dcsm.Clip.Tokenization.SentencePiece;
using Dcsm.IO.Json;

namespace Dcsm.Clip.Tests.Encoders;

/// <summary>What the goldens of SigLIP do not tell: files, lengths of texts, pictures, refusals.</summary>
public sealed class SigLipTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.CopyOf(Goldens.Path("baselines", "siglip-tiny"));

    public SigLipTests() => File.Copy(Goldens.Path("tokenizer-rivals", "spiece.model"), _folder["spiece.model"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_caption_is_always_seen_with_its_padding_whatever_number_of_tokens_is_asked_for()
    {
        using var model = ClipModel.Load(_folder.Path);
        string[] captions = ["a cat", "no dog, left of a red mug and a blue bowl"];
        TextEncoding few = model.EncodeTexts(captions, 5),
            whole = model.EncodeTexts(captions, 16);
        Assert.Equal(("siglip", 17, 5), (model.Config.Architecture, model.ImageTokens, few.Tokens.Tokens));
        Near(whole.Pooled.Values.ToArray(), few.Pooled.Values.ToArray());
        Near(whole.Tokens[0][..(5 * model.Dimension)].ToArray(), few.Tokens[0].ToArray());
        // What pools is the last place.
        Assert.Equal(whole.Pooled[0].ToArray(), whole.Tokens[0][(15 * model.Dimension)..].ToArray());
        Assert.True(few.Texts[1].Truncated);
    }

    [Fact]
    public void Captions_are_read_without_punctuation_and_capitals()
    {
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal(model.Tokenizer.Encode("no dog a cat"), model.Tokenizer.Encode("No DOG,\u3000a (cat)!"));
        TokenizedText text = model.Tokenizer.Tokenize("No, DOG!", 16);
        Assert.Contains("DOG", text.Offsets.Select(place => text.Text.Substring(place.Start, place.Length)));
        _folder.Write("tokenizer_config.json", """{"do_lower_case": false}""");
        using var asWritten = ClipModel.Load(_folder.Path);
        Assert.NotEqual(asWritten.Tokenizer.Encode("no dog"), asWritten.Tokenizer.Encode("No DOG"));
    }

    [Fact]
    public void A_cosine_is_a_probability_by_scale_and_bias()
    {
        using var model = ClipModel.Load(_folder.Path);
        (double scale, double bias) = (Math.Exp(2.3f), -2);
        Assert.Equal(scale, model.LogitScale, 1e-9);
        Assert.Equal(bias, model.LogitBias);
        Assert.Equal(1 / (1 + Math.Exp(-((scale * 0.25) + bias))), model.Probability(0.25), 1e-12);
        using var clip = ClipModel.Load(Goldens.Path("clip-tiny", "a-quickgelu"));
        Assert.Null(clip.LogitBias);
        Assert.Contains(
            "logit_bias",
            Assert.Throws<InvalidOperationException>(() => clip.Probability(0)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"image_processor_type": "SiglipImageProcessor", "size": {"height": 32, "width": 32}, "do_center_crop": true}""")]
    [InlineData(null)]
    public void Pictures_are_squashed_and_go_from_minus_one_to_one(string? settings)
    {
        if (settings is not null)
            _folder.Write("preprocessor_config.json", settings);
        byte[] rgb = [.. Enumerable.Range(0, 40 * 20 * 3).Select(i => (byte)(i * 37))];
        using var model = ClipModel.Load(_folder.Path);
        float[] pixels = new float[3 * 32 * 32];
        model.Preprocessor.Preprocess(new RgbImage(40, 20, rgb), pixels);
        byte[] small = PillowBicubic.Resize(rgb, 40, 20, 3, 32, 32);
        for (int i = 0; i < small.Length; i++)
            Assert.Equal(((small[i] / 255f) - 0.5f) / 0.5f, pixels[(i % 3 * 32 * 32) + (i / 3)], 1e-6f);
    }

    [Fact]
    public void What_is_left_of_a_side_beyond_whole_patches_is_not_looked_at()
    {
        float[] wide = [.. Enumerable.Range(0, 3 * 35 * 35).Select(i => MathF.Sin(i))];
        float[] cut = [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => wide[(((i / 1024 * 35) + (i / 32 % 32)) * 35) + (i % 32)])];
        using var model = ClipModel.Load(_folder.Path);
        float[] expected = model.EncodePixels(cut, 1).Tokens.Values.ToArray();
        Change(config => config["vision_config"]!["image_size"] = 35);
        using var odd = ClipModel.Load(_folder.Path);
        Assert.Equal(expected, odd.EncodePixels(wide, 1).Tokens.Values.ToArray());
    }

    [Fact]
    public void SigLIP_2_opens_with_Gemmas_tokenizer_whose_padding_it_is_fed()
    {
        File.Delete(_folder["spiece.model"]);
        TinySigLip2.Make(_folder.Path);
        using var model = ClipModel.Load(_folder.Path);
        Assert.IsType<GemmaTokenizer>(model.Tokenizer);
        Assert.Equal((0, 1), (model.Config.Text.PadToken, model.Tokenizer.EndToken));
        TextEncoding few = model.EncodeTexts(["a cat", "A  CAT"], 4),
            whole = model.EncodeTexts(["a cat", "A  CAT"], 16);
        Assert.Equal(model.Config.Text.VocabularySize, model.Tokenizer.VocabularySize);
        Near(whole.Pooled.Values.ToArray(), few.Pooled.Values.ToArray());
        // What it is filled up with is looked at.
        TokenizedText other = whole.Texts[0] with
        {
            Ids = [.. whole.Texts[0].Ids.Select(id => id == 0 ? 2 : id)],
            Length = 16,
        };
        Assert.NotEqual(whole.Pooled[0].ToArray(), model.EncodeTokens([other]).Pooled[0].ToArray());
    }

    [Fact]
    public void The_tokenizer_may_be_a_json_file()
    {
        File.Delete(_folder["spiece.model"]);
        _folder.Write(
            "tokenizer.json",
            """
            {"added_tokens": [{"id": 1, "content": "</s>", "special": true}], "normalizer": null,
             "model": {"type": "Unigram", "unk_id": 2, "vocab": [["<pad>", 0], ["</s>", 0], ["<unk>", 0], ["▁a", -2], ["▁cat", -3]]}}
            """
        );
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal([3, 4, 2, 1], model.Tokenizer.Encode("A cat ☃☃"));
        _folder.Write("tokenizer.json", """{"model": {"type": "WordLevel"}}""");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("unigram", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model_type", "\"siglip2\"", "NaFlex")]
    [InlineData("model_type", "\"clip\"", "the tensors are those of a SigLIP")]
    [InlineData("text_config.projection_size", "40", "projection_size is 40, but pictures are embedded in 48")]
    [InlineData("vision_config.vision_use_head", "false", "without its head")]
    [InlineData("text_config.vocab_size", "200", "ids up to 259, but by config.json vocab_size is 200")]
    [InlineData("vision_config.hidden_size", "96", "projection_size is 48, but pictures are embedded in 96")]
    public void What_does_not_fit_is_told(string field, string value, string part)
    {
        string[] path = field.Split('.');
        Change(config => (path.Length == 1 ? config : config[path[0]]!)[path[^1]] = JsonNode.Parse(value));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void As_open_clip_lays_it_out_it_is_the_same()
    {
        Change(config => config["vision_config"]!["hidden_act"] = "gelu");
        using var expected = ClipModel.Load(_folder.Path);
        using var folder = new TemporaryFolder();
        OpenClipSigLip.Write(_folder["model.safetensors"], folder["open_clip_model.safetensors"]);
        folder.Write("open_clip_config.json", OpenClipSigLip.Config);
        File.Copy(_folder["spiece.model"], folder["spiece.model"]);
        var told = new ClipOptions { Checkpoint = new() { VisionHeads = 3 } };
        using var model = ClipModel.Load(folder.Path, told);
        float[] pixels = [.. Enumerable.Range(0, 3 * 32 * 32).Select(i => MathF.Sin(i))];
        Assert.Equal(expected.EncodePixels(pixels, 1).Tokens.Values, model.EncodePixels(pixels, 1).Tokens.Values);
        Assert.Equal(expected.EncodeTexts(["a cat"], 8).Tokens.Values, model.EncodeTexts(["a cat"], 8).Tokens.Values);
        Assert.Equal((expected.LogitBias, expected.LogitScale), (model.LogitBias, model.LogitScale));
        Assert.Equal([0.5f, 0.5f, 0.5f], model.Preprocessor.Mean);

        // open_clip cleans texts by itself: what is left of it is what transformers' tokenizer would read.
        const string Written = " A_RED   mug, (blue)&amp; \u201cCat\u201d!\n",
            Read = "a red mug blue cat";
        Assert.Equal(expected.Tokenizer.Encode(Read), model.Tokenizer.Encode(Written));
        File.Delete(folder["spiece.model"]);
        File.Copy(Goldens.Path("tokenizer-gemma", "tokenizer.json"), folder["tokenizer.json"]);
        TextTokenizer gemma = SentencePieceTokenizer.LoadSigLip(folder.Path, 0),
            plain = new GemmaTokenizer(JsonField.LoadFromPython(folder["tokenizer.json"]), null, lowers: true);
        Assert.Equal(plain.Encode(Read), gemma.Encode(Written));
        Assert.NotEqual(plain.Encode(Written), gemma.Encode(Written));

        folder.Write("open_clip_config.json", OpenClipSigLip.Config.Replace("canonicalize", "lower", StringComparison.Ordinal));
        Assert.Contains(
            "tokenizer_kwargs.clean is not 'canonicalize'",
            Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path, told)).Message,
            StringComparison.Ordinal
        );
        folder.Write("open_clip_config.json", OpenClipSigLip.Config.Replace("\"map\"", "\"avg\"", StringComparison.Ordinal));
        Assert.Contains(
            "timm_pool is not 'map'",
            Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path, told)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_fingerprint_tells_biases_apart()
    {
        using var model = ClipModel.Load(_folder.Path);
        using var other = ClipModel.Load(Goldens.Path("baselines", "siglip-tiny"));
        Assert.Equal(model.Fingerprint, other.Fingerprint);
        byte[] weights = File.ReadAllBytes(_folder["model.safetensors"]);
        string header = System.Text.Encoding.UTF8.GetString(weights, 8, (int)BitConverter.ToUInt64(weights));
        int at = JsonNode.Parse(header)!["logit_bias"]!["data_offsets"]![0]!.GetValue<int>();
        BitConverter.GetBytes(-3f).CopyTo(weights, 8 + header.Length + at);
        File.Delete(_folder["model.safetensors"]);
        File.WriteAllBytes(_folder["model.safetensors"], weights);
        using var changed = ClipModel.Load(_folder.Path);
        Assert.NotEqual(model.Fingerprint, changed.Fingerprint);
    }

    private void Change(Action<JsonNode> change)
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;
        change(config);
        _folder.Write("config.json", config.ToJsonString());
    }

    private static void Near(float[] expected, float[] actual) =>
        Assert.Equal(expected, actual, (one, other) => Math.Abs(one - other) < 1e-6);
}
