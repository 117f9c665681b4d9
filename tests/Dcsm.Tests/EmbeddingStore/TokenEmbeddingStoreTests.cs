using System.Text;
using System.Text.Json.Nodes;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.IO.Progress;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;
using Dcsm.Scoring;

namespace Dcsm.Tests.EmbeddingStore;

public sealed class TokenEmbeddingStoreTests : IDisposable
{
    private static readonly string[] Captions =
    [
        "a cat above a dog",
        "no cat",
        "„Katze“ \\ \"dog\" 🐈",
        string.Concat(Enumerable.Repeat("ab ", 30)) + "end",
    ];

    private readonly TinyClip _clip = new();
    private readonly TemporaryFolder _directory = new();

    public void Dispose()
    {
        _clip.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.I8)]
    public void What_is_encoded_is_read(TensorType type)
    {
        string[] pictures = _clip.Pictures(3);
        EmbeddingStoreInput input = Input(pictures, Captions) with { Pairs = [new StoredPair(2, 1, 0), new StoredPair(3, 2, 3)] };
        var warnings = new List<string>();
        Assert.True(
            TokenEmbeddingStore.Write(
                _directory["store"],
                _clip.Model,
                input,
                new EmbeddingStoreOptions { Type = type, Warn = warnings.Add }
            )
        );
        Assert.Contains("longer than 30 tokens", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_directory["store"], "*.partial"));

        using var store = TokenEmbeddingStore.Open(_directory["store"]);
        Assert.Equal((3, 4, 2), (store.Info.Images, store.Info.Captions, store.Info.Pairs));
        Assert.Equal(_clip.Model.Fingerprint, store.Info.ClipFingerprint);
        Assert.Equal(input.Pairs, store.Pairs);
        Assert.Equal(pictures, Enumerable.Range(0, 3).Select(i => store.Image(i).Name));
        Assert.Equal(new FileInfo(pictures[1]).Length, store.Image(1).FileLength);
        Assert.Equal(64, store.Image(1).Sha256.Length);
        Assert.Equal((2, -1), (store.FindCaption(Captions[2]), store.FindCaption("a bird")));
        store.Check(_clip.Model);

        (ImageEncoding? images, TextEncoding? texts) = (_clip.Model.EncodeImages(pictures), _clip.Model.EncodeTexts(Captions, 30));
        TextEncoding read = store.ReadCaptions([0, 1, 2, 3]);
        Same(type, images.Tokens, store.ReadImages([0, 1, 2]).Tokens);
        Same(type, images.Pooled, store.ReadImages([0, 1, 2]).Pooled);
        Same(type, images.Pooled, store.ReadPooledImages(0, 3));
        Same(type, texts.Tokens, read.Tokens);
        Same(type, texts.Pooled, read.Pooled);
        foreach ((Clip.Tokenization.TokenizedText? expected, Clip.Tokenization.TokenizedText? found) in texts.Texts.Zip(read.Texts))
        {
            Assert.Equal(expected.Text, found.Text);
            Assert.Equal(expected.Ids, found.Ids);
            Assert.Equal(expected.Offsets, found.Offsets);
            Assert.Equal((expected.Length, expected.Truncated), (found.Length, found.Truncated));
        }
        Assert.Equal(store.ReadImages([2]).Tokens.Values.ToArray(), store.ReadImages([0, 2]).Tokens[1].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => store.ReadImages([2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.ReadCaptions([4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Image(3));
        Assert.Throws<ArgumentException>(() => store.ReadImages([0], images));
    }

    [Fact]
    public void Its_files_are_safetensors_that_say_whose_they_are()
    {
        Write("store", _clip.Pictures(2), Captions);
        using var file = SafetensorsFile.Open(_directory["store/images.safetensors"]);
        Assert.Equal(["image_tokens"], file.Names);
        Assert.Equal([2, _clip.Model.ImageTokens, _clip.Model.Dimension], file.Get("image_tokens").Shape);
        Assert.Equal(_clip.Model.Fingerprint, file.Metadata["clip"]);
        Assert.Equal(0, file.Get("image_tokens").Offset % 8);
    }

    [Fact]
    public void Images_or_captions_may_be_missing_but_not_both()
    {
        Write("images", _clip.Pictures(1), []);
        Write("captions", [], ["a cat"]);
        using (var images = TokenEmbeddingStore.Open(_directory["images"]))
        {
            Assert.Equal(0, images.Info.Captions);
            Assert.Equal(-1, images.FindCaption("a cat"));
            Assert.Empty(images.Pairs);
        }
        using (var captions = TokenEmbeddingStore.Open(_directory["captions"]))
        {
            Assert.Contains(
                "holds no images",
                Assert.Throws<InvalidDataException>(() => new DcsmStoreScorer(captions, _clip.Head())).Message,
                StringComparison.Ordinal
            );
            Assert.Throws<ArgumentOutOfRangeException>(() => captions.ReadImages([0]));
        }
        Assert.Throws<ArgumentException>(() => Write("none", [], []));
        Assert.Contains(
            "Caption 1 is empty",
            Assert.Throws<ArgumentException>(() => Write("none", [], ["a", " "])).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() =>
            TokenEmbeddingStore.Write(_directory["none"], _clip.Model, Input([], ["a"]) with { Pairs = [new StoredPair(1, 0, 0)] })
        );
        Assert.Throws<ArgumentException>(() =>
            TokenEmbeddingStore.Write(_directory["none"], _clip.Model, Input([], ["a"]), new EmbeddingStoreOptions { TextTokens = 1000 })
        );
        Assert.Throws<ArgumentException>(() =>
            TokenEmbeddingStore.Write(
                _directory["none"],
                _clip.Model,
                Input([], ["a"]),
                new EmbeddingStoreOptions { Type = TensorType.BF16 }
            )
        );
        Assert.False(Directory.Exists(_directory["none"]));
    }

    [Fact]
    public void A_complete_store_is_left_alone_until_something_is_another()
    {
        string[] pictures = _clip.Pictures(2);
        Write("store", pictures, Captions);
        Dictionary<string, string> before = _directory.Digests("store");
        Assert.False(Write("store", pictures, Captions));
        File.SetLastWriteTimeUtc(pictures[0], new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.False(Write("store", pictures, Captions));
        Assert.Equal(before, _directory.Digests("store"));

        Refuses("dtype float32, not float16", () => Write("store", pictures, Captions, TensorType.F16));
        Refuses("2 pictures, not 1", () => Write("store", pictures[..1], Captions));
        Refuses("in another order", () => Write("store", [pictures[1], pictures[0]], Captions));
        Refuses("4 captions, not 3", () => Write("store", pictures, Captions[..3]));
        using var other = new TinyClip(change: 0.01f);
        Refuses("a CLIP of fingerprint", () => TokenEmbeddingStore.Write(_directory["store"], other.Model, Input(pictures, Captions)));
        byte[] bytes = File.ReadAllBytes(pictures[1]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(pictures[1], bytes);
        Refuses($"{pictures[1]}: has changed", () => Write("store", pictures, Captions));

        void Refuses(string message, Action write) =>
            Assert.Contains(message, Assert.Throws<InvalidDataException>(write).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_stopped_anywhere_goes_on_to_the_same_bytes()
    {
        string picture = _clip.Pictures(1)[0];
        var input = new EmbeddingStoreInput
        {
            Images = [.. Enumerable.Range(0, 150).Select(i => new ImageToEncode($"{i}", picture))],
            Captions = [.. Enumerable.Range(0, 200).Select(i => $"cat {i} left of a dog")],
        };
        TokenEmbeddingStore.Write(_directory["whole"], _clip.Model, input);
        Dictionary<string, string> expected = _directory.Digests("whole");
        int stops = 0;
        for (bool ended = false; !ended; stops++)
        {
            // Stopped at each report in turn; then what a crash could leave is added, and the run goes on.
            using var stop = new StopAtReport(stops);
            var options = new EmbeddingStoreOptions { SaveEvery = stops % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromHours(1) };
            try
            {
                ended = TokenEmbeddingStore.Write(_directory["stopped"], _clip.Model, input, options, stop, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Throws<InvalidDataException>(() => TokenEmbeddingStore.Open(_directory["stopped"]));
                Tear("images", 64 * 2);
                Tear("captions", 64 * 3);
                Assert.True(TokenEmbeddingStore.Write(_directory["stopped"], _clip.Model, input, options));
            }
            Assert.Equal(expected, _directory.Digests("stopped"));
            Directory.Delete(_directory["stopped"], recursive: true);
        }
        Assert.InRange(stops, 8, 30);

        // Half a line more than was saved, and rubbish where the next rows go.
        void Tear(string name, int rows)
        {
            string index = _directory[$"stopped/{name}.jsonl.partial"];
            if (!File.Exists(index) || File.ReadAllLines(index) is not { Length: var lines } || lines >= rows)
                return;
            File.AppendAllText(index, "{\"image\":\"12");
            using FileStream file = File.OpenWrite(_directory[$"stopped/{name}.safetensors.partial"]);
            file.Seek(-1000, SeekOrigin.End);
            file.Write(Encoding.ASCII.GetBytes("rubbish"));
        }
    }

    [Theory]
    [InlineData("embeddings.json")]
    [InlineData("embeddings.json", "pairs.jsonl")]
    [InlineData("embeddings.json", "images.jsonl")]
    [InlineData("embeddings.json", "images.jsonl", "images.safetensors")]
    [InlineData("embeddings.json", "images.jsonl", "images.safetensors", "captions.jsonl")]
    [InlineData("embeddings.json", "images.jsonl", "images.safetensors", "captions.jsonl", "captions.safetensors")]
    public void A_run_that_is_stopped_among_its_last_renamings_goes_on(params string[] unfinished)
    {
        EmbeddingStoreInput input = Input(_clip.Pictures(3), Captions) with { Pairs = [new StoredPair(2, 1, 0)] };
        TokenEmbeddingStore.Write(_directory["store"], _clip.Model, input);
        Dictionary<string, string> whole = _directory.Digests("store");
        foreach (string file in unfinished)
            File.Move(_directory[$"store/{file}"], _directory[$"store/{file}.partial"]);
        Assert.True(TokenEmbeddingStore.Write(_directory["store"], _clip.Model, input));
        Assert.Equal(whole, _directory.Digests("store"));
        // A description that was torn stands for nothing.
        Directory.Delete(_directory["store"], recursive: true);
        Directory.CreateDirectory(_directory["store"]);
        File.WriteAllText(_directory["store/embeddings.json.partial"], "{\n  \"format\": \"dcsm");
        Assert.True(TokenEmbeddingStore.Write(_directory["store"], _clip.Model, input));
        Assert.Equal(whole, _directory.Digests("store"));
    }

    [Theory]
    [InlineData("images.safetensors")]
    [InlineData("captions.safetensors")]
    public void Whether_the_numbers_are_those_that_were_written_is_told_on_request(string file)
    {
        Write("store", _clip.Pictures(2), Captions);
        using (var store = TokenEmbeddingStore.Open(_directory["store"]))
            Assert.True(store.Verify());
        string path = Path.Combine(_directory["store"], file);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1; // still a finite number
        File.WriteAllBytes(path, bytes);
        using (var store = TokenEmbeddingStore.Open(_directory["store"]))
        {
            InvalidDataException e = Assert.Throws<InvalidDataException>(() => store.Verify());
            Assert.StartsWith(path + ": is not what was written", e.Message, StringComparison.Ordinal);
        }

        // As earlier versions wrote it.
        string description = Path.Combine(_directory["store"], "embeddings.json");
        JsonObject json = JsonNode.Parse(File.ReadAllText(description))!.AsObject();
        json["images"]!.AsObject().Remove("content");
        File.WriteAllText(description, json.ToJsonString());
        using (var store = TokenEmbeddingStore.Open(_directory["store"]))
            Assert.False(store.Verify());
    }

    [Fact]
    public void An_unfinished_run_is_not_gone_on_with_by_another_command()
    {
        string[] pictures = _clip.Pictures(3);
        string bad = _clip.WriteFile("bad.png", "not a picture");
        Assert.Contains(
            "bad.png",
            Assert.Throws<InvalidDataException>(() => Write("store", [.. pictures, bad], Captions)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "unfinished",
            Assert.Throws<InvalidDataException>(() => TokenEmbeddingStore.Open(_directory["store"])).Message,
            StringComparison.Ordinal
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Write("store", pictures, Captions));
        Assert.Contains("unfinished run of 4 pictures, not 3", error.Message, StringComparison.Ordinal);

        // The picture is mended, and the run goes on.
        File.Copy(pictures[0], bad, overwrite: true);
        Assert.True(Write("store", [.. pictures, bad], Captions));
        Write("whole", [.. pictures, bad], Captions);
        Assert.Equal(_directory.Digests("whole"), _directory.Digests("store"));
    }

    [Fact]
    public void Two_processes_do_not_write_the_same_store()
    {
        string[] pictures = _clip.Pictures(1);
        IOException nested = Assert.Throws<IOException>(() =>
            TokenEmbeddingStore.Write(
                _directory["store"],
                _clip.Model,
                Input(pictures, Captions),
                null,
                new Told(_ => Write("store", pictures, Captions))
            )
        );
        Assert.Contains("embeddings.json.partial", nested.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_is_told_with_file_and_place()
    {
        string[] pictures = _clip.Pictures(2);
        Assert.Throws<DirectoryNotFoundException>(() => TokenEmbeddingStore.Open(_directory["none"]));
        Directory.CreateDirectory(_directory["empty"]);
        Assert.Throws<FileNotFoundException>(() => TokenEmbeddingStore.Open(_directory["empty"]));

        Damaged("images.safetensors", bytes => bytes[..^4], "images.safetensors", "truncated");
        Damaged("images.safetensors", bytes => [.. bytes, 0], "images.safetensors", "bytes");
        Damaged("images.safetensors", bytes => bytes[..4], "images.safetensors", "too few");
        Damaged("captions.safetensors", _ => [255, 255, 255, 255, 255, 255, 255, 127], "captions.safetensors", "header length");
        Damaged("captions.jsonl", bytes => bytes[..^2], "captions.jsonl, line 4", "truncated");
        Damaged("captions.jsonl", bytes => [.. bytes, (byte)'{', (byte)'}', (byte)'\n'], "captions.jsonl", "more lines than the 4");
        Damaged("images.jsonl", bytes => bytes[..(bytes.AsSpan().IndexOf((byte)'\n') + 1)], "images.jsonl", "has 1 lines, but is of 2");
        Damaged("embeddings.json", bytes => bytes[..20], "embeddings.json", "the JSON stops in the middle");
        Json("dtype", "float16", "images.safetensors", "F32", "should be F16");
        Json("dtype", "float8", "embeddings.json", "expected one of 'float32', 'float16', 'int8', found \"float8\"");
        Json("imageTokens", 99, "images.safetensors", "should be F32 of [2, 99, 32]");
        Json("dimension", -1, "embeddings.json", "field dimension: expected a positive whole number, found -1");
        Json("version", 2, "embeddings.json", "version is 2");
        Json("format", "other", "embeddings.json", "format");
        Json("tokenizer", "none", "embeddings.json", "field tokenizer: expected one of", "found \"none\"");
        Json("images", new JsonObject { ["count"] = int.MaxValue, ["list"] = "sha256:" }, "images.safetensors");
        Json("images", new JsonObject { ["count"] = 2, ["list"] = "sha256:" }, "images.safetensors", "mixed");
        Json("precision", null, "embeddings.json", "precision", "found null");
        Json("captions", null, "embeddings.json", "captions", "found null");

        // What is read only when it is asked for.
        Read(
            "images.safetensors",
            bytes => Overwrite(bytes, ^4, BitConverter.GetBytes(float.NaN)),
            store => store.ReadImages([0, 1]),
            "images.safetensors",
            "row 1, byte ",
            "NaN"
        );
        Read(
            "captions.safetensors",
            bytes => Overwrite(bytes, ^8, BitConverter.GetBytes(float.PositiveInfinity)),
            store => store.ReadCaptions([3]),
            "'text_tokens'",
            "row 3, byte "
        );
        Read(
            "captions.jsonl",
            bytes => Replace(bytes, "\"length\"", "\"lenght\""),
            store => store.ReadCaptions([0]),
            "captions.jsonl, line 1",
            "length"
        );
        Read(
            "captions.jsonl",
            bytes => Replace(bytes, "\"offsets\":[0,0", "\"offsets\":[99,0"),
            store => store.ReadCaptions([0]),
            "captions.jsonl, line 1",
            "ends at character 99"
        );
        Read(
            "captions.jsonl",
            bytes => Replace(bytes, "\"offsets\":[", "\"offsets\":[2147483647,2147483647,"),
            store => store.ReadCaptions([0]),
            "captions.jsonl, line 1",
            "60 whole numbers"
        );
        Read(
            "captions.jsonl",
            bytes => Replace(bytes, "{\"caption\"", "{\"captoin\""),
            store => store.FindCaption("x"),
            "captions.jsonl, line 1",
            "caption is missing"
        );
        Read(
            "images.jsonl",
            bytes => Replace(bytes, "\"bytes\":", "\"bytes\":-"),
            store => store.Image(0),
            "images.jsonl, line 1",
            "bytes"
        );
        Read(
            "pairs.jsonl",
            bytes => Replace(bytes, "\"image\":1", "\"image\":2"),
            store => store.Pairs,
            "pairs.jsonl, line 1",
            "field image: expected a whole number from 0 to 1, found 2"
        );

        void Damaged(string file, Func<byte[], byte[]> damage, params string[] parts) => Store(file, damage, null, parts);
        void Read(string file, Func<byte[], byte[]> damage, Func<TokenEmbeddingStore, object> read, params string[] parts) =>
            Store(file, damage, read, parts);
        void Json(string field, JsonNode? value, params string[] parts) =>
            Damaged(
                "embeddings.json",
                bytes =>
                {
                    JsonNode json = JsonNode.Parse(bytes)!;
                    json[field] = value;
                    return Encoding.UTF8.GetBytes(json.ToJsonString());
                },
                parts
            );

        void Store(string file, Func<byte[], byte[]> damage, Func<TokenEmbeddingStore, object>? read, string[] parts)
        {
            string name = $"damaged-{Guid.NewGuid():N}";
            TokenEmbeddingStore.Write(_directory[name], _clip.Model, Input(pictures, Captions) with { Pairs = [new StoredPair(2, 1, 0)] });
            string path = _directory[$"{name}/{file}"];
            File.WriteAllBytes(path, damage(File.ReadAllBytes(path)));
            InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            {
                using var store = TokenEmbeddingStore.Open(_directory[name]);
                Assert.NotNull(read);
                read(store);
            });
            Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
            Directory.Delete(_directory[name], recursive: true);
        }
    }

    // The numbers stay where they are: it is the names that would be wrong.
    [Theory]
    [InlineData("captions.jsonl", false)]
    [InlineData("captions.jsonl", true)]
    [InlineData("images.jsonl", false)]
    [InlineData("images.jsonl", true)]
    [InlineData("pairs.jsonl", true)]
    public void A_list_that_is_reordered_or_of_another_store_is_told(string file, bool reordered)
    {
        string[] pictures = _clip.Pictures(2);
        string[] encoded = [.. Captions.Select((caption, i) => i == 1 ? caption + " in other words" : caption)];
        EmbeddingStoreInput input = Input(pictures, Captions) with
        {
            EncodedCaptions = encoded,
            Pairs = [new StoredPair(2, 1, 0), new StoredPair(3, 0, 1)],
        };
        TokenEmbeddingStore.Write(_directory["store"], _clip.Model, input);
        using (var store = TokenEmbeddingStore.Open(_directory["store"]))
            Assert.Equal((encoded[1], 2), (store.EncodedCaption(1), store.Pairs.Count));
        string path = _directory[$"store/{file}"];
        string[] lines = File.ReadAllLines(path);
        File.WriteAllText(
            path,
            string.Concat((reordered ? [.. lines.Reverse()] : (string[])[lines[0], lines[0], .. lines[2..]]).Select(line => line + "\n"))
        );
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
        {
            using var store = TokenEmbeddingStore.Open(_directory["store"]);
            Assert.NotEmpty(store.Pairs);
        });
        Assert.Contains($"{file}: is not the list that embeddings.json tells of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_clip_or_another_reading_is_told()
    {
        Write("store", _clip.Pictures(1), Captions);
        using var store = TokenEmbeddingStore.Open(_directory["store"]);
        using var other = new TinyClip(change: 0.01f);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => store.Check(other.Model));
        Assert.Contains(_clip.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        using var official = ClipModel.Load(_clip.Model.Directory, ClipOptions.Official);
        Assert.Contains(
            "tokenizer hugging-face",
            Assert.Throws<InvalidDataException>(() => store.Check(official)).Message,
            StringComparison.Ordinal
        );
    }

    private bool Write(string name, string[] pictures, string[] captions, TensorType type = TensorType.F32) =>
        TokenEmbeddingStore.Write(_directory[name], _clip.Model, Input(pictures, captions), new EmbeddingStoreOptions { Type = type });

    private static EmbeddingStoreInput Input(string[] pictures, string[] captions) =>
        new() { Images = [.. pictures.Select(path => new ImageToEncode(path, path))], Captions = captions };

    private static void Same(TensorType type, TokenEmbeddings expected, TokenEmbeddings found)
    {
        Assert.Equal((expected.Count, expected.Tokens, expected.Dimension), (found.Count, found.Tokens, found.Dimension));
        float[] values = expected.Values.ToArray();
        if (type == TensorType.I8)
        {
            foreach (
                (float[] token, float[] read) in values.Chunk(expected.Dimension).Zip(found.Values.ToArray().Chunk(expected.Dimension))
            )
            {
                Assert.Equal(1, read.Sum(value => value * value), 1e-5);
                // Half a step of rounding, and what the length takes.
                float step = token.Max(Math.Abs) / 127;
                Assert.All(token.Zip(read), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, step));
            }
            return;
        }

        Assert.Equal(type == TensorType.F32 ? values : [.. values.Select(value => (float)(Half)value)], found.Values.ToArray());
    }

    private static byte[] Overwrite(byte[] bytes, Index at, byte[] by)
    {
        by.CopyTo(bytes, at.GetOffset(bytes.Length));
        return bytes;
    }

    private static byte[] Replace(byte[] bytes, string what, string by)
    {
        string text = Encoding.UTF8.GetString(bytes);
        int at = text.IndexOf(what, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(string.Concat(text.AsSpan(0, at), by, text.AsSpan(at + what.Length)));
    }

    private sealed class Told(Action<WorkProgress> tell) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => tell(value);
    }
}
