using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary><c>clip convert</c> and <c>head import</c>.</summary>
public sealed class CheckpointCommandTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Convert_writes_a_directory_that_info_reads_as_the_checkpoint_itself()
    {
        JsonElement converted = Cli.Run("clip", "convert", Golden("openai_vit_tiny.pt"), _folder["clip"], "--json").Succeeds().Json();
        Assert.Equal(
            ("open-ai", "quick-gelu", 17),
            (
                converted.GetProperty("format").GetString(),
                converted.GetProperty("activation").GetString(),
                converted.GetProperty("imageTokens").GetInt32()
            )
        );
        Assert.Equal(
            ["config.json", "model.safetensors", "preprocessor_config.json"],
            Directory.GetFiles(_folder["clip"]).Select(Path.GetFileName).Order()
        );
        foreach (string clip in new[] { _folder["clip"], Golden("openai_vit_tiny.pt") })
        {
            Assert.Equal(
                converted.GetProperty("fingerprint").GetString(),
                Cli.Run("clip", "info", clip, "--json").Succeeds().Json().GetProperty("fingerprint").GetString()
            );
        }

        CliResult resNet = Cli.Run("clip", "convert", Golden("openai_rn_tiny.pt"), _folder["rn"]).Succeeds();
        Assert.Contains("a ResNet of width 8 with stages of 1, 2, 1, 1", resNet.Out, StringComparison.Ordinal);
        Assert.Contains("300 tokens", resNet.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["float16", "float32"],
            Cli.Run("clip", "info", Golden("openai_vit_tiny.pt"), "--json")
                .Succeeds()
                .Json()
                .GetProperty("dtype")
                .EnumerateArray()
                .Select(type => type.GetString())
        );
        Assert.Contains("ResNet of width 8", Cli.Run("clip", "info", _folder["rn"]).Succeeds().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_checkpoint_does_not_tell_is_asked_for_or_told()
    {
        string source = Golden("openclip_vit_tiny.module_prefix.pt");
        Cli.Run("clip", "convert", source, _folder["x"]).FailsWith(source, "--config", "--text-heads");
        CliResult guessed = Cli.Run("clip", "convert", source, _folder["guessed"], "--text-heads", "3", "--vision-heads", "2").Succeeds();
        Assert.Contains("--activation quick_gelu", guessed.Error, StringComparison.Ordinal);
        CliResult told = Cli.Run("clip", "convert", source, _folder["told"], "--config", Golden("openclip_vit_tiny.config.json"))
            .Succeeds();
        Assert.DoesNotContain("--activation", told.Error, StringComparison.Ordinal);
        Assert.Contains("\"quick_gelu\"", File.ReadAllText(Path.Combine(_folder["told"], "config.json")), StringComparison.Ordinal);
        Assert.Contains("\"gelu\"", File.ReadAllText(Path.Combine(_folder["guessed"], "config.json")), StringComparison.Ordinal);
        Cli.Run("clip", "convert", source, _folder["x"], "--activation", "relu").FailsWith("relu");
        Cli.Run("clip", "convert", _folder["none.pt"], _folder["x"]).FailsWith("none.pt", "no such file");
    }

    [Fact]
    public void Import_writes_a_head_that_info_reads()
    {
        CliResult import = Cli.Run(
                "head",
                "import",
                GoldenFiles.Path("official-dcsm", "checkpoints", "ckpt_zip.pt"),
                _folder["head"],
                "--json"
            )
            .Succeeds();
        Assert.Contains("--clip", import.Error, StringComparison.Ordinal);
        Assert.Equal(
            (10, 12, "official", "whole-batch"),
            (
                import.Json().GetProperty("imageTokens").GetInt32(),
                import.Json().GetProperty("textTokens").GetInt32(),
                import.Json().GetProperty("placement").GetString(),
                import.Json().GetProperty("standardization").GetString()
            )
        );
        Assert.Contains("above, below, left", Cli.Run("head", "info", _folder["head"]).Succeeds().Out, StringComparison.Ordinal);

        // With the CLIP in the same file.
        Cli.Run(
                "clip",
                "convert",
                GoldenFiles.Path("official-dcsm", "checkpoints", "ckpt_zip.pt"),
                _folder["clip"],
                "--vision-heads",
                "3",
                "--text-heads",
                "2"
            )
            .Succeeds();
        JsonElement bound = Cli.Run(
                "head",
                "import",
                GoldenFiles.Path("official-dcsm", "checkpoints", "ckpt_zip.pt"),
                _folder["bound"],
                "--clip",
                _folder["clip"],
                "--json"
            )
            .Succeeds()
            .Json();
        Assert.Equal(
            Cli.Run("clip", "info", _folder["clip"], "--json").Succeeds().Json().GetProperty("fingerprint").GetString(),
            bound.GetProperty("clip").GetProperty("fingerprint").GetString()
        );
    }

    [Fact]
    public void A_hostile_checkpoint_ends_with_its_name_and_place_and_nothing_was_run()
    {
        foreach (
            string[] command in (string[][])
                [
                    ["head", "import"],
                    ["clip", "convert"],
                ]
        )
        {
            CliResult result = Cli.RunIn(
                _folder.Path,
                [.. command, GoldenFiles.Path("official-dcsm", "checkpoints", "hostile_epoch_eval_legacy.pt"), _folder["out"]]
            );
            result.FailsWith("hostile_epoch_eval_legacy.pt", "__builtin__.eval", "byte 155");
        }
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    private static string Golden(string name) => GoldenFiles.Path("checkpoints", name);
}
