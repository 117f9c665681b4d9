using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
public sealed class EvalCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scenes_give_a_cell_for_each_scorer_part_and_kind()
    {
        CliResult run = Scenes(
            "--head",
            models.Head,
            "--samples",
            "3",
            "--json",
            "--out",
            _folder["result"],
            "--markdown",
            _folder["scenes.md"]
        );
        JsonElement[] cells = [.. run.Json().GetProperty("cells").EnumerateArray()];
        Assert.Equal(2 * 2 * 5, cells.Length); // scorers, parts, four kinds and their mean
        Assert.Equal(["CLIP", "DCSM"], cells.Select(c => c.GetProperty("scorer").GetString()).Distinct());
        Assert.Equal(
            run.Json().GetProperty("cells").GetRawText(),
            JsonDocument
                .Parse(File.ReadAllText(Path.Combine(_folder["result"], "results.json")))
                .RootElement.GetProperty("cells")
                .GetRawText()
        );
        Assert.All(
            new[] { "items.csv", "table.md", "table.tex", "examples.png", "report.html" },
            name => Assert.True(File.Exists(Path.Combine(_folder["result"], name)), name)
        );
        string[] markdown = File.ReadAllLines(_folder["scenes.md"]);
        Assert.Contains(markdown, line => line.StartsWith("dcsm eval scenes --", StringComparison.Ordinal));
        Assert.Contains(markdown, line => line.StartsWith("**Differences", StringComparison.Ordinal));

        // What was written can be put beside what another run wrote.
        Scenes("--samples", "2", "--out", _folder["other"]);
        string compared = Cli.Run("eval", "compare", _folder["result"], _folder["other"]).Succeeds().Out;
        Assert.Contains("unseen objects, mean", compared, StringComparison.Ordinal);
        Assert.Contains("result: DCSM", compared, StringComparison.Ordinal);
        Assert.Contains("other: CLIP", compared, StringComparison.Ordinal);
        Assert.Contains("are not of the same items", compared, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("markdown", "| --- |")]
    [InlineData("latex", "\\begin{tabular}")]
    [InlineData("csv", "Objects,Scorer,color")]
    [InlineData("table", "unseen objects")]
    public void Scenes_print_a_table(string format, string part) =>
        Assert.Contains(part, Scenes("--samples", "2", "--kinds", "color", "--format", format).Out, StringComparison.Ordinal);

    [Fact]
    public void Two_heads_are_told_apart_and_compared()
    {
        string copy = models.CopyHead(_folder);
        string text = Scenes(
            "--head",
            models.Head,
            "--head",
            copy,
            "--samples",
            "2",
            "--kinds",
            "size",
            "--part",
            "unseen-objects",
            "--details"
        ).Out;
        Assert.Contains(copy, text, StringComparison.Ordinal);
        Assert.Contains("Differences", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Scenes_of_a_folder_are_judged()
    {
        JsonElement result = Scenes("--scenes", models.Scenes, "--head", models.Head, "--json").Json();
        Assert.Equal(
            ["unseenPairs", "unseenObjects"],
            result.GetProperty("cells").EnumerateArray().Select(c => c.GetProperty("part").GetString()).Distinct()
        );
    }

    [Fact]
    public void Zero_shot_names_objects_and_colors()
    {
        JsonElement result = Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--pictures", "2", "--json", "--quiet").Succeeds().Json();
        Assert.Equal((12, 24), (result.GetProperty("names").GetInt32(), result.GetProperty("pictures").GetInt32()));
        Assert.Contains(
            "| --- |",
            Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--pictures", "1", "--format", "markdown").Succeeds().Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Several_CLIPs_and_heads_stand_in_one_table()
    {
        string second = _folder["second"];
        Cli.Run([.. models.PretrainArguments(second), "--steps", "1", "--seed", "9"]).Succeeds();
        string[] all = ["--clip", models.Clip, "--clip", second, "--head", models.Head, "--split-seed", TinyModels.SplitSeed, "--quiet"];
        foreach (
            string[] command in (string[][])
                [
                    ["scenes", "--samples", "2"],
                    ["statements", "--pictures", "6"],
                ]
        )
        {
            string table = Cli.Run(["eval", .. command, .. all]).Succeeds().Out;
            Assert.All(new[] { "clip", "second", "DCSM" }, scorer => Assert.Contains(scorer, table, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Hardest_objects_are_told_only_where_something_was_missed()
    {
        File.WriteAllText(_folder["names.txt"], "apple\ncar\n");
        CliResult right = Cli.Run("eval", "zeroshot", "--pictures", "1", "--names", _folder["names.txt"]).Succeeds();
        Assert.DoesNotContain("hardest", right.Out + right.Error, StringComparison.OrdinalIgnoreCase);
        CliResult missed = Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--pictures", "2").Succeeds();
        Assert.Contains("hardest", missed.Out + missed.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Int8_is_told_in_what_is_written()
    {
        JsonElement named = Cli.Run(
                "eval",
                "zeroshot",
                "--clip",
                models.Clip,
                "--pictures",
                "1",
                "--precision",
                "int8",
                "--json",
                "--quiet"
            )
            .Succeeds()
            .Json();
        Assert.EndsWith(", int8", named.GetProperty("fingerprint").GetString(), StringComparison.Ordinal);
        string judged = Scenes("--head", models.Head, "--samples", "2", "--precision", "int8", "--json", "--quiet").Out;
        Assert.Contains(", int8\"", judged, StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_are_measured_before_any_head()
    {
        JsonElement result = Cli.Run(
                "eval",
                "maps",
                "--clip",
                models.Clip,
                "--split-seed",
                TinyModels.SplitSeed,
                "--scenes",
                "4",
                "--json",
                "--quiet",
                "--out",
                _folder["maps"]
            )
            .Succeeds()
            .Json();
        Assert.InRange(result.GetProperty("nounAgainstOther").GetDouble(), 0, 1);
        Assert.Equal(4, result.GetProperty("scenes").GetInt32());
        Assert.Contains("AUC", File.ReadAllText(Path.Combine(_folder["maps"], "table.md")), StringComparison.Ordinal);
        Cli.Run("eval", "maps", "--clip", models.Clip, "--part", "train,unseen-pairs").FailsWith("--part");
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Cli.Run("eval", "scenes", "--clip", models.Clip, "--samples", "0").FailsWith("--samples 0");
        Cli.Run("eval", "scenes", "--clip", models.Clip, "--format", "word").FailsWith("word");
        Cli.Run("eval", "scenes", "--clip", models.Clip, "--scenes", _folder["none"]).FailsWith(_folder["none"]);
        Cli.Run("eval", "zeroshot", "--clip", _folder["none"]).FailsWith(_folder["none"]);
    }

    private CliResult Scenes(params string[] arguments) =>
        Cli.Run(["eval", "scenes", "--clip", models.Clip, "--split-seed", TinyModels.SplitSeed, .. arguments]).Succeeds();
}
