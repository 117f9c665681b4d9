using System.Text.Json.Nodes;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests;

public sealed class ClipModelTests
{
    [Fact]
    public void A_missing_directory_is_named()
    {
        DirectoryNotFoundException error = Assert.Throws<DirectoryNotFoundException>(() => ClipModel.Load("/nowhere/clip"));
        Assert.Contains("/nowhere/clip", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_without_a_configuration_says_what_it_should_hold()
    {
        using var folder = new TemporaryFolder();
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_weights_are_named_and_others_pointed_at()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        File.Move(folder["model.safetensors"], folder["ViT-B-32.pt"]);
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => ClipModel.Load(folder.Path));
        Assert.Contains(
            "none of model.safetensors, model.safetensors.index.json, pytorch_model.bin",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("ViT-B-32.pt", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tokenizer_is_told_when_it_is_needed()
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", "a-quickgelu"));
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => model.EncodeTexts(["a cat"], 30));
        Assert.Contains("vocab.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_weights_are_told()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        using (FileStream file = File.OpenWrite(folder["model.safetensors"]))
            file.SetLength(file.Length - 1000);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_is_told_with_tensor_found_and_expected()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        Edit(folder["config.json"], config => config["projection_dim"] = 31);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("'visual_projection.weight' has shape [32, 48]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[31, 48]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_told_with_its_shape()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        Edit(folder["config.json"], config => config["text_config"]!["num_hidden_layers"] = 3);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("no tensor 'text_model.encoder.layers.2.layer_norm1.weight'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[40]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_shard_is_named()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "d-bf16-sharded"));
        File.Delete(folder["model-00002-of-00002.safetensors"]);
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("model-00002-of-00002.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_outside_the_directory_is_refused()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "d-bf16-sharded"));
        Edit(
            folder["model.safetensors.index.json"],
            index =>
            {
                JsonObject map = index["weight_map"]!.AsObject();
                map[map.First().Key] = "../model-00001-of-00002.safetensors";
            }
        );
        Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_the_model_is_refused()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        foreach (string name in (string[])["vocab.json", "merges.txt"])
            File.Copy(Goldens.Path("tokenizer", name), folder[name]);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("49407", error.Message, StringComparison.Ordinal);
        Assert.Contains("vocab_size is 300", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_size_other_than_the_models_is_refused()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        Edit(folder["preprocessor_config.json"], config => config["crop_size"] = 40);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => ClipModel.Load(folder.Path));
        Assert.Contains("40 pixels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fingerprint_follows_the_weights_and_not_the_place()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        using var original = ClipModel.Load(Goldens.Path("clip-tiny", "a-quickgelu"));
        using (var copy = ClipModel.Load(folder.Path))
            Assert.Equal(original.Fingerprint, copy.Fingerprint);
        Assert.Matches("^sha256:[0-9a-f]{64}$", original.Fingerprint);

        using (var weights = SafetensorsFile.Open(folder["model.safetensors"]))
        {
            // The same weights in another order of names, without the tensors that play no part.
            var tensors = weights
                .Names.Where(name => !name.EndsWith("position_ids", StringComparison.Ordinal))
                .ToDictionary(name => name, name => (weights.Get(name).Shape.ToArray(), weights.ReadFloat32(name)));
            SafetensorsWriter.Write(folder["again.safetensors"], tensors);
            tensors["visual_projection.weight"].Item2[5] += 1e-3f;
            SafetensorsWriter.Write(folder["changed.safetensors"], tensors);
        }
        File.Move(folder["again.safetensors"], folder["model.safetensors"], overwrite: true);
        using (var again = ClipModel.Load(folder.Path))
            Assert.Equal(original.Fingerprint, again.Fingerprint);
        File.Move(folder["changed.safetensors"], folder["model.safetensors"], overwrite: true);
        using (var changed = ClipModel.Load(folder.Path))
            Assert.NotEqual(original.Fingerprint, changed.Fingerprint);
    }

    [Fact]
    public void Weights_behind_a_link_are_read()
    {
        using var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        using var blobs = new TemporaryFolder();
        File.Move(folder["model.safetensors"], blobs["0123abcd"]);
        File.CreateSymbolicLink(folder["model.safetensors"], blobs["0123abcd"]);
        using var model = ClipModel.Load(folder.Path);
        Assert.Equal(1, model.EncodePixels(new float[3 * 32 * 32], 1).Tokens.Count);
    }

    [Fact]
    public void Long_captions_are_cut_for_tokens_and_pooled_whole()
    {
        using TemporaryFolder folder = TinyWithTokenizer();
        using var model = ClipModel.Load(folder.Path);
        string caption = string.Join(' ', Enumerable.Repeat("ab ba", 12));
        TextEncoding narrow = model.EncodeTexts(["ab", caption], 8);
        TextEncoding wide = model.EncodeTexts([caption, "ab"], 77);
        Assert.True(narrow.Texts[1].Truncated);
        Assert.Equal(8, narrow.Tokens.Tokens);
        Close(wide.Pooled[0], narrow.Pooled[1]);
        Close(wide.Pooled[1], narrow.Pooled[0]);
        Close(wide.Tokens[0][..(6 * model.Dimension)], narrow.Tokens[1][..(6 * model.Dimension)]);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using TemporaryFolder folder = TinyWithTokenizer();
        var model = ClipModel.Load(folder.Path);
        Assert.Throws<ArgumentException>(() => model.EncodePixels(new float[5], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.EncodeTexts(["a"], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.EncodeTexts(["a"], 78));
        Assert.Throws<ArgumentException>(() => model.EncodeTokens([new TokenizedText("", [1, 300], new TextRange[2], 2, false)]));
        Assert.Throws<ArgumentException>(() =>
            model.EncodeTokens([
                new TokenizedText("", [1, 2], new TextRange[2], 2, false),
                new TokenizedText("", [1], new TextRange[1], 1, false),
            ])
        );
        Assert.Equal(0, model.EncodeTexts([], 8).Tokens.Count);
        Assert.Equal(0, model.EncodePixels(default, 0).Tokens.Count);
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.EncodePixels(new float[3 * 32 * 32], 1));
        Assert.Throws<ObjectDisposedException>(() => model.EncodeTexts(["a"], 8));
    }

    [Fact]
    public void Image_files_are_encoded_in_batches_and_bad_ones_named()
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", "b-gelu"), new ClipOptions { BatchSize = 2 });
        string[] paths =
        [
            .. ((string[])["png_rgb.png", "png_l.png", "jpeg_420.jpg"]).Select(name => Goldens.Path("preprocess", "files", name)),
        ];
        ImageEncoding together = model.EncodeImages(paths);
        Assert.Equal((3, model.ImageTokens, model.Dimension), (together.Tokens.Count, together.Tokens.Tokens, together.Tokens.Dimension));
        Close(together.Tokens[2], model.EncodeImages([paths[2]]).Tokens[0]);

        Assert.Contains(
            "nothing.png",
            Assert.Throws<FileNotFoundException>(() => model.EncodeImages([paths[0], "nothing.png"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "files.json",
            Assert.Throws<InvalidDataException>(() => model.EncodeImages([Goldens.Path("preprocess", "files.json")])).Message,
            StringComparison.Ordinal
        );
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => model.EncodeImages(paths, stopped.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32)]
    public void Batches_of_files_are_encoded_one_after_another(int batchSize)
    {
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", "b-gelu"), new ClipOptions { BatchSize = batchSize });
        string[] paths = [.. Directory.GetFiles(Goldens.Path("preprocess", "files"), "png*").Order(StringComparer.Ordinal).Take(7)];
        ImageEncoding together = model.EncodeImages(paths);
        string[][] batches = [paths[..3], [], paths[3..4], paths[4..]];
        int at = 0;
        foreach ((string[]? batch, ImageEncoding? images) in batches.Zip(model.EncodeImageBatches(batches)))
        {
            Assert.Equal(batch.Length, images.Tokens.Count);
            for (int i = 0; i < batch.Length; i++)
                Close(together.Tokens[at++], images.Tokens[i]);
        }
        Assert.Equal(7, at);
        Assert.Empty(model.EncodeImageBatches([]));

        // A bad file is met after the batches before it, and named.
        int told = 0;
        Assert.Contains(
            "nothing.png",
            Assert
                .Throws<FileNotFoundException>(() =>
                {
                    foreach (
                        ImageEncoding _ in model.EncodeImageBatches([
                            paths[..3],
                            ["nothing.png", Goldens.Path("preprocess", "files.json")],
                            paths[3..],
                        ])
                    )
                    {
                        told++;
                    }
                })
                .Message,
            StringComparison.Ordinal
        );
        Assert.Equal(1, told);
        Assert.Throws<NotSupportedException>(() =>
        {
            foreach (ImageEncoding _ in model.EncodeImageBatches(batches))
                throw new NotSupportedException();
        });
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (ImageEncoding _ in model.EncodeImageBatches(batches, stop.Token))
                stop.Cancel();
        });
    }

    [Fact]
    public void The_next_batch_is_asked_for_while_the_one_before_it_is_worked_on()
    {
        using var asked = new ManualResetEventSlim();
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", "b-gelu"));
        ImageSource picture = Goldens.Path("preprocess", "files", "png_rgb.png");
        using IEnumerator<ImageEncoding> batches = model.EncodeImageBatches(Batches()).GetEnumerator();
        Assert.True(batches.MoveNext());
        ImageEncoding first = batches.Current;
        Assert.True(asked.Wait(TimeSpan.FromMinutes(1)), "Nobody asked for the second batch while the first was at hand.");
        Assert.True(batches.MoveNext());
        Assert.Equal(first.Tokens.Values.ToArray(), batches.Current.Tokens.Values.ToArray());
        Assert.False(batches.MoveNext());

        IEnumerable<IReadOnlyList<ImageSource>> Batches()
        {
            yield return [picture];
            asked.Set();
            yield return [picture];
        }
    }

    /// <summary>The tiny CLIP with a byte vocabulary of 300 ids whose last two are start and end.</summary>
    private static TemporaryFolder TinyWithTokenizer()
    {
        var folder = TemporaryFolder.CopyOf(Goldens.Path("clip-tiny", "a-quickgelu"));
        var vocabulary = new JsonObject();
        foreach (string token in (string[])["a", "b", "a</w>", "b</w>", "ab</w>", "ba</w>"])
            vocabulary[token] = vocabulary.Count;
        vocabulary["<|startoftext|>"] = 298;
        vocabulary["<|endoftext|>"] = 299;
        File.WriteAllText(folder["vocab.json"], vocabulary.ToJsonString());
        File.WriteAllText(folder["merges.txt"], "#version: 0.2\na b</w>\nb a</w>\n");
        return folder;
    }

    private static void Edit(string path, Action<JsonNode> edit)
    {
        JsonNode node = JsonNode.Parse(File.ReadAllText(path))!;
        edit(node);
        File.WriteAllText(path, node.ToJsonString());
    }

    private static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i] - expected[i], -1e-6f, 1e-6f);
    }
}
