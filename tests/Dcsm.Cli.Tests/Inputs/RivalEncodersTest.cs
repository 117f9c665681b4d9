using System.Text.Json;

namespace Dcsm.Cli.Tests.Inputs;

/// <summary>The commands on encoders that are no CLIPs.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class RivalEncodersTest : IDisposable
{
    private const string One = "a red apple and a blue car",
        Two = "a blue apple and a red car";

    private readonly TinyModels _models;
    private readonly TemporaryFolder _folder = new();
    private readonly string _sigLip;

    public RivalEncodersTest(TinyModels models)
    {
        _models = models;
        _sigLip = Copy("siglip-tiny");
        File.Copy(GoldenFiles.Path("tokenizer-rivals", "spiece.model"), Path.Combine(_sigLip, "spiece.model"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_head_is_trained_on_a_SigLIP_and_scores_and_explains_with_it()
    {
        string head = _folder["head"];
        string[] training = [.. _models.TrainArguments(head).Select(argument => argument == _models.Clip ? _sigLip : argument)];
        Assert.Equal(2, Cli.Run([.. training, "--steps", "2", "--json"]).Succeeds().Json().GetProperty("step").GetInt32());
        JsonElement info = Cli.Run("head", "info", head, "--json").Succeeds().Json();
        Assert.Equal((17, 16), (info.GetProperty("imageTokens").GetInt32(), info.GetProperty("textTokens").GetInt32()));

        string[] model = ["--clip", _sigLip, "--head", head];
        JsonElement[] direct = Scores(Cli.Run(["score", _models.Picture, "-c", One, "-c", Two, .. model, "--json"]));
        Assert.All(direct, score => Assert.True(float.IsFinite(score.GetProperty("score").GetSingle())));
        Cli.Run(["explain", _models.Picture, "-c", One, "--out", _folder["a.png"], .. model]).Succeeds();
        Assert.True(new FileInfo(_folder["a.png"]).Length > 0);

        _folder.Write("pairs.csv", $"image,caption\n{_models.Picture},{One}\n{_models.Picture},{Two}\n");
        Cli.Run(["encode", "--pairs", _folder["pairs.csv"], "--out", _folder["store"], .. model]).Succeeds();
        JsonElement[] stored = Scores(Cli.Run(["score", "--embeddings", _folder["store"], .. model, "--json"]));
        Assert.Equal(
            direct.Select(score => score.GetProperty("score").GetSingle()),
            stored.Select(score => score.GetProperty("score").GetSingle()),
            (one, other) => Math.Abs(one - other) < 1e-3
        );
        Cli.Run("score", _models.Picture, "-c", One, "--clip", _models.Clip, "--head", head).FailsWith("--head");
    }

    [Fact]
    public void A_SigLIP_2_reads_captions_with_Gemmas_tokenizer()
    {
        string directory = _sigLip;
        File.Delete(Path.Combine(directory, "spiece.model"));
        TinySigLip2.Make(directory);
        JsonElement[] scores = Scores(
            Cli.Run(
                "score",
                _models.Picture,
                "-c",
                One,
                "-c",
                One.ToUpperInvariant(),
                "-c",
                Two,
                "--clip",
                directory,
                "--head",
                "none",
                "--json"
            )
        );
        Assert.Equal(scores[0].GetProperty("probability").GetDouble(), scores[1].GetProperty("probability").GetDouble());
        Assert.NotEqual(scores[0].GetProperty("probability").GetDouble(), scores[2].GetProperty("probability").GetDouble());
        Cli.Run("classify", _models.Picture, "--clip", directory, "--labels", "apple,car").Succeeds();
        File.WriteAllText(Path.Combine(directory, "tokenizer.json"), "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": \"x\"}}}");
        Cli.Run("score", _models.Picture, "-c", One, "--clip", directory, "--head", "none").FailsWith("tokenizer.json", "vocab.a");
    }

    [Fact]
    public void A_SigLIP_tells_probabilities_by_its_cosine_alone()
    {
        JsonElement info = Cli.Run("clip", "info", _sigLip, "--json").Succeeds().Json();
        Assert.Equal("siglip", info.GetProperty("architecture").GetString());
        Assert.Contains("sigmoid of 9.974 · cosine − 2", Cli.Run("clip", "info", _sigLip).Succeeds().Out, StringComparison.Ordinal);
        foreach (
            JsonElement score in Scores(
                Cli.Run("score", _models.Picture, "-c", One, "-c", Two, "--clip", _sigLip, "--head", "none", "--json")
            )
        )
        {
            Assert.Equal(
                1 / (1 + Math.Exp(2 - (Math.Exp(2.3f) * score.GetProperty("score").GetSingle()))),
                score.GetProperty("probability").GetDouble(),
                1e-9
            );
        }

        Cli.Run("classify", _models.Picture, "--clip", _sigLip, "--labels", "apple,car").Succeeds();
        Cli.Run("clip", "verify", _sigLip).Succeeds();
    }

    [Fact]
    public void A_small_CLIP_is_trained_by_sigmoid_and_tells_probabilities()
    {
        string clip = _folder["sigmoid"];
        Cli.Run([.. _models.PretrainArguments(clip), "--steps", "2", "--loss", "sigmoid"]).Succeeds();
        Assert.Contains("probability", Cli.Run("clip", "info", clip).Succeeds().Out, StringComparison.Ordinal);
        JsonElement score = Assert.Single(Scores(Cli.Run("score", _models.Picture, "-c", One, "--clip", clip, "--head", "none", "--json")));
        // It begins with a bias by which no pair is one.
        Assert.InRange(score.GetProperty("probability").GetDouble(), 1e-9, 0.6);
        Cli.Run([.. _models.PretrainArguments(clip), "--steps", "3"]).FailsWith("other options");
    }

    [Fact]
    public void What_only_CLIPs_can_do_says_so()
    {
        Cli.Run("score", _models.Picture, "-c", One, "--clip", Copy("coca-tiny"), "--head", "none", "--precision", "int8")
            .FailsWith("CoCa", "int8");
        Cli.Run("score", _models.Picture, "-c", One, "--clip", _sigLip, "--head", "none", "--precision", "int8").Succeeds();
        Cli.Run("clip", "convert", _sigLip, _folder["converted"]).FailsWith("SigLIP", "only CLIPs are converted");
        Cli.Run("clip", "convert", Copy("coca-tiny"), _folder["converted"]).FailsWith("CoCa", "only CLIPs are converted");
        Cli.Run("train", "adapt", "--clip", _sigLip, "--methods", "lora", "--out", _folder["adapt"], "--scenes", "4", "--steps", "1")
            .FailsWith("siglip");
    }

    [Fact]
    public void BLIP_and_CoCa_are_opened_like_any_CLIP()
    {
        string blip = Copy("blip-itm-tiny");
        File.WriteAllText(Path.Combine(blip, "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nred\nblue\napple\ncar\nand\n");
        Assert.Contains("a head that matches pairs", Cli.Run("clip", "info", blip).Succeeds().Out, StringComparison.Ordinal);
        JsonElement[] scores = Scores(Cli.Run("score", _models.Picture, "-c", One, "-c", Two, "--clip", blip, "--head", "none", "--json"));
        Assert.All(scores, score => Assert.InRange(score.GetProperty("score").GetSingle(), -1, 1));
        Matches(blip, scores);
        Assert.Equal(
            "coca",
            Cli.Run("clip", "info", Copy("coca-tiny"), "--json").Succeeds().Json().GetProperty("architecture").GetString()
        );
    }

    /// <summary>ITM: pairs by themselves and all together, and what they cost, beside ITC's cosine.</summary>
    private void Matches(string blip, JsonElement[] cosines)
    {
        CliResult matched = Cli.Run("score", _models.Picture, "-c", One, "-c", Two, "--clip", blip, "--head", "itm", "--cosine", "--json");
        JsonElement[] matches = Scores(matched);
        Assert.Contains("2 pairs go through the text tower", matched.Error, StringComparison.Ordinal);
        foreach ((JsonElement match, JsonElement cosine) in matches.Zip(cosines))
        {
            Assert.Equal(match.GetProperty("score").GetSingle(), match.GetProperty("probability").GetSingle());
            Assert.Equal(cosine.GetProperty("score").GetSingle(), match.GetProperty("cosine").GetSingle(), 1e-5f);
        }

        _folder.Write("pairs.csv", $"image,caption\n{_models.Picture},{One}\n{_models.Picture},{Two}\n");
        Assert.Equal(
            matches.Select(match => match.GetProperty("score").GetSingle()),
            Scores(Cli.Run("score", "--pairs", _folder["pairs.csv"], "--clip", blip, "--head", "itm", "--json"))
                .Select(match => match.GetProperty("score").GetSingle()),
            (one, other) => Math.Abs(one - other) < 1e-5
        );
        Cli.Run("score", _models.Picture, "-c", One, "--clip", _sigLip, "--head", "itm").FailsWith("no head that matches pairs");
    }

    [Fact]
    public void Rivals_stand_in_one_table_each_scorer_by_its_kind()
    {
        string blip = Copy("blip-itm-tiny");
        File.WriteAllText(Path.Combine(blip, "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nred\nblue\napple\ncar\nand\n");
        string csv = _folder.Write(
            "own.csv",
            $"image_0,image_1,caption_0,caption_1\n{_models.Picture},{_models.Picture},{One},{Two}\n"
                + $"{_models.Picture},{_models.Picture},{Two},a car\n"
        );
        string[] all = ["--clip", _models.Clip, "--clip", _sigLip, "--clip", blip, "--head", _models.Head];
        string[] scorers = ["clip", "siglip-tiny", "blip-itm-tiny ITC", "blip-itm-tiny ITM", "DCSM"];
        CliResult run = Cli.Run(["eval", "csv", "--data", csv, "--out", _folder["run"], .. all]).Succeeds();
        Assert.All(scorers, scorer => Assert.Contains(scorer, run.Out, StringComparison.Ordinal));
        Assert.Contains(
            "csv: blip-itm-tiny ITM takes every pair through its network: 8 pairs, at most 1 billion multiplication",
            run.Error,
            StringComparison.Ordinal
        );
        JsonElement results = JsonDocument.Parse(File.ReadAllText(_folder["run/results.json"])).RootElement;
        Assert.Equal(
            [
                "cosine of pooled embeddings",
                "cosine of pooled embeddings, sigmoid",
                "cosine of pooled embeddings",
                "image-text matching head",
                "DCSM head",
            ],
            results.GetProperty("scorers").EnumerateArray().Select(one => one.GetProperty("properties").GetProperty("method").GetString())
        );

        // The matching head gives the same from kept features, and what 'score' would say of a pair.
        string items = File.ReadAllText(_folder["run/items.csv"]);
        File.Delete(_folder["run/scores.jsonl"]);
        Cli.Run(["eval", "csv", "--data", csv, "--out", _folder["run"], .. all]).Succeeds();
        Assert.Equal(items, File.ReadAllText(_folder["run/items.csv"]));

        string[] few = ["--split-seed", TinyModels.SplitSeed, .. all];
        Assert.Contains(
            "blip-itm-tiny ITM takes every pair",
            Cli.Run(["eval", "scenes", "--samples", "1", "--kinds", "color", .. few]).Succeeds().Error,
            StringComparison.Ordinal
        );
        run = Cli.Run(["eval", "statements", "--pictures", "3", .. few]).Succeeds();
        Assert.All(scorers, scorer => Assert.Contains(scorer, run.Out, StringComparison.Ordinal));
    }

    private static JsonElement[] Scores(CliResult result) => [.. result.Succeeds().Json().GetProperty("scores").EnumerateArray()];

    private string Copy(string golden)
    {
        string to = _folder[golden];
        Repository.Copy(GoldenFiles.Path("baselines", golden), to);
        return to;
    }
}
