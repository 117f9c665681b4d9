using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Tests.Encoders;

/// <summary>What the goldens of BLIP do not tell: captions as texts, how many at once, refusals.</summary>
public sealed class BlipTests : IDisposable
{
    private readonly TemporaryFolder _folder = TemporaryFolder.CopyOf(Goldens.Path("baselines", "blip-itm-tiny"));

    public BlipTests()
    {
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "cat", "dog", "no", "left", "of", "##s"];
        _folder.Write("vocab.txt", string.Join('\n', tokens) + "\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Matching_does_not_depend_on_what_is_asked_beside()
    {
        using var model = ClipModel.Load(_folder.Path, new ClipOptions { BatchSize = 2 });
        ImageTextMatcher matcher = Assert.IsType<ImageTextMatcher>(model.Matcher);
        TokenEmbeddings features = matcher.EncodePixels(Pixels(3), 3);
        Assert.Equal((3, 17, 48), (features.Count, features.Tokens, features.Dimension));
        string[] captions = ["a cat left of a dog", "no dogs", "a", "cats", "dog dog dog dog dog dog dog dog"];
        float[] all = matcher.Probabilities(features, captions);
        Assert.Equal(15, all.Length);
        Assert.All(all, probability => Assert.InRange(probability, 0, 1));
        for (int i = 0; i < all.Length; i++)
        {
            var one = new TokenEmbeddings(features[i / 5].ToArray(), 1, 17, 48);
            Assert.Equal(all[i], matcher.Probabilities(one, [captions[i % 5]])[0], 1e-5f);
        }
        Assert.True(matcher.CostOfPair(20) > matcher.CostOfPair(10));
    }

    [Fact]
    public void Features_of_pictures_are_those_of_their_pixels()
    {
        using var model = ClipModel.Load(_folder.Path);
        var image = new RgbImage(50, 40, [.. Enumerable.Range(0, 6000).Select(i => (byte)(i * 11))]);
        float[] pixels = new float[3 * 32 * 32];
        model.Preprocessor.Preprocess(image, pixels);
        Assert.Equal(
            model.Matcher!.EncodePixels(pixels, 1).Values.ToArray(),
            model
                .Matcher.EncodeImageBatches([
                    [ImageSource.FromImage(image, "picture")],
                ])
                .Single()
                .Values.ToArray()
        );
    }

    [Fact]
    public void Captions_begin_with_CLS_end_with_SEP_and_are_cut_where_LAVIS_cuts_them()
    {
        using var model = ClipModel.Load(_folder.Path);
        Assert.Equal(35, model.Config.Text.ContextLength);
        TokenizedText text = model.Tokenizer.Tokenize("No cats!", 8);
        Assert.Equal([2, 7, 5, 10, 1, 3, 0, 0], text.Ids);
        string endless = string.Join(' ', Enumerable.Repeat("dog", 60));
        Assert.True(model.IsTruncated(endless));
        TextEncoding whole = model.EncodeTexts([endless], 35),
            few = model.EncodeTexts([endless], 6);
        Assert.Equal(whole.Pooled.Values.ToArray(), few.Pooled.Values.ToArray(), (one, other) => Math.Abs(one - other) < 1e-6);
        // Everyone sees everyone: what was cut changes the first tokens, too.
        Assert.NotEqual(whole.Tokens[0][..24].ToArray(), few.Tokens[0][..24].ToArray());
    }

    [Fact]
    public void As_transformers_feeds_it_captions_are_cut_where_the_model_has_no_places_more()
    {
        string start = string.Join(' ', Enumerable.Repeat("dog", 36));
        string[] captions = [$"{start} cat", $"{start} dog"];
        using var trained = ClipModel.Load(_folder.Path);
        using var transformers = ClipModel.Load(_folder.Path, new ClipOptions { BlipAsTransformers = true });
        Assert.Equal((35, 40), (trained.Config.Text.ContextLength, transformers.Config.Text.ContextLength));
        Assert.Equal((true, false), (trained.IsTruncated(captions[0]), transformers.IsTruncated(captions[0])));
        Assert.True(transformers.IsTruncated($"{start} dog dog dog"));
        Assert.NotEqual(trained.Fingerprint, transformers.Fingerprint);
        // What is cut is of no matter to either score, what is not is.
        Assert.Equal(0, Difference(trained));
        Assert.NotEqual(0, Difference(transformers));

        float Difference(ClipModel model)
        {
            TokenEmbeddings pooled = model.EncodeTexts(captions, 35).Pooled;
            float[] matches = model.Matcher!.Probabilities(model.Matcher.EncodePixels(Pixels(1), 1), captions);
            return Math.Min(Math.Abs(matches[0] - matches[1]), Math.Abs(pooled[0][0] - pooled[1][0]));
        }
    }

    [Fact]
    public void Features_of_another_model_are_refused()
    {
        using var model = ClipModel.Load(_folder.Path);
        var features = new TokenEmbeddings(new float[48], 1, 1, 48);
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Matcher!.Probabilities(features, ["a"]));
        Assert.Contains("17 × 48", error.Message, StringComparison.Ordinal);
        using var plain = ClipModel.Load(Goldens.Path("baselines", "blip-model-tiny"));
        Assert.Null(plain.Matcher);
    }

    [Fact]
    public void A_BLIP_that_writes_captions_is_refused()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["config.json"]))!;
        config["architectures"] = new JsonArray("BlipForConditionalGeneration");
        _folder.Write("config.json", config.ToJsonString());
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(_folder.Path));
        Assert.Contains("BlipForConditionalGeneration", error.Message, StringComparison.Ordinal);
    }

    private static float[] Pixels(int count) => [.. Enumerable.Range(0, count * 3 * 32 * 32).Select(i => MathF.Sin(i * 0.37f))];
}
