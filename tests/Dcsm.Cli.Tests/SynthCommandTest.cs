using System.Text.Json;

namespace Dcsm.Cli.Tests;

public sealed class SynthCommandTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writes_pictures_captions_and_a_sheet()
    {
        string directory = _folder["scenes"];
        JsonElement result = Cli.Run(
                "synth",
                "--out",
                directory,
                "--count",
                "3",
                "--image-size",
                "48",
                "--kinds",
                "color,spatial",
                "--part",
                "unseen-pairs",
                "unseen-objects",
                "--sheet",
                "--json"
            )
            .Succeeds()
            .Json();
        Assert.Equal(12, result.GetProperty("samples").GetInt32());
        Assert.Equal(24, Directory.GetFiles(Path.Combine(directory, "images"), "*.png").Length);
        Assert.True(File.Exists(result.GetProperty("sheet").GetString()));

        string[] lines = File.ReadAllLines(Path.Combine(directory, "scenes.jsonl"));
        Assert.Equal(12, lines.Length);
        Assert.All(
            lines,
            line => Assert.Contains(JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString(), new[] { "color", "spatial" })
        );
    }

    [Fact]
    public void Writes_JPEG()
    {
        Cli.Run("synth", "--out", _folder["scenes"], "--count", "1", "--image-size", "32", "--kinds", "size", "--format", "jpeg")
            .Succeeds();
        Assert.Equal([0xFF, 0xD8], File.ReadAllBytes(Directory.GetFiles(Path.Combine(_folder["scenes"], "images"), "*.jpg")[0])[..2]);
    }

    [Fact]
    public void An_interrupted_run_goes_on_and_ends_as_if_it_had_not_been()
    {
        string[] arguments = ["--count", "600", "--image-size", "128", "--kinds", "color", "--seed", "5"];
        string broken = _folder["broken"],
            whole = _folder["whole"];
        using (var cli = Cli.Start(["synth", "--out", broken, .. arguments]))
        {
            cli.WaitForFile(Path.Combine(broken, "scenes.jsonl.partial"));
            cli.Interrupt();
            cli.Wait().FailsWithCode(130, "interrupted", broken, "the same command");
        }

        Assert.False(File.Exists(Path.Combine(broken, "scenes.jsonl")));
        Cli.Run(["synth", "--out", broken, .. arguments]).Succeeds();
        Cli.Run(["synth", "--out", whole, .. arguments]).Succeeds();
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole, "scenes.jsonl")), File.ReadAllBytes(Path.Combine(broken, "scenes.jsonl")));
        Assert.Equal(1200, Directory.GetFiles(Path.Combine(broken, "images")).Length);
    }

    [Fact]
    public void A_folder_of_other_settings_is_refused()
    {
        Cli.Run("synth", "--out", _folder["scenes"], "--count", "1", "--image-size", "32", "--kinds", "size").Succeeds();
        Cli.Run("synth", "--out", _folder["scenes"], "--count", "2", "--image-size", "32", "--kinds", "size")
            .FailsWith("samples_per_kind", "other settings");
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Cli.Run("synth").FailsWith("--out");
        Cli.Run("synth", "--out", _folder["x"], "--kinds", "shape").FailsWith("'shape'", "color, size, spatial, negation");
        Cli.Run("synth", "--out", _folder["x"], "--part", "test").FailsWith("'test'", "unseen-pairs");
        Cli.Run("synth", "--out", _folder["x"], "--format", "gif").FailsWith("gif");
        Cli.Run("synth", "--out", _folder["x"], "--objects", _folder["none"]).FailsWith(_folder["none"]);
        Cli.Run("synth", "--out", _folder.Write("file", ""), "--count", "1").FailsWith(_folder["file"]);
    }
}
