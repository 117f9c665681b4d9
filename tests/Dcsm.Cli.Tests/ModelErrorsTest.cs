using System.Text.Json.Nodes;

namespace Dcsm.Cli.Tests;

/// <summary>Wrong directories, missing and wrong files: one line that says what and where.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class ModelErrorsTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_directory_that_is_not_there() => Score(_folder["none"], models.Head).FailsWith(_folder["none"]);

    [Fact]
    public void A_directory_without_a_CLIP() => Score(_folder.Path, models.Head).FailsWith(_folder.Path, "config.json");

    [Fact]
    public void Missing_weights()
    {
        string clip = models.CopyClip(_folder);
        File.Delete(Path.Combine(clip, "model.safetensors"));
        Score(clip, models.Head).FailsWith("model.safetensors");
    }

    [Fact]
    public void Torn_weights()
    {
        string path = Path.Combine(models.CopyClip(_folder), "model.safetensors");
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^1000]);
        Score(_folder["clip"], models.Head).FailsWith("model.safetensors");
    }

    [Fact]
    public void Weights_of_another_shape()
    {
        string clip = models.CopyClip(_folder);
        Edit(Path.Combine(clip, "config.json"), config => config["vision_config"]!["intermediate_size"] = 96);
        Score(clip, models.Head).FailsWith("model.safetensors", "96");
    }

    [Fact]
    public void A_configuration_that_is_no_JSON()
    {
        File.WriteAllText(Path.Combine(models.CopyClip(_folder), "config.json"), "{");
        Score(_folder["clip"], models.Head).FailsWith("config.json");
    }

    [Fact]
    public void A_head_of_another_CLIP()
    {
        string path = Path.Combine(models.CopyClip(_folder), "model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^2] ^= 1; // one bit of one weight
        File.WriteAllBytes(path, bytes);
        Score(_folder["clip"], models.Head).FailsWith("another CLIP", models.Head, _folder["clip"]);
        Cli.Run("eval", "scenes", "--clip", _folder["clip"], "--head", models.Head, "--samples", "1").FailsWith("another CLIP");
    }

    [Fact]
    public void A_head_that_is_not_there()
    {
        Score(models.Clip, _folder["none"]).FailsWith(_folder["none"]);
        Cli.Run("head", "info", _folder.Path).FailsWith("dcsm_config.json");
    }

    [Fact]
    public void A_head_without_weights()
    {
        File.Delete(Path.Combine(models.CopyHead(_folder), "dcsm_head.safetensors"));
        Score(models.Clip, _folder["head"]).FailsWith("dcsm_head.safetensors");
    }

    [Fact]
    public void A_head_of_another_shape()
    {
        string head = models.CopyHead(_folder);
        Edit(Path.Combine(head, "dcsm_config.json"), config => config["hidden"] = 64);
        Score(models.Clip, head).FailsWith("dcsm_head.safetensors", "64");
    }

    [Fact]
    public void A_stack_trace_with_verbose_only()
    {
        CliResult run = Cli.Run("head", "info", _folder["none"], "--verbose");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("\ndcsm: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("   at ", run.Error, StringComparison.Ordinal);
    }

    private static void Edit(string path, Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(path))!;
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    private CliResult Score(string clip, string head) =>
        Cli.Run("score", models.Picture, "-c", "a red apple", "--clip", clip, "--head", head);
}
