using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class ProbeCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_probe_is_trained_asked_and_used_by_classify()
    {
        string data = ClassPictures.Write(_folder, "data", 10, 20, "red", "green", "blue");
        JsonElement result = Probe(data, "--c", "100", "--shots", "1,2,4,all,99", "--seeds", "2", "--json").Succeeds().Json();
        JsonElement test = result.GetProperty("tests")[0];
        Assert.Equal(6, test.GetProperty("pictureCount").GetInt32());
        Assert.Equal(24, result.GetProperty("trainingPictures").GetInt32());
        Assert.True(result.GetProperty("converged").GetBoolean());
        Assert.Equal(1, test.GetProperty("main").GetProperty("top1").GetProperty("value").GetDouble());
        Assert.Equal(
            ["1", "2", "4", "null"],
            result.GetProperty("fewShot").EnumerateArray().Select(point => point.GetProperty("shots").GetRawText())
        );
        Assert.All(
            new[] { "probe.safetensors", "results.json", "items.csv", "table.md", "report.html" },
            name => Assert.True(File.Exists(Path.Combine(_folder["out"], name)), name)
        );
        CliResult named = Cli.Run("classify", Path.Combine(data, "green", "0.ppm"), "--clip", models.Clip, "--probe", _folder["out"])
            .Succeeds();
        Assert.StartsWith("1. green ", named.Out, StringComparison.Ordinal);
        Cli.Run("classify", models.Picture, "--probe", _folder["out"]).FailsWith(_folder["out"], "another CLIP");
    }

    [Fact]
    public void C_is_swept_on_validation_and_several_sets_are_asked()
    {
        string data = ClassPictures.Write(_folder, "data", 6, 60, "red", "green"),
            shifted = ClassPictures.Write(_folder, "shifted", 4, 200, "red", "green");
        JsonElement result = Probe(
                data,
                "--test",
                data,
                "--test",
                shifted,
                "--c",
                "sweep",
                "--features",
                "both",
                "--max-iterations",
                "50",
                "--json"
            )
            .Succeeds()
            .Json();
        Assert.Equal(2, result.GetProperty("tests").GetArrayLength());
        double[] tried = [.. result.GetProperty("trials").EnumerateArray().Select(trial => trial.GetProperty("c").GetDouble())];
        Assert.InRange(tried.Length, 10, 17);
        Assert.Contains(result.GetProperty("c").GetDouble(), tried);
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        string data = ClassPictures.Write(_folder, "data", 2, 20, "red", "green"),
            other = ClassPictures.Write(_folder, "other", 2, 20, "red", "mauve"),
            single = ClassPictures.Write(_folder, "single", 1, 20, "red", "green");
        Probe(data, "--c", "-1").FailsWith("--c", "-1");
        Probe(data, "--shots", "1,x").FailsWith("--shots", "'x'");
        Probe(data, "--test", other).FailsWith("other", "mauve");
        Probe(single).FailsWith("single", "one picture");
        Probe(_folder["none"]).FailsWith("none");
        Directory.CreateDirectory(_folder["empty"]);
        Cli.Run("classify", models.Picture, "--clip", models.Clip, "--probe", _folder["empty"]).FailsWith("probe.safetensors");
        File.WriteAllText(Path.Combine(_folder["empty"], "probe.safetensors"), "damaged");
        Cli.Run("classify", models.Picture, "--clip", models.Clip, "--probe", _folder["empty"]).FailsWith("probe.safetensors");
    }

    private CliResult Probe(string data, params string[] arguments) =>
        Cli.Run(["probe", "--clip", models.Clip, "--data", data, "--out", _folder["out"], .. arguments]);
}
