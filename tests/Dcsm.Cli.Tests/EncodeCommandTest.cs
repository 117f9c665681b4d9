using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.Scoring;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
public sealed class EncodeCommandTest(TinyModels models) : IDisposable
{
    private const string One = "a red apple and a blue car",
        Two = "a blue apple and a red car";
    private const int Kills = 14;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_of_embeddings_are_those_of_the_pictures()
    {
        string[] pictures = Directory.GetFiles(Path.Combine(models.Scenes, "images"));
        Assert.True(pictures.Length > 20);
        string captions = _folder.Write("captions.txt", $"{One}\n{Two}\n{One}\na \"cat\", no dog\n");
        string list = _folder.Write("pictures.txt", string.Join('\n', pictures) + $"\n\n{pictures[3]}\n");
        JsonElement encoded = Encode("store", "--images-from", list, "--captions", captions, "--json").Succeeds().Json();
        Assert.Equal(pictures.Length, encoded.GetProperty("images").GetInt32());
        Assert.Equal(3, encoded.GetProperty("captions").GetInt32());
        Assert.True(encoded.GetProperty("written").GetBoolean());
        CliResult again = Encode("store", "--images-from", list, "--captions", captions).Succeeds();
        Assert.Contains("is up to date", again.Error, StringComparison.Ordinal);

        string unique = _folder.Write("unique.txt", $"{One}\n{Two}\na \"cat\", no dog\n");
        string[] direct = [.. pictures, "--captions", unique, "--cosine", "--clip", models.Clip, "--head", models.Head];
        string[] stored = ["--embeddings", _folder["store"], "--cosine", "--head", models.Head];
        Cli.Run(["score", .. direct, "--out", _folder["direct.csv"]]).Succeeds();
        CliResult run = Cli.Run(["score", .. stored, "--out", _folder["stored.csv"]]).Succeeds();
        Assert.Empty(run.Out);
        Assert.Equal(File.ReadAllText(_folder["direct.csv"]), File.ReadAllText(_folder["stored.csv"]));

        // Captions that it holds need no CLIP either; others are encoded, by the CLIP that is named.
        Assert.Equal(
            File.ReadAllText(_folder["direct.csv"]),
            Cli.Run(["score", .. stored, "--captions", unique, "--clip", _folder["nowhere"], "--csv", "-q"]).Succeeds().Out
        );
        string[] other = ["-c", "a taxi above a bus", "-c", Two];
        Assert.Equal(
            Cli.Run(["score", .. pictures, .. other, "--clip", models.Clip, "--head", models.Head, "--csv", "-q"]).Succeeds().Out,
            Cli.Run(["score", "--embeddings", _folder["store"], .. other, "--clip", models.Clip, "--head", models.Head, "--csv", "-q"])
                .Succeeds()
                .Out
        );
        Cli.Run(["score", .. stored, .. other]).FailsWith("another CLIP", _folder["store"]);

        // As JSON and as a table.
        JsonElement json = Cli.Run(["score", .. stored, "-c", Two, "--json"]).Succeeds().Json();
        Assert.Equal(pictures, json.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("image").GetString()));
        Assert.Equal(_folder["store"], json.GetProperty("embeddings").GetProperty("directory").GetString());
        Assert.StartsWith("sha256:", json.GetProperty("clip").GetProperty("fingerprint").GetString(), StringComparison.Ordinal);
        Assert.Contains(One, Cli.Run(["score", .. stored]).Succeeds().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_head_the_score_of_embeddings_is_the_cosine()
    {
        string captions = _folder.Write("captions.txt", $"{One}\n{Two}\n");
        string[] none = ["--head", "none", "--csv", "-q"];
        Encode("store", models.Picture, "--captions", captions).Succeeds();
        string direct = Cli.Run(["score", models.Picture, "--captions", captions, "--clip", models.Clip, .. none]).Succeeds().Out;
        Assert.Equal(3, direct.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(direct, Cli.Run(["score", "--embeddings", _folder["store"], "--clip", _folder["nowhere"], .. none]).Succeeds().Out);

        // Another caption is encoded by the CLIP that is named, and by no other.
        string[] other = ["-c", "a taxi above a bus", "-c", One];
        Assert.Equal(
            Cli.Run(["score", models.Picture, .. other, "--clip", models.Clip, .. none]).Succeeds().Out,
            Cli.Run(["score", "--embeddings", _folder["store"], .. other, "--clip", models.Clip, .. none]).Succeeds().Out
        );
        Cli.Run(["score", "--embeddings", _folder["store"], .. other, .. none]).FailsWith("another CLIP");

        File.Copy(models.Picture, _folder["a.png"]);
        string table = _folder.Write("pairs.csv", $"image,caption\na.png,{Two}\na.png,{One}\n");
        Encode("pairs", "--pairs", table).Succeeds();
        Assert.Equal(
            Cli.Run(["score", "--pairs", table, "--clip", models.Clip, .. none]).Succeeds().Out,
            Cli.Run(["score", "--embeddings", _folder["pairs"], .. none]).Succeeds().Out
        );
        Encode("texts", "--captions", captions).Succeeds();
        Cli.Run(["score", "--embeddings", _folder["texts"], .. none]).FailsWith("holds no images");
    }

    [Fact]
    public void Captions_that_were_cut_are_marked_in_scores_of_embeddings_as_in_those_of_pictures()
    {
        string captions = _folder.Write("captions.txt", $"{One}\n{string.Join(" and ", Enumerable.Repeat("a red apple", 25))}\n");
        Encode("store", models.Picture, "--captions", captions).Succeeds();
        // CLIP's own embedding is of the whole context, however few tokens a head reads.
        Encode("few", models.Picture, "--captions", captions, "--text-tokens", "6").Succeeds();
        foreach ((string store, string head) in new[] { ("store", models.Head), ("store", "none"), ("few", "none") })
        {
            string[] score = ["--head", head, "--clip", models.Clip, "-q"];
            string direct = Cli.Run(["score", models.Picture, "--captions", captions, .. score, "--csv"]).Succeeds().Out;
            Assert.Equal([",truncated", ",false", ",true"], direct.TrimEnd().Split('\n').Select(line => line[line.LastIndexOf(',')..]));
            // What it holds, and with another caption, which is encoded.
            Assert.Equal(direct, Cli.Run(["score", "--embeddings", _folder[store], .. score, "--csv"]).Succeeds().Out);
            Assert.Contains(
                "1 of 3 scores are of captions that were cut",
                Cli.Run(["score", "--embeddings", _folder[store], "--captions", captions, "-c", Two, .. score]).Succeeds().Out,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Pairs_are_kept_and_each_picture_and_caption_encoded_once()
    {
        File.Copy(models.Picture, _folder["a.png"]);
        File.Copy(models.Picture.Replace("train-color", "train-size", StringComparison.Ordinal), _folder["b.png"]);
        string table = _folder.Write("pairs.csv", $"image,caption\nb.png,{One}\na.png,{Two}\n./b.png,\"{Two}\"\na.png,{One}\n");
        JsonElement encoded = Encode("store", "--pairs", table, "--json").Succeeds().Json();
        Assert.Equal(
            (2, 2, 4),
            (encoded.GetProperty("images").GetInt32(), encoded.GetProperty("captions").GetInt32(), encoded.GetProperty("pairs").GetInt32())
        );

        string direct = Cli.Run("score", "--pairs", table, "--cosine", "--clip", models.Clip, "--head", models.Head, "--json", "-q")
            .Succeeds()
            .Out;
        string stored = Cli.Run("score", "--embeddings", _folder["store"], "--cosine", "--head", models.Head, "--json", "-q")
            .Succeeds()
            .Out;
        Assert.Equal(Scores(direct.Replace("./b.png", "b.png", StringComparison.Ordinal)), Scores(stored));
        Assert.Equal(
            4,
            JsonDocument
                .Parse(Cli.Run("score", "--embeddings", _folder["store"], "--grid", "--head", models.Head, "--json", "-q").Succeeds().Out)
                .RootElement.GetProperty("scores")
                .GetArrayLength()
        );

        static string[] Scores(string json) =>
            [.. JsonDocument.Parse(json).RootElement.GetProperty("scores").EnumerateArray().Select(score => score.GetRawText())];
    }

    [Fact]
    public void Other_ways_of_reading_are_not_mixed()
    {
        Encode("official", models.Picture, "--compat", "official").Succeeds();
        string[] score =
        [
            "score",
            "--embeddings",
            _folder["official"],
            "-c",
            One,
            "-c",
            Two,
            "--clip",
            models.Clip,
            "--head",
            models.Head,
            "--csv",
            "-q",
        ];
        Cli.Run(score).FailsWith("was encoded with --compat");
        Assert.Equal(
            Cli.Run(
                    "score",
                    models.Picture,
                    "-c",
                    One,
                    "-c",
                    Two,
                    "--clip",
                    models.Clip,
                    "--head",
                    models.Head,
                    "--compat",
                    "official",
                    "--csv",
                    "-q"
                )
                .Succeeds()
                .Out,
            Cli.Run([.. score, "--compat", "official"]).Succeeds().Out
        );
        Encode("ours", models.Picture).Succeeds();
        Cli.Run("score", "--embeddings", _folder["ours"], "-c", One, "--head", models.Head, "--compat", "official")
            .FailsWith("without --compat official");
        Cli.Run("score", "--embeddings", _folder["ours"], "-c", One).FailsWith("was trained on");
        Cli.Run("score", "--embeddings", _folder["ours"], "--head", models.Head).FailsWith("holds no captions");
    }

    [Fact]
    public void Embeddings_say_in_what_precision_they_were_computed()
    {
        JsonElement encoded = Encode("store", models.Picture, "--precision", "int8", "--json").Succeeds().Json();
        Assert.Equal("int8", encoded.GetProperty("clip").GetProperty("precision").GetString());
        string[] score = ["-c", One, "-c", Two, "--clip", models.Clip, "--head", models.Head, "--csv", "-q"];
        Assert.Equal(
            Cli.Run(["score", models.Picture, .. score, "--precision", "int8"]).Succeeds().Out,
            Cli.Run(["score", "--embeddings", _folder["store"], .. score]).Succeeds().Out
        );
        Encode("store", models.Picture).FailsWith("computed in int8, not float32");
        Cli.Run(["score", "--embeddings", _folder["store"], .. score, "--precision", "int8"]).FailsWith("--precision");
    }

    [Fact]
    public void Embeddings_are_verified_on_request()
    {
        Encode("store", models.Picture, "--captions", _folder.Write("captions.txt", One + "\n")).Succeeds();
        string[] score = ["score", "--embeddings", _folder["store"], "--head", models.Head, "--csv"];
        Cli.Run([.. score, "--verify"]).Succeeds();
        string tensors = _folder["store/images.safetensors"];
        byte[] bytes = File.ReadAllBytes(tensors);
        bytes[^4] ^= 1; // the last bit of a number
        File.WriteAllBytes(tensors, bytes);
        Cli.Run(score).Succeeds();
        Cli.Run([.. score, "--verify"]).FailsWith(tensors, "is not what was written");

        string description = _folder["store/embeddings.json"];
        File.WriteAllText(description, Regex.Replace(File.ReadAllText(description), ",\\s*\"content\": \"[^\"]*\"", ""));
        CliResult old = Cli.Run([.. score, "--verify"]).Succeeds();
        Assert.Contains("kept nothing to tell its numbers by", old.Error, StringComparison.Ordinal);
        Cli.Run("score", models.Picture, "-c", One, "--verify").FailsWith("--verify goes with --embeddings");
    }

    [Fact]
    public void Bad_input_is_named()
    {
        Encode("store").FailsWith("nothing to encode");
        Encode("store", _folder["none.png"]).FailsWith("none.png", "no such picture");
        Encode("store", "--images-from", _folder["none.txt"]).FailsWith("none.txt");
        Encode("store", "--images-from", _folder.Write("list.txt", "\nnone.png\n")).FailsWith("list.txt, line 2", "none.png");
        File.WriteAllBytes(_folder["latin.txt"], [.. "a cat\n"u8, .. "caf"u8, 0xE9, .. "\n"u8]);
        Encode("store", models.Picture, "--captions", _folder["latin.txt"]).FailsWith("latin.txt, line 2", "UTF-8");
        Cli.Run("score", models.Picture, "--captions", _folder["latin.txt"]).FailsWith("latin.txt, line 2", "UTF-8");
        Encode("store", models.Picture, "--captions", _folder.Write("blank.txt", "\n \n")).FailsWith("blank.txt", "no captions");
        Encode("store", "--pairs", _folder.Write("pairs.csv", "image,caption\nnone.png,a cat\n")).FailsWith("pairs.csv, line 2");
        Encode("store", models.Picture, "--text-tokens", "1000").FailsWith("1000 text tokens");
        Encode("store", models.Picture, "--text-tokens", "1").FailsWith("--text-tokens");
        Encode("store", models.Picture, "--dtype", "int4").FailsWith("int4");
        Encode("store", models.Picture, "--head", models.Head, "--text-tokens", "9").FailsWith("--head");
        Assert.False(Directory.Exists(_folder["store"]));
        Cli.Run("score", "--embeddings", _folder["store"], models.Picture).FailsWith("--embeddings");
        Cli.Run("score", models.Picture, "-c", One, "--grid").FailsWith("--grid");
        Cli.Run("score", "--embeddings", _folder["none"]).FailsWith("none", "no such directory");

        // A picture that can't be read stops the run; mended, it goes on.
        string bad = _folder.Write("bad.png", "not a picture");
        Encode("store", models.Picture, bad).FailsWith("bad.png");
        Cli.Run("score", "--embeddings", _folder["store"]).FailsWith("unfinished");
        Encode("store", models.Picture).FailsWith("unfinished run of 2 pictures, not 1");
        Encode("store", models.Picture, bad, "--dtype", "float16").FailsWith("dtype float32, not float16");
        File.Copy(models.Picture, bad, overwrite: true);
        Encode("store", models.Picture, bad).Succeeds();
        Encode("store", models.Picture).FailsWith("2 pictures, not 1");
        File.WriteAllBytes(_folder["store/images.safetensors"], File.ReadAllBytes(_folder["store/images.safetensors"])[..^1]);
        Cli.Run("score", "--embeddings", _folder["store"], "-c", One, "--head", models.Head, "--clip", models.Clip)
            .FailsWith("images.safetensors", "truncated");
    }

    [Fact]
    public void Runs_that_are_killed_at_random_end_bit_for_bit_like_one_that_is_not()
    {
        string list = ManyPictures(3000),
            captions = _folder.Write("captions.txt", string.Join('\n', Enumerable.Range(0, 500).Select(i => $"{i} cats")));
        string[] Arguments(string name) =>
            ["--images-from", list, "--captions", captions, "--checkpoint-every", "0", "--dtype", "float16", "-q"];
        long start = Stopwatch.GetTimestamp();
        Encode("whole", Arguments("whole")).Succeeds();
        TimeSpan length = Stopwatch.GetElapsedTime(start);

        // Shares of about a run's length, as for killed training.
        var random = new Random(21);
        int kills = 0,
            runs = 0,
            interrupted = 0;
        while (kills < Kills)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"killed-{++runs}");
            bool killed = false;
            while (true)
            {
                using var cli = Cli.Start(CommandLine(name, Arguments(name)));
                if (kills >= Kills || cli.EndsWithin(length * (0.15 + (0.85 * random.NextDouble()))))
                {
                    cli.Wait().Succeeds();
                    length *= 0.8;
                    break;
                }
                cli.Kill();
                kills++;
                bool begun =
                    Directory.Exists(_folder[name])
                    && Directory.EnumerateFiles(_folder[name], "*.jsonl*").Any(file => new FileInfo(file).Length > 0);
                killed |= begun;
                length *= begun ? 1 : 1.1;
            }

            interrupted += killed ? 1 : 0;
            AssertSame("whole", name);
        }

        Assert.True(interrupted > 0, "no run was killed after its first rows");
    }

    [Fact]
    public void Ctrl_C_keeps_what_is_encoded()
    {
        string list = ManyPictures(6000);
        using (var cli = Cli.Start(CommandLine("store", "--images-from", list, "--checkpoint-every", "0")))
        {
            cli.WaitForFile(_folder["store/images.jsonl.partial"]);
            cli.Interrupt();
            cli.Wait().FailsWithCode(130, "interrupted", "the same command goes on");
        }
        int done = File.ReadAllLines(_folder["store/images.jsonl.partial"]).Length;
        Assert.InRange(done, 64, 6000);
        Encode("store", "--images-from", list).Succeeds();
        Encode("whole", "--images-from", list).Succeeds();
        AssertSame("whole", "store");
    }

    [Fact]
    public void A_full_disk_is_told_and_what_is_encoded_kept_until_there_is_room()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string list = ManyPictures(3000);
        string[] arguments = ["--images-from", list, "--checkpoint-every", "0", "-q"];
        Encode("whole", arguments).Succeeds();
        long bytes = new FileInfo(_folder["whole/images.safetensors"]).Length;

        string line = string.Join(
            ' ',
            CommandLine("disk/store", arguments).Prepend(Cli.Program).Prepend("dotnet").Select(argument => $"'{argument}'")
        );
        Directory.CreateDirectory(_folder["disk"]);
        string script = $"""
            mount -t tmpfs -o size={bytes / 2} tmpfs '{_folder["disk"]}' || exit 99
            {line} 2> '{_folder["full.txt"]}'; echo $? > '{_folder["full.code"]}'
            ls '{_folder["disk"]}/store' > '{_folder["full.files"]}'; wc -l < '{_folder["disk"]}/store/images.jsonl.partial' > '{_folder[
                "full.lines"
            ]}'
            mount -o remount,ro '{_folder["disk"]}'
            {line} 2> '{_folder["readonly.txt"]}'; echo $? > '{_folder["readonly.code"]}'
            mount -o remount,rw,size=64m '{_folder["disk"]}'
            {line} && cp -r '{_folder["disk"]}/store' '{_folder["mended"]}'
            """;
        using (var shell = Process.Start("unshare", ["--mount", "--user", "--map-root-user", "sh", "-c", script]))
        {
            shell.WaitForExit();
            Assert.NotEqual(99, shell.ExitCode);
        }

        Assert.Equal("2", File.ReadAllText(_folder["full.code"]).Trim());
        string full = File.ReadAllText(_folder["full.txt"]);
        Assert.Contains("No space left on device", full, StringComparison.Ordinal);
        Assert.Contains("are kept: once this is mended, the same command goes on", full, StringComparison.Ordinal);
        Assert.InRange(int.Parse(File.ReadAllText(_folder["full.lines"]), CultureInfo.InvariantCulture), 64, 2999);
        Assert.DoesNotContain("embeddings.json\n", File.ReadAllText(_folder["full.files"]), StringComparison.Ordinal);
        Assert.Equal("2", File.ReadAllText(_folder["readonly.code"]).Trim());
        Assert.Contains("read-only file system", File.ReadAllText(_folder["readonly.txt"]), StringComparison.OrdinalIgnoreCase);
        AssertSame("whole", "mended");
    }

    [Fact]
    public void The_code_of_the_page_is_what_runs_here()
    {
        string source = File.ReadAllText(Repository.Path("tests/Dcsm.Cli.Tests/EncodeCommandTest.cs"));
        string code = source.Split("// page begins\n")[1].Split("// page ends")[0];
        code = string.Join('\n', code.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim())).Trim();
        string page = File.ReadAllText(Repository.Path("docs/embeddings.md"));
        Assert.Equal(
            code,
            page.Split("```csharp\n")[1]
                .Split("```")[0]
                .Trim()
                .Replace("\"out/embeddings\"", "directory", StringComparison.Ordinal)
                .Replace("\"data/samples/color.png\"", "picture", StringComparison.Ordinal)
        );

        string directory = _folder["store"],
            picture = Repository.Path("data/samples/color.png");
        using var clip = ClipModel.Load(Repository.Path("data/clip-small"));
        var head = DcsmHead.Load(Repository.Path("data/head-small"));
        // page begins
        string[] captions = ["a red teapot and a blue car"];
        var input = new EmbeddingStoreInput
        {
            Images = [new ImageToEncode("color", picture)],
            Captions = captions,
            EncodedCaptions = head.Config.Read(captions),
        };
        TokenEmbeddingStore.Write(directory, clip, input, new EmbeddingStoreOptions { TextTokens = head.Config.TextTokens });

        using var store = TokenEmbeddingStore.Open(directory);
        foreach (ImageScores batch in new DcsmStoreScorer(store, head).Score())
            Console.WriteLine($"{store.Image(batch.FirstImage).Name}: {batch.Scores[0, 0]}"); // batches of images, each with every caption
        // page ends
        Assert.Equal("color", store.Image(0).Name);
    }

    // Links to a few pictures, so that there are many of other names.
    private string ManyPictures(int count)
    {
        string[] pictures = Directory.GetFiles(Path.Combine(models.Scenes, "images"));
        Directory.CreateDirectory(_folder["many"]);
        for (int i = 0; i < count; i++)
            File.CreateSymbolicLink(Path.Combine(_folder["many"], $"{i}.png"), pictures[i % pictures.Length]);
        return _folder.Write("many.txt", string.Join('\n', Enumerable.Range(0, count).Select(i => $"many/{i}.png")));
    }

    private void AssertSame(string expected, string found)
    {
        string[] names = [.. Directory.GetFiles(_folder[expected]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(names, Directory.GetFiles(_folder[found]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(
            names,
            name =>
                Assert.True(
                    File.ReadAllBytes(Path.Combine(_folder[expected], name))
                        .AsSpan()
                        .SequenceEqual(File.ReadAllBytes(Path.Combine(_folder[found], name))),
                    name
                )
        );
    }

    private CliResult Encode(string name, params string[] arguments) => Cli.Run(CommandLine(name, arguments));

    private string[] CommandLine(string name, params string[] arguments) =>
        [
            "encode",
            .. arguments,
            "--out",
            _folder[name],
            "--clip",
            models.Clip,
            .. (ReadOnlySpan<string>)(
                arguments.Contains("--head") ? []
                : arguments.Contains("--text-tokens") ? []
                : ["--head", models.Head]
            ),
        ];
}
