using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Cli.Tests.Classification;

/// <summary>A BLIP's matching head where pictures are named.</summary>
public sealed class MatchingHeadTest : IDisposable
{
    private static readonly string[] Labels = ["apple", "car", "cat"],
        Templates = ["a {}", "a red {} and a blue {}"];

    private readonly TemporaryFolder _folder = new();
    private readonly string _blip,
        _data;

    public MatchingHeadTest()
    {
        _blip = _folder["blip"];
        Repository.Copy(GoldenFiles.Path("baselines", "blip-itm-tiny"), _blip);
        File.WriteAllText(Path.Combine(_blip, "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nred\nblue\napple\ncar\nand\ncat\n");
        _data = ClassPictures.Write(_folder, "data", 3, 100, Labels);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pictures_are_named_by_the_mean_probability_of_their_prompts()
    {
        string[] templates = [.. Templates.SelectMany(template => new[] { "--template", template })];
        string[] asked = ["eval", "zeroshot", "--data", _data, "--clip", _blip, .. templates, "--out", _folder["out"]];
        CliResult run = Cli.Run([.. asked, "--json"]).Succeeds();
        // 9 pictures, 3 classes, 2 templates: said before anything begins.
        Assert.StartsWith(
            "BLIP ITM takes every pair through its network: 54 pairs, at most 1 billion multiplication",
            run.Error,
            StringComparison.Ordinal
        );
        JsonElement[] results = [.. run.Json().GetProperty("results").EnumerateArray()];
        Assert.Equal(["BLIP ITC", "BLIP ITM"], results.Select(own => own.GetProperty("scorer").GetString()));
        JsonElement matches = results[1].GetProperty("result");
        Assert.Equal("ensemble", matches.GetProperty("main").GetProperty("name").GetString());
        Assert.Equal(Templates, matches.GetProperty("single").EnumerateArray().Select(own => own.GetProperty("name").GetString()));

        double[][][] probabilities = Probabilities(); // [pictures][templates][classes]
        int[] labels = [.. Enumerable.Range(0, 9).Select(i => i / 3)];
        for (int t = 0; t < Templates.Length; t++)
            Assert.Equal(Right(own => own[t]), Top1(matches.GetProperty("single")[t]), 12);
        double[] Mean(double[][] own) => [.. Labels.Select((_, c) => own.Average(template => template[c]))];
        Assert.Equal(Right(Mean), Top1(matches.GetProperty("main")), 12);
        Assert.Equal(
            probabilities.Select(own => Labels[Best(Mean(own))]),
            File.ReadAllLines(Path.Combine(_folder["out"], "2-BLIP-ITM", "items.csv")).Skip(1).Select(line => line.Split(',')[2])
        );
        string table = File.ReadAllText(Path.Combine(_folder["out"], "table.md"));
        Assert.Contains("| Asked with | BLIP ITC, % | BLIP ITM, % |", table, StringComparison.Ordinal);
        Assert.Contains("ITM by that of their probabilities", table, StringComparison.Ordinal);

        // Of each picture are kept: its embedding, its features, and what was said of it with each prompt.
        string[] Kept() => Directory.GetFiles(Path.Combine(_folder["out"], "embeddings"), "*.dme", SearchOption.AllDirectories);
        Assert.Equal(27, Kept().Length);
        string items = File.ReadAllText(Path.Combine(_folder["out"], "2-BLIP-ITM", "items.csv"));
        Cli.Run([.. asked, "--json"]).Succeeds();
        Assert.Equal(27, Kept().Length);
        Assert.Equal(items, File.ReadAllText(Path.Combine(_folder["out"], "2-BLIP-ITM", "items.csv")));

        double Right(Func<double[][], double[]> of) => probabilities.Select((own, i) => Best(of(own)) == labels[i] ? 1.0 : 0).Average();
    }

    [Fact]
    public void Weights_have_no_prompts_and_objects_alone_no_pairs()
    {
        string[] asked = ["eval", "zeroshot", "--data", _data, "--clip", _blip, "--json"];
        string weights = _folder["weights.safetensors"];
        JsonElement both = Cli.Run([.. asked, "--template", Templates[0], "--save-weights", weights]).Succeeds().Json();
        CliResult one = Cli.Run([.. asked, "--weights", weights]).Succeeds();
        Assert.Contains("BLIP ITM: left out", one.Error, StringComparison.Ordinal);
        Assert.Equal(Top1(both.GetProperty("results")[0].GetProperty("result").GetProperty("main")), Top1(one.Json().GetProperty("main")));
        Assert.Contains(
            "BLIP ITM is asked with --data",
            Cli.Run("eval", "zeroshot", "--pictures", "1", "--clip", _blip).Succeeds().Error,
            StringComparison.Ordinal
        );
        File.Delete(Path.Combine(_blip, "vocab.txt"));
        CliResult unread = Cli.Run(asked).FailsWith("vocab.txt");
        Assert.DoesNotContain("Encoding", unread.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditions_are_asked_of_its_scores_and_not_of_a_space()
    {
        CliResult run = Cli.Run("geometry", "--clip", _blip, "--concepts", "2", "--json").Succeeds();
        Assert.Contains("BLIP ITM has no space", run.Error, StringComparison.Ordinal);
        Assert.Contains("BLIP ITM takes every pair through its network: 44 pairs", run.Error, StringComparison.Ordinal);
        JsonElement[] scored = [.. run.Json().GetProperty("scored").EnumerateArray()];
        Assert.Equal(["BLIP ITC's cosine", "BLIP ITM"], scored.Select(own => own.GetProperty("name").GetString()));
        // The same cases as of the cosine, each with the scores of its own pairs.
        string[] Cases(JsonElement own) =>
            [.. own.GetProperty("conditions").EnumerateArray().Select(one => $"{one.GetProperty("id")} {one.GetProperty("cases")}")];
        Assert.Equal(Cases(scored[0]), Cases(scored[1]));
    }

    [Fact]
    public void It_stands_beside_the_cosine_in_classify()
    {
        string picture = Path.Combine(_data, "car", "0.ppm");
        string[] asked = ["classify", picture, "--clip", _blip, "--labels", string.Join(',', Labels)];
        string[] templates = [.. Templates.SelectMany(template => new[] { "--template", template })];
        CliResult run = Cli.Run([.. asked, .. templates, "--head", "itm", "--json"]).Succeeds();
        Assert.Contains("ITM takes every pair through its network: 6 pairs", run.Error, StringComparison.Ordinal);
        double[][] own = Probabilities()[3];
        foreach (JsonElement label in run.Json().GetProperty("images")[0].GetProperty("labels").EnumerateArray())
        {
            int c = Array.IndexOf(Labels, label.GetProperty("label").GetString());
            Assert.Equal(own.Average(template => template[c]), label.GetProperty("headProbability").GetDouble(), 1e-5);
        }

        Assert.Contains("   ITM 0.", Cli.Run([.. asked, "--head", "itm"]).Succeeds().Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "image,rank,label,probability,score,itm_share,itm_probability\n",
            Cli.Run([.. asked, "--head", "itm", "--csv"]).Succeeds().Out,
            StringComparison.Ordinal
        );
        Cli.Run("classify", picture, "--labels", "apple,car", "--head", "itm").FailsWith("no head that matches pairs");
    }

    /// <summary>By each picture and caption alone.</summary>
    private double[][][] Probabilities()
    {
        using var model = ClipModel.Load(_blip);
        var scorer = new MatcherScorer(model);
        double Of(string picture, string prompt)
        {
            float logit = scorer.Score(scorer.Encoder.EncodeImages([picture]), scorer.Encoder.EncodeTexts([prompt], scorer.TextTokens))[
                0,
                0
            ];
            return 1 / (1 + Math.Exp(-logit));
        }

        return
        [
            .. Labels
                .SelectMany(label => Enumerable.Range(0, 3).Select(i => Path.Combine(_data, label, $"{i}.ppm")))
                .Select(picture =>
                    (double[][])
                        [
                            .. Templates.Select(template =>
                                (double[])[.. Labels.Select(label => Of(picture, template.Replace("{}", label, StringComparison.Ordinal)))]
                            ),
                        ]
                ),
        ];
    }

    private static int Best(double[] scores) => Array.IndexOf(scores, scores.Max());

    private static double Top1(JsonElement figures) => figures.GetProperty("top1").GetProperty("value").GetDouble();
}
