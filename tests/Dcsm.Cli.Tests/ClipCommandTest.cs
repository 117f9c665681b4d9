using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class ClipCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Info_tells_architecture_parameters_and_fingerprint()
    {
        JsonElement info = Cli.Run("clip", "info", models.Clip, "--json").Succeeds().Json();
        Assert.Equal(
            (32, 8, 17),
            (
                info.GetProperty("image").GetProperty("size").GetInt32(),
                info.GetProperty("image").GetProperty("patch").GetInt32(),
                info.GetProperty("image").GetProperty("tokens").GetInt32()
            )
        );
        Assert.Equal(16, info.GetProperty("dimension").GetInt32());
        Assert.True(info.GetProperty("parameters").GetInt64() > 10_000);
        Assert.Equal(["float32"], info.GetProperty("dtype").EnumerateArray().Select(type => type.GetString()));
        Assert.Equal(20, info.GetProperty("text").GetProperty("contextLength").GetInt32());
        Assert.Contains(
            info.GetProperty("fingerprint").GetString()!,
            Cli.Run("clip", "info", models.Clip).Succeeds().Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Pretraining_says_where_the_CLIP_is_and_which_objects_it_knows()
    {
        Assert.Contains(models.Clip, models.Pretraining.Out, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllLines(models.Names).Order(), File.ReadAllLines(Path.Combine(models.Clip, "objects.txt")).Order());
    }

    [Fact]
    public void An_interrupted_pretraining_goes_on()
    {
        string[] arguments = [.. models.PretrainArguments(_folder["clip"]), "--steps", "100000"];
        using var cli = Cli.Start(arguments);
        cli.WaitForRemark("Pre-training");
        cli.Interrupt();
        cli.Wait().FailsWithCode(130, "interrupted", _folder["clip"], "the same command");
        Assert.True(File.Exists(Path.Combine(_folder["clip"], "checkpoint.safetensors")));

        // Other options would be another run.
        Cli.Run([.. models.PretrainArguments(_folder["clip"]), "--steps", "3"]).FailsWith("checkpoint.safetensors", "other options");
    }

    [Fact]
    public void A_finished_pretraining_is_left_as_it_is()
    {
        byte[] before = File.ReadAllBytes(Path.Combine(models.Clip, "model.safetensors"));
        Cli.Run([.. models.PretrainArguments(models.Clip), "--steps", "2"]).Succeeds();
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(models.Clip, "model.safetensors")));
    }

    [Fact]
    public void Pretraining_on_pictures_with_captions_is_drawn_and_a_finished_run_is_left_as_it_is()
    {
        SceneDataSets.Own(Directory.CreateDirectory(_folder["data"]).FullName, 48);
        string clip = _folder["clip"];
        string[] arguments = [.. Without("--names", clip), "--data", $"csv:{_folder["data/own.csv"]}"];
        CliResult run = Cli.Run([.. arguments, "--pictures", "24", "--split-seed", "1"]).Succeeds();
        Assert.Contains("finds", run.Out, StringComparison.Ordinal);
        Assert.Matches(@"trains on \d+ pictures, \d+ pictures? held out", run.Error);
        Assert.False(File.Exists(Path.Combine(clip, "objects.txt")));
        Assert.True(new FileInfo(Path.Combine(clip, "training.png")).Length > 1000);
        Assert.Equal(3, File.ReadLines(Path.Combine(clip, "metrics.jsonl")).Count());
        Cli.Run("classify", Path.Combine(_folder["data"], "pictures", "0.png"), "--labels", "apple,bus", "--clip", clip).Succeeds();

        byte[] weights = File.ReadAllBytes(Path.Combine(clip, "model.safetensors"));
        Cli.Run([.. arguments, "--steps", "3", "--split-seed", "1"]).Succeeds();
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(clip, "model.safetensors")));
        Cli.Run([.. arguments, "--steps", "3", "--split-seed", "2"]).FailsWith("checkpoint.safetensors", "on other data");
    }

    [Fact]
    public void Batch_sizes_see_equally_many_pictures_and_are_put_side_by_side()
    {
        string[] arguments = [.. Without("--batch", _folder["sizes"])];
        CliResult run = Cli.Run([.. arguments, "--batches", "4,8", "--pictures", "16", "--dense", "0", "--json"]).Succeeds();
        JsonElement[] runs = [.. run.Json().GetProperty("runs").EnumerateArray()];
        Assert.Equal([(4, 4), (8, 2)], runs.Select(own => (own.GetProperty("batch").GetInt32(), own.GetProperty("step").GetInt32())));
        Assert.All(runs, own => Assert.Equal(16, own.GetProperty("pictures").GetInt32()));
        Assert.All(runs, own => Assert.Equal(0, own.GetProperty("denseLoss").GetDouble()));
        Assert.Contains("| 8 | 2 | 16 |", File.ReadAllText(_folder["sizes/table.md"]), StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder["sizes/batches.png"]).Length > 1000);
        // What is there is not trained again.
        CliResult again = Cli.Run([.. arguments, "--batches", "4,8", "--pictures", "16", "--dense", "0", "--json"]).Succeeds();
        Assert.Equal(run.Out, again.Out);
        Assert.Contains("going on from step 4", again.Error, StringComparison.Ordinal);

        Cli.Run([.. arguments, "--batches", "4,x"]).FailsWith("--batches '4,x'", "'x'");
        Cli.Run([.. arguments, "--data", "scenes"]).FailsWith("--names", "--data");
        Cli.Run("clip", "pretrain", "--out", _folder["x"], "--data", "scenes").FailsWith("--data scenes");
        Cli.Run("clip", "pretrain", "--out", _folder["x"], "--data", "csv:a.csv:2").FailsWith("a weight");
    }

    private string[] Without(string option, string directory)
    {
        string[] all = models.PretrainArguments(directory);
        int at = Array.IndexOf(all, option);
        return [.. all[..at], .. all[(at + 2)..]];
    }

    [Fact]
    public void Verify_passes_what_it_can_of_weights_that_it_does_not_know()
    {
        CliResult run = Cli.Run("clip", "verify", models.Clip).Succeeds();
        Assert.Contains("pass  tensors", run.Out, StringComparison.Ordinal);
        Assert.Contains("pass  embeddings", run.Out, StringComparison.Ordinal);
        Assert.Contains("note  published cosines", run.Out, StringComparison.Ordinal);
        Assert.True(Cli.Run("clip", "verify", models.Clip, "--json").Succeeds().Json().GetProperty("passed").GetBoolean());
        Cli.Run("clip", "verify", _folder["none"]).FailsWith(_folder["none"]);
    }

    [Fact]
    public void Verify_names_what_is_wrong_and_its_exit_code_tells()
    {
        string clip = models.CopyClip(_folder);
        foreach (string file in new[] { "vocab.json", "merges.txt" })
            File.Delete(Path.Combine(clip, file));
        CliResult dumb = Cli.Run("clip", "verify", clip);
        Assert.Equal(1, dumb.ExitCode);
        Assert.Contains("FAIL  tokenizer: ", dumb.Out, StringComparison.Ordinal);
        Assert.Contains("pass  embeddings: of images only", dumb.Out, StringComparison.Ordinal);

        string config = Path.Combine(clip, "config.json");
        File.WriteAllText(
            config,
            File.ReadAllText(config).Replace("\"intermediate_size\": 128", "\"intermediate_size\": 96", StringComparison.Ordinal)
        );
        CliResult torn = Cli.Run("clip", "verify", clip, "--json");
        Assert.Equal(1, torn.ExitCode);
        Assert.False(torn.Json().GetProperty("passed").GetBoolean());
        Assert.Contains("96", torn.Json().GetProperty("lines")[0].GetProperty("finding").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_in_the_cache_goes_by_its_name()
    {
        string snapshot = Path.Combine(_folder["cache"], "models--owner--model", "snapshots", "0123");
        Directory.CreateDirectory(snapshot);
        foreach (string file in Directory.EnumerateFiles(models.Clip))
            File.Copy(file, Path.Combine(snapshot, Path.GetFileName(file)));
        Directory.CreateDirectory(Path.Combine(_folder["cache"], "models--owner--model", "refs"));
        File.WriteAllText(Path.Combine(_folder["cache"], "models--owner--model", "refs", "main"), "0123");
        var environment = new Dictionary<string, string> { ["HF_HUB_CACHE"] = _folder["cache"], ["HF_HUB_OFFLINE"] = "1" };
        Assert.Equal(
            snapshot,
            Cli.RunWith(environment, "clip", "info", "owner/model", "--json").Succeeds().Json().GetProperty("directory").GetString()
        );
        Assert.Equal(snapshot + "\n", Cli.RunWith(environment, "clip", "pull", "owner/model", "--quiet").Succeeds().Out);
        Cli.RunWith(environment, "clip", "pull", "owner/other").FailsWith("owner/other", "HF_HUB_OFFLINE");
        environment.Remove("HF_HUB_OFFLINE");
        environment["TRANSFORMERS_OFFLINE"] = "1";
        Cli.RunWith(environment, "clip", "pull", "owner/other").FailsWith("owner/other", "TRANSFORMERS_OFFLINE forbids");
        Cli.RunWith(environment, "clip", "pull", "nothing").FailsWith("'nothing'", "owner/name");
        Cli.RunWith(environment, "clip", "info", "owner/other").FailsWith("owner/other", "dcsm clip pull owner/other");

        // Without a network that is said soon, and what is in the cache.
        Dictionary<string, string> unreachable = new() { ["HF_HUB_CACHE"] = _folder["cache"], ["HF_ENDPOINT"] = "http://127.0.0.1:1" };
        Cli.RunWith(unreachable, "clip", "pull", "owner/model", "--quiet").FailsWith("http://127.0.0.1:1", "offline", snapshot);
        Cli.RunWith(new() { ["HF_ENDPOINT"] = "hf-mirror.com" }, "clip", "pull", "owner/model")
            .FailsWith("HF_ENDPOINT", "'hf-mirror.com'", "https://huggingface.co");
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Cli.Run("clip", "pretrain", "--out", _folder["x"], "--image-size", "30", "--patch-size", "8")
            .FailsWith("--image-size 30", "--patch-size 8");
        Cli.Run("clip", "pretrain", "--out", _folder["x"], "--width", "33").FailsWith("--width 33");
        Cli.Run("clip", "pretrain", "--out", _folder["x"], "--names", _folder.Write("names", "apple\nunicorns\n"))
            .FailsWith("line 2", "'unicorns'");
    }
}
