using System.Text.Json;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>Parts that several processes made, joined: the bytes of one process.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class ShardCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_of_parts_are_those_of_the_whole()
    {
        string[] pictures = Pictures();
        string captions = _folder.Write("captions.txt", "a red apple and a blue car\na cat\n");
        string[] score = ["score", .. pictures, "--captions", captions, "--cosine", "--clip", models.Clip, "--head", models.Head];
        Cli.Run([.. score, "--skip-broken", "--out", _folder["plain.csv"]]).Succeeds();
        Cli.Run([.. score, "--skip-broken", "--out", _folder["plain.json"]]).Succeeds();
        string parts = _folder["parts"];
        Cli.Run("merge", parts).FailsWith(parts, "there is no such folder");
        foreach (int number in new[] { 3, 1 })
            Cli.Run([.. score, "--skip-broken", "--out", parts, "--shard", $"{number}/3"]).Succeeds();
        Cli.Run("merge", parts).FailsWith("1 of 3 parts is not finished: 2");
        // The second comes late, as the third task of an array that counts from 0.
        var environment = new Dictionary<string, string>
        {
            ["SLURM_ARRAY_TASK_ID"] = "1",
            ["SLURM_ARRAY_TASK_COUNT"] = "3",
            ["SLURM_ARRAY_TASK_MIN"] = "0",
        };
        Cli.RunWith(environment, [.. score, "--skip-broken", "--out", parts]).Succeeds();
        CliResult again = Cli.Run([.. score, "--skip-broken", "--out", parts, "--shard", "2/3"]).Succeeds();
        Assert.Contains("part 2/3 is in", again.Error, StringComparison.Ordinal);
        Cli.Run([.. score, "-c", "a dog", "--out", parts, "--shard", "2/3"]).FailsWith("is of list sha256:", "delete this one");
        Cli.Run([.. score, "--out", parts, "--shard", "2/4"]).FailsWith("is cut into 3 parts");

        JsonElement merged = Cli.Run("merge", parts, "--json").Succeeds().Json();
        Assert.Equal((3, 1), (merged.GetProperty("parts").GetInt32(), merged.GetProperty("errors").GetInt32()));
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(Path.Combine(parts, "scores.csv")));
        CliResult json = Cli.Run("merge", parts, "--out", _folder["merged.json"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["plain.json"]), File.ReadAllText(_folder["merged.json"]));
        Assert.Contains("left out: ", json.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_of_parts_come_in_the_order_of_their_table()
    {
        string[] pictures = Pictures();
        // A picture's rows lie far from each other, so that they are of one part all the same.
        string rows = string.Concat(
            Enumerable.Range(0, 3).SelectMany(round => pictures.Select((picture, i) => $"{picture};a cat number {round * i};n{i}\n"))
        );
        string table = _folder.Write("pairs.csv", "image;caption;note\n" + rows + $"{_folder["none.png"]};a dog;x\n");
        string[] score = ["score", "--pairs", table, "--clip", models.Clip, "--head", models.Head];
        Cli.Run([.. score, "--skip-broken", "--out", _folder["plain.csv"]]).Succeeds();
        foreach (int number in new[] { 2, 5, 1, 3, 4 })
            Cli.Run([.. score, "--out", _folder["parts"], "--shard", $"{number}/5"]).Succeeds();
        Cli.Run("merge", _folder["parts"], "--out", _folder["merged.csv"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(_folder["merged.csv"]));
    }

    [Theory]
    [InlineData("float16")]
    [InlineData("int8")]
    public void Embeddings_of_parts_are_those_of_the_whole(string type)
    {
        string[] pictures = Pictures();
        string table = _folder.Write(
            "pairs.csv",
            "image,caption\n" + string.Concat(pictures.Append(pictures[0]).Select((picture, i) => $"{picture},a cat and {i % 4} apples\n"))
        );
        string[] encode = ["encode", "--pairs", table, "--clip", models.Clip, "--head", models.Head, "--dtype", type];
        Cli.Run([.. encode, "--skip-broken", "--out", _folder["plain"]]).Succeeds();
        foreach (int number in new[] { 3, 2, 1, 2 })
            Cli.Run([.. encode, "--out", _folder["parts"], "--shard", $"{number}/3"]).Succeeds();
        Cli.Run("score", "--embeddings", _folder["parts"], "-q").FailsWith("its pairs are put together by 'dcsm merge");
        Cli.Run("merge", _folder["parts"]).Succeeds();
        string[] files = [.. Directory.GetFiles(_folder["plain"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(6, files.Length);
        Assert.Equal(files, Directory.GetFiles(_folder["parts"]).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(
            files,
            file =>
                Assert.Equal(
                    File.ReadAllBytes(Path.Combine(_folder["plain"], file)),
                    File.ReadAllBytes(Path.Combine(_folder["parts"], file))
                )
        );
        Cli.Run("merge", _folder["parts"]).Succeeds();
        Cli.Run("score", "--embeddings", _folder["parts"], "--head", models.Head, "-q", "--csv").Succeeds();
    }

    [Fact]
    public void Stores_are_scored_as_one_without_being_merged()
    {
        string[] pictures = Pictures();
        string captions = _folder.Write("captions.txt", "a red apple and a blue car\na cat\nno dog\n");
        string[] both = ["--clip", models.Clip, "--head", models.Head];
        string[] encode = ["encode", .. pictures, "--captions", captions, .. both, "--skip-broken"];
        Cli.Run([.. encode, "--out", _folder["plain"]]).Succeeds();
        for (int number = 1; number <= 3; number++)
            Cli.Run([.. encode, "--out", _folder["parts"], "--shard", $"{number}/3"]).Succeeds();
        string[] stores =
        [
            .. Directory.GetDirectories(_folder["parts"]).Order(StringComparer.Ordinal).SelectMany(part => new[] { "--embeddings", part }),
        ];
        foreach (
            string[] asked in (string[][])
                [
                    [],
                    ["--cosine"],
                    ["--head", "none"],
                    ["-c", "no dog"],
                    ["-c", "a dog", "--cosine"],
                ]
        )
        {
            string[] score = ["score", .. (asked.Contains("none") ? both[..2] : both), .. asked, "--csv", "-q"];
            string whole = Cli.Run([.. score, "--embeddings", _folder["plain"]]).Succeeds().Out;
            Assert.Equal(whole, Cli.Run([.. score, "--embeddings", _folder["parts"]]).Succeeds().Out);
            Assert.Equal(whole, Cli.Run([.. score, .. stores]).Succeeds().Out);
        }

        Cli.Run(["score", "--embeddings", _folder["plain"], .. stores, .. both])
            .FailsWith("shard-1-of-3: holds the picture '", "plain does");
        Cli.Run([.. encode, "--dtype", "int8", "--out", _folder["bytes"]]).Succeeds();
        Cli.Run(["score", "--embeddings", _folder["plain"], "--embeddings", _folder["bytes"], .. both])
            .FailsWith("bytes: holds embeddings of dtype int8, not float32");
        Directory.Delete(stores[^1], recursive: true);
        Cli.Run(["score", "--embeddings", _folder["parts"], .. both]).FailsWith("1 of 3 parts is not finished: 3");
    }

    [Fact]
    public void A_part_may_be_of_nothing_or_of_broken_pictures_alone()
    {
        string broken = _folder.Write("a/0.png", "no picture");
        File.Copy(models.Picture, _folder["a/1.png"]);
        string[] score = ["score", _folder["a"], "-c", "a cat", "--clip", models.Clip, "--head", models.Head];
        for (int number = 1; number <= 4; number++)
            Cli.Run([.. score, "--out", _folder["parts"], "--shard", $"{number}/4"]).Succeeds();
        Cli.Run("merge", _folder["parts"], "--out", _folder["merged.csv"]).Succeeds();
        Cli.Run([.. score, "--skip-broken", "--out", _folder["plain.csv"]]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["plain.csv"]), File.ReadAllText(_folder["merged.csv"]));
        Assert.Contains($"{broken}: ", File.ReadAllText(_folder["merged.csv"]), StringComparison.Ordinal);

        string[] encode = ["encode", _folder["a"], "--clip", models.Clip, "--head", models.Head];
        for (int number = 1; number <= 3; number++)
            Cli.Run([.. encode, "--out", _folder["store"], "--shard", $"{number}/3"]).Succeeds();
        Cli.Run("merge", _folder["store"]).Succeeds();
        Assert.Single(File.ReadAllLines(_folder["store/images.jsonl"]));
    }

    [Fact]
    public void Wrong_parts_are_refused_in_a_line()
    {
        string[] score = ["score", models.Picture, "-c", "a cat", "--clip", models.Clip, "--head", models.Head];
        Cli.Run([.. score, "--out", _folder["parts"], "--shard", "9/8"]).FailsWith("--shard '9/8'", "I/N is expected");
        Cli.Run([.. score, "--shard", "1/8"]).FailsWith("--shard needs --out DIR");
        Cli.Run([.. score, "--out", _folder["a.csv"], "--shard", "1/8"]).FailsWith("the folder of all parts");
        Cli.Run([.. score, "--out", _folder["parts"], "--shard", "1/8", "--top", "3"]).FailsWith("--sort and --top");
        Cli.Run([.. score, "--out", _folder["parts"], "--shard", "1/8", "--compat", "official"])
            .FailsWith("standardizes all maps together");
        Cli.Run("eval", "scenes", "--shard", "1/2").FailsWith("--shard: figures and their intervals are of all samples together");
        Cli.Run("eval", "statements", "--shard", "1/2").FailsWith("--shard: figures and their intervals are of all pictures together");
        Cli.Run("eval", "all", "--data", _folder.Path, "--shard", "1/2").FailsWith("dcsm eval NAME --shard I/N");
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
        // A result of its own is what a task of an array makes for itself.
        var environment = new Dictionary<string, string> { ["JOB_COMPLETION_INDEX"] = "1", ["DCSM_SHARDS"] = "2" };
        Cli.RunWith(environment, [.. score, "--out", _folder["a.csv"]]).Succeeds();
        Assert.Equal(2, File.ReadAllLines(_folder["a.csv"]).Length);
    }

    // The scenes' pictures, and one that is none.
    private string[] Pictures()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal).Take(11)];
        return [.. pictures[..4], _folder.Write("broken.png", "no picture"), .. pictures[4..]];
    }
}
