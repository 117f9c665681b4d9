namespace Dcsm.Cli.Tests.Shards;

/// <summary>Works whose whole the command itself makes of its parts: scenes, heads of several seeds, variants, benchmarks.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class ShardedWorkTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scenes_of_parts_are_those_of_the_whole()
    {
        string[] synth = ["synth", "--clip", models.Clip, "--count", "2", "--image-size", "32", "--split-seed", TinyModels.SplitSeed];
        Compare(3, synth, "scenes.jsonl", "dataset.json", "images");
        Cli.Run("merge", _folder["parts"], "--out", _folder["elsewhere"]).FailsWith("goes into", _folder["parts"]);
        Cli.Run([.. synth, "--seed", "2", "--out", _folder["parts"], "--shard", "1/3"]).FailsWith("is of command synth", "not synth");
    }

    [Fact]
    public void Heads_of_seeds_of_parts_are_those_of_the_whole()
    {
        string[] train = [.. models.TrainArguments("x").Where(argument => argument is not ("--out" or "x")), "--steps", "2"];
        Cli.Run([.. train, "--out", _folder["parts"], "--shard", "1/2"]).FailsWith("--shard cuts the heads of --seeds");
        Compare(
            2,
            [.. train, "--seeds", "3"],
            "seed-1/dcsm_head.safetensors",
            "seed-2/dcsm_head.safetensors",
            "seed-3/dcsm_head.safetensors"
        );
        Assert.True(File.Exists(_folder["parts/seeds.json"]));
    }

    [Fact]
    public void Variants_of_parts_are_those_of_the_whole()
    {
        string[] small = ["--scenes", "4", "--steps", "1", "--samples", "2", "--test-samples", "2", "--split-seed", TinyModels.SplitSeed];
        Compare(2, ["train", "ablate", "--clip", models.Clip, "--variants", "rows-off", "--seeds", "1", .. small], "result.json");
    }

    [Fact]
    public void Items_of_parts_are_those_of_the_whole()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal).Take(7)];
        string rows = string.Concat(pictures.Select((picture, i) => $"{picture},a cat and {i} apples,a dog\n"));
        string table = _folder.Write("my.csv", "image,option_0,option_1\n" + rows);
        Compare(3, ["eval", "csv", "--data", table, "--clip", models.Clip, "--head", models.Head], "items.csv", "table.md", "scores.jsonl");
    }

    [Fact]
    public void Pairs_of_which_two_parts_have_a_picture_each_are_those_of_the_whole()
    {
        string[] p = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal).Take(4)];
        string table = _folder.Write(
            "my.csv",
            "image_0,image_1,caption_0,caption_1\n"
                + string.Concat(Enumerable.Range(0, 3).Select(i => $"{p[i]},{p[i + 1]},a cat and {i} apples,a dog\n"))
        );
        Compare(2, ["eval", "csv", "--data", table, "--clip", models.Clip, "--head", models.Head], "items.csv", "table.md", "scores.jsonl");
    }

    [Fact]
    public void Two_processes_share_a_cache_and_not_a_folder()
    {
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Order(StringComparer.Ordinal)];
        string table = _folder.Write(
            "my.csv",
            "image,option_0,option_1\n" + string.Concat(pictures.Select(picture => $"{picture},a cat,a dog\n"))
        );
        string[] eval = ["eval", "csv", "--data", table, "--clip", models.Clip, "--head", models.Head, "--cache", _folder["cache"]];
        using (var one = Cli.Start([.. eval, "--out", _folder["one"]]))
        using (var other = Cli.Start([.. eval, "--out", _folder["other"]]))
        {
            one.Wait().Succeeds();
            other.Wait().Succeeds();
        }

        Cli.Run([.. eval, "--out", _folder["again"]]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["one/items.csv"]), File.ReadAllText(_folder["other/items.csv"]));
        Assert.Equal(File.ReadAllText(_folder["one/items.csv"]), File.ReadAllText(_folder["again/items.csv"]));

        string[] encode = ["encode", .. pictures, "--clip", models.Clip, "--head", models.Head, "--out", _folder["store"]];
        using var first = Cli.Start(encode);
        using var second = Cli.Start(encode);
        CliResult[] results = [first.Wait(), second.Wait()];
        Assert.Contains(results, result => result.ExitCode == 0);
        // The other came too early and was refused, or late and found all done.
        Assert.All(
            results,
            result =>
                Assert.True(
                    result.ExitCode == 0 || (result.ExitCode == 2 && result.Error.Contains("is writing there", StringComparison.Ordinal)),
                    result.ToString()
                )
        );
        Cli.Run("score", "--embeddings", _folder["store"], "-c", "a cat", "--clip", models.Clip, "--head", models.Head, "--csv", "-q")
            .Succeeds();
    }

    // What parts that came in any order make is what one process makes.
    private void Compare(int count, string[] command, params string[] results)
    {
        Cli.Run([.. command, "--out", _folder["plain"]]).Succeeds();
        for (int number = count; number > 0; number--)
            Cli.Run([.. command, "--out", _folder["parts"], "--shard", $"{number}/{count}"]).Succeeds();
        Assert.Contains(
            "is in",
            Cli.Run([.. command, "--out", _folder["parts"], "--shard", $"1/{count}"]).Succeeds().Error,
            StringComparison.Ordinal
        );
        Cli.Run("merge", _folder["parts"]).Succeeds();
        foreach (string result in results)
        {
            string[] files = Directory.Exists(_folder[$"plain/{result}"])
                ? [.. Directory.GetFiles(_folder[$"plain/{result}"]).Select(file => $"{result}/{Path.GetFileName(file)}")]
                : [result];
            Assert.NotEmpty(files);
            Assert.All(
                files,
                file => Assert.Equal(File.ReadAllBytes(_folder[$"plain/{file}"]), File.ReadAllBytes(_folder[$"parts/{file}"]))
            );
        }
    }
}
