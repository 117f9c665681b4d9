using System.Globalization;
using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
public sealed class ScoreCommandTest(TinyModels models) : IDisposable
{
    private const string One = "a red apple and a blue car",
        Two = "a blue apple and a red car";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_picture_is_scored_with_every_caption()
    {
        string other = models.Picture.Replace("train-color", "train-size", StringComparison.Ordinal);
        JsonElement result = Score(models.Picture, other, "-c", One, "-c", Two, "--cosine", "--json").Succeeds().Json();

        JsonElement[] scores = [.. result.GetProperty("scores").EnumerateArray()];
        Assert.Equal([models.Picture, models.Picture, other, other], scores.Select(s => s.GetProperty("image").GetString()));
        Assert.Equal([One, Two, One, Two], scores.Select(s => s.GetProperty("caption").GetString()));
        Assert.All(scores, s => Assert.True(float.IsFinite(s.GetProperty("score").GetSingle())));
        Assert.All(scores, s => Assert.InRange(s.GetProperty("cosine").GetSingle(), -1, 1));
        Assert.StartsWith("sha256:", result.GetProperty("clip").GetProperty("fingerprint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_caption_is_no_formula_of_a_spreadsheet_unless_it_is_for_programs()
    {
        const string Formula = "=HYPERLINK(a)";
        Assert.Contains($",'{Formula},", Score(models.Picture, "-c", Formula, "--csv").Succeeds().Out, StringComparison.Ordinal);
        Assert.Contains(
            $",{Formula},",
            Score(models.Picture, "-c", Formula, "--csv", "--csv-raw").Succeeds().Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_table_marks_the_best_caption()
    {
        CliResult run = Score(models.Picture, "--caption", One, "--caption", Two).Succeeds();
        Assert.Single(run.Out.Split('\n'), line => line.Contains("* ", StringComparison.Ordinal));
        Assert.Contains(One, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Probabilities_scores_and_shares_are_told_apart()
    {
        JsonElement[] scores =
        [
            .. Score(models.Picture, "-c", One, "-c", Two, "--softmax", "--json").Succeeds().Json().GetProperty("scores").EnumerateArray(),
        ];
        Assert.All(scores, score => Assert.InRange(score.GetProperty("probability").GetDouble(), 0, 1));
        Assert.Equal(1, scores.Sum(score => score.GetProperty("softmax").GetDouble()), 9);
        bool first = scores[0].GetProperty("score").GetSingle() > scores[1].GetProperty("score").GetSingle();
        Assert.Equal(first, scores[0].GetProperty("probability").GetDouble() > scores[1].GetProperty("probability").GetDouble());
        Assert.Equal(first, scores[0].GetProperty("softmax").GetDouble() > 0.5);
        Assert.Contains("probability", Score(models.Picture, "-c", One).Succeeds().Out, StringComparison.Ordinal);
        Assert.DoesNotContain("probability", Score(models.Picture, "-c", One, "--logits").Succeeds().Out, StringComparison.Ordinal);
        Assert.Contains("share", Score(models.Picture, "-c", One, "--softmax").Succeeds().Out, StringComparison.Ordinal);
        string pairs = _folder.Write("pairs.csv", $"image,caption\n{models.Picture},{One}\n");
        Score("--pairs", pairs, "--softmax").FailsWith("--softmax");
    }

    [Fact]
    public void Of_what_the_head_cannot_judge_no_probability_is_told()
    {
        string file = Path.Combine(models.CopyHead(_folder), "dcsm_config.json");
        System.Text.Json.Nodes.JsonObject config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config["known_words"] = new System.Text.Json.Nodes.JsonArray("dog");
        config["empty_words"] = new System.Text.Json.Nodes.JsonArray("of");
        File.WriteAllText(file, config.ToJsonString());
        string[] arguments = ["score", models.Picture, "-c", "dog", "-c", "walrus", "-c", "of", "--clip", models.Clip];
        CliResult run = Cli.Run([.. arguments, "--head", Path.GetDirectoryName(file)!]).Succeeds();
        Assert.Contains("\"walrus\" holds 'walrus', a word that", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"of\" names nothing", run.Out, StringComparison.Ordinal);
        JsonElement[] scores =
        [
            .. Cli.Run([.. arguments, "--head", Path.GetDirectoryName(file)!, "--json"])
                .Succeeds()
                .Json()
                .GetProperty("scores")
                .EnumerateArray(),
        ];
        Assert.Equal([true, false, false], scores.Select(score => score.TryGetProperty("probability", out _)));
        Assert.Contains("walrus", scores[1].GetProperty("notJudged").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_without_a_calibration_says_so()
    {
        string head = models.CopyHead(_folder);
        string file = Path.Combine(head, "dcsm_config.json");
        System.Text.Json.Nodes.JsonObject config = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        Assert.True(config.Remove("calibration"));
        File.WriteAllText(file, config.ToJsonString());
        CliResult run = Cli.Run("score", models.Picture, "-c", One, "--clip", models.Clip, "--head", head).Succeeds();
        Assert.Contains("no calibration", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("probability", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_leaves_the_result_alone()
    {
        CliResult run = Score(models.Picture, "-c", One, "--csv", "--quiet").Succeeds();
        Assert.Empty(run.Error);
        Assert.Equal(2, run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Captions_of_a_file_join_those_of_the_command_line()
    {
        string captions = _folder.Write("captions.txt", $"{One}\n\n  {Two}  \n");
        JsonElement result = Score(models.Picture, "-c", "an apple", "--captions", captions, "--json").Succeeds().Json();
        Assert.Equal(
            ["an apple", One, Two],
            result.GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("caption").GetString())
        );
    }

    [Fact]
    public void Pairs_give_what_the_same_pairs_give_one_by_one()
    {
        string name = Path.GetFileName(models.Picture);
        File.Copy(models.Picture, _folder[name]);
        string table = _folder.Write("pairs.csv", $"image,caption\n{name},{One}\n{name},\"{Two}, or so\"\n");
        string file = _folder["scores.csv"];
        CliResult run = Score("--pairs", table, "--out", file).Succeeds();
        Assert.Empty(run.Out);

        string[] lines = File.ReadAllLines(file);
        Assert.Equal("image,caption,score,probability", lines[0]);
        Assert.Equal(3, lines.Length);
        JsonElement alone = Score(models.Picture, "-c", One, "--json").Succeeds().Json();
        string score = lines[1].Split(',')[^2];
        Assert.Equal(
            alone.GetProperty("scores")[0].GetProperty("score").GetSingle(),
            float.Parse(score, CultureInfo.InvariantCulture),
            1e-4f
        );
    }

    [Fact]
    public void Numbers_are_invariant_in_every_culture()
    {
        string[] arguments = [.. Arguments(models.Picture, "-c", One, "--csv")];
        string english = Cli.Run(arguments).Succeeds().Out;
        Assert.Equal(english, Cli.RunWith(new() { ["LANG"] = "de_DE.UTF-8", ["LC_ALL"] = "de_DE.UTF-8" }, arguments).Succeeds().Out);
    }

    [Fact]
    public void Scoring_needs_neither_the_training_room_nor_libtorch()
    {
        string program = _folder["program"];
        Directory.CreateDirectory(program);
        foreach (string file in Directory.EnumerateFiles(AppContext.BaseDirectory))
        {
            string name = Path.GetFileName(file);
            bool torch =
                name.Contains("torch", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("Dcsm.Training", StringComparison.Ordinal)
                || name.StartsWith("libc10", StringComparison.Ordinal);
            // Without its list of dependencies the program takes what lies beside it.
            if (!torch && !name.EndsWith(".deps.json", StringComparison.Ordinal))
                File.CreateSymbolicLink(Path.Combine(program, name), file);
        }

        Cli.RunProgram(Path.Combine(program, "Dcsm.Cli.dll"), null, [.. Arguments(models.Picture, "-c", One)]).Succeeds();
    }

    [Fact]
    public void A_caption_beyond_the_tokens_of_the_head_is_cut_with_a_warning()
    {
        string caption = string.Concat(Enumerable.Repeat("a red apple and ", 30)) + "a car";
        CliResult run = Score(models.Picture, "-c", caption, "--json", "--quiet").Succeeds();
        Assert.Contains("dcsm: warning: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("tokens", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Json().GetProperty("scores").EnumerateArray());
    }

    // The official programs standardize all maps of a call together, so a score depends on what else is asked.
    [Fact]
    public void Compatible_scores_depend_on_their_neighbors()
    {
        double First(params string[] arguments) =>
            Score([models.Picture, .. arguments, "--json", "--quiet"])
                .Succeeds()
                .Json()
                .GetProperty("scores")[0]
                .GetProperty("score")
                .GetDouble();
        string[] alone = ["-c", One],
            both = ["-c", One, "-c", "a small horse without a rocket"];
        Assert.Equal(First(alone), First(both), 1e-6);
        Assert.NotEqual(First([.. alone, "--compat", "official"]), First([.. both, "--compat", "official"]), 1e-6);
        Assert.NotEqual(First([.. both, "--compat", "official-notebook"]), First([.. both, "--compat", "official"]), 1e-6);
        Score(models.Picture, "-c", One, "--compat", "other").FailsWith("other");
    }

    [Fact]
    public void Scores_in_int8_are_near_those_in_float32()
    {
        JsonElement exact = Score(models.Picture, "-c", One, "--cosine", "--json").Succeeds().Json(),
            int8 = Score(models.Picture, "-c", One, "--cosine", "--json", "--precision", "int8").Succeeds().Json();
        Assert.Equal("float32", exact.GetProperty("clip").GetProperty("precision").GetString());
        Assert.Equal("int8", int8.GetProperty("clip").GetProperty("precision").GetString());
        double Cosine(JsonElement result) => result.GetProperty("scores")[0].GetProperty("cosine").GetDouble();
        Assert.NotEqual(Cosine(exact), Cosine(int8));
        Assert.Equal(Cosine(exact), Cosine(int8), 0.05);
        Score(models.Picture, "-c", One, "--precision", "int4").FailsWith("int4", "int8");
    }

    [Fact]
    public void Int8_of_a_ResNet_is_refused()
    {
        string resNet = GoldenFiles.Path("checkpoints", "openai_rn_tiny.pt");
        Cli.Run("score", models.Picture, "-c", One, "--clip", resNet, "--head", models.Head, "--precision", "int8")
            .FailsWith(resNet, "ResNet", "int8");
    }

    [Fact]
    public void An_empty_caption_is_refused() => Score(models.Picture, "-c", One, "-c", "  ").FailsWith("caption 2 is empty");

    [Fact]
    public void Nothing_to_score_is_refused()
    {
        Score(models.Picture).FailsWith("--caption");
        Score("-c", One).FailsWith("no picture");
    }

    [Fact]
    public void A_missing_picture_is_named() => Score(_folder["none.png"], "-c", One).FailsWith(_folder["none.png"], "no such picture");

    [Fact]
    public void An_unreadable_picture_is_named()
    {
        string text = _folder.Write("text.png", "not a picture");
        Score(models.Picture, text, "-c", One).FailsWith(text);
        File.WriteAllBytes(_folder["torn.png"], File.ReadAllBytes(models.Picture)[..200]);
        Score(_folder["torn.png"], "-c", One).FailsWith("torn.png");
        Score(_folder.Write("empty.png", ""), "-c", One).FailsWith("empty.png");
    }

    [Fact]
    public void Bad_pairs_are_named_with_their_row()
    {
        File.Copy(models.Picture, _folder["good.png"]);
        _folder.Write("text.png", "not a picture");
        Pairs("image,caption\ngood.png,a car\nnone.png,a car\n").FailsWith("pairs.csv, line 3", "'none.png' does not exist");
        Pairs("image,caption\ngood.png,a car\ntext.png,a car\n").FailsWith("pairs.csv, line 3", "text.png");
        Pairs("image,caption\ngood.png,\n").FailsWith("pairs.csv, line 2, column caption", "empty");
        Pairs("image,text\ngood.png,a car\n").FailsWith("line 1", "the column caption is missing");

        CliResult Pairs(string text) => Score("--pairs", _folder.Write("pairs.csv", text));
    }

    [Fact]
    public void A_table_of_pairs_excludes_other_input() =>
        Score(models.Picture, "--pairs", _folder.Write("pairs.csv", "image,caption\n")).FailsWith("--pairs");

    [Fact]
    public void Output_formats_exclude_each_other()
    {
        Score(models.Picture, "-c", One, "--json", "--csv").FailsWith("--csv and --json");
        Score(models.Picture, "-c", One, "--out", _folder["scores.txt"]).FailsWith("the ending must be .json, .csv");
    }

    private CliResult Score(params string[] arguments) => Cli.Run(Arguments(arguments));

    private string[] Arguments(params string[] arguments) => ["score", .. arguments, "--clip", models.Clip, "--head", models.Head];
}
