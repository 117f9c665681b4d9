using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
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
