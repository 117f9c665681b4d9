using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
public sealed class EvalStatementsCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Figures_are_printed_and_written()
    {
        string head = HeadWith(calibration: null);
        CliResult run = Statements("--head", head, "--json", "--out", _folder["result"], "--markdown", _folder["statements.md"]);
        JsonElement[] figures = [.. run.Json().GetProperty("figures").EnumerateArray()];
        Assert.Equal(["CLIP", "DCSM"], figures.Select(figure => figure.GetProperty("scorer").GetString()).Distinct());
        Assert.Equal(["unseenObjects"], figures.Select(figure => figure.GetProperty("part").GetString()).Distinct());
        Assert.Equal(["trained", "other"], figures.Select(figure => figure.GetProperty("wordings").GetString()).Distinct());
        Assert.All(figures, figure => Assert.InRange(figure.GetProperty("value").GetProperty("value").GetDouble(), 0, 1));
        Assert.NotEmpty(run.Json().GetProperty("differences").EnumerateArray());
        Assert.Equal(run.Out.TrimEnd('\n'), File.ReadAllText(Path.Combine(_folder["result"], "results.json")).TrimEnd('\n'));
        Assert.All(
            new[] { "items.csv", "tables.md", "report.html" },
            name => Assert.True(File.Exists(Path.Combine(_folder["result"], name)), name)
        );
        // No probability, no diagram of it.
        Assert.False(File.Exists(Path.Combine(_folder["result"], "reliability.png")));
        string[] markdown = File.ReadAllLines(_folder["statements.md"]);
        Assert.Contains(markdown, line => line.StartsWith("dcsm eval statements --", StringComparison.Ordinal));
        Assert.Contains(markdown, line => line.StartsWith("**Differences: Galleries", StringComparison.Ordinal));
    }

    [Fact]
    public void A_head_with_a_calibration_has_its_reliability_drawn()
    {
        string head = HeadWith(new JsonObject { ["temperature"] = 2.5, ["bias"] = -0.5 });
        CliResult run = Statements("--head", head, "--json", "--out", _folder["result"]);
        Assert.Equal(2.5, run.Json().GetProperty("calibrations")[1].GetProperty("temperature").GetDouble());
        Assert.Equal(JsonValueKind.Null, run.Json().GetProperty("calibrations")[0].ValueKind);
        Assert.Equal(
            ["DCSM", "DCSM"],
            run.Json().GetProperty("reliability").EnumerateArray().Select(diagram => diagram.GetProperty("scorer").GetString())
        );
        Assert.True(File.Exists(Path.Combine(_folder["result"], "reliability.png")));
        Assert.Contains("Probabilities", File.ReadAllText(Path.Combine(_folder["result"], "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_are_rows_and_differences_details()
    {
        string text = Statements("--head", models.Head, "--part", "unseen-pairs,unseen-objects", "--details", "--format", "csv").Out;
        Assert.Contains("unseen pairs,trained,CLIP", text, StringComparison.Ordinal);
        Assert.Contains("unseen objects,other,DCSM − CLIP", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Cli.Run("eval", "statements", "--clip", models.Clip, "--pictures", "0").FailsWith("--pictures 0");
        Cli.Run("eval", "statements", "--clip", models.Clip, "--part", "none").FailsWith("'none'");
        Cli.Run("eval", "statements", "--clip", models.Clip, "--head", _folder["none"]).FailsWith(_folder["none"]);
    }

    private string HeadWith(JsonObject? calibration)
    {
        string head = models.CopyHead(_folder);
        string file = Path.Combine(head, "dcsm_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config.Remove("calibration");
        if (calibration is not null)
            config["calibration"] = calibration;
        File.WriteAllText(file, config.ToJsonString());
        return head;
    }

    private CliResult Statements(params string[] arguments) =>
        Cli.Run([
                "eval",
                "statements",
                "--clip",
                models.Clip,
                "--split-seed",
                TinyModels.SplitSeed,
                "--pictures",
                "6",
                "--quiet",
                .. arguments,
            ])
            .Succeeds();
}
