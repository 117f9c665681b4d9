using System.Globalization;
using System.Text.Json;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests;

public class SceneEvaluationResultTests
{
    private static SceneEvaluationResult Result()
    {
        FakeEncoder encoder = new();
        return SceneEvaluation.Run(
            Objects.Tests(),
            [FakeScorer.ThreeOfFour(encoder), FakeScorer.Constant(encoder), FakeScorer.Perfect(encoder)]
        );
    }

    [Fact]
    public void Json_has_the_figures_and_what_they_were_made_with()
    {
        SceneEvaluationResult result = Result();
        using var json = JsonDocument.Parse(result.ToJson());
        JsonElement root = json.RootElement;
        Assert.Equal("scenes", root.GetProperty("benchmark").GetString());
        Assert.Equal("11", root.GetProperty("data").GetProperty("seed").GetString());
        Assert.Equal(2000, root.GetProperty("options").GetProperty("resamples").GetInt32());
        Assert.Equal(
            ["three of four", "constant", "perfect"],
            root.GetProperty("scorers").EnumerateArray().Select(s => s.GetProperty("name").GetString())
        );
        Assert.Equal("fake", root.GetProperty("scorers")[0].GetProperty("properties").GetProperty("method").GetString());
        Assert.NotEmpty(root.GetProperty("versions").GetProperty("dcsm").GetString()!);

        JsonElement[] cells = [.. root.GetProperty("cells").EnumerateArray()];
        Assert.Equal(2 * 3 * 5, cells.Length);
        Assert.Equal(
            ("three of four", "unseenPairs", "color"),
            (cells[0].GetProperty("scorer").GetString(), cells[0].GetProperty("part").GetString(), cells[0].GetProperty("kind").GetString())
        );
        Assert.Equal(JsonValueKind.Null, cells[4].GetProperty("kind").ValueKind);
        Assert.Equal(0.75, cells[4].GetProperty("accuracy").GetProperty("value").GetDouble());
        Assert.Equal(result.Cells[0].Accuracy.Low, cells[0].GetProperty("accuracy").GetProperty("low").GetDouble());
        Assert.Equal(result.Comparisons.Count, root.GetProperty("comparisons").GetArrayLength());
    }

    [Fact]
    public void Json_has_no_samples_in_it()
    {
        SceneEvaluationResult result = Result();
        string text = result.ToJson();
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            ["benchmark", "cells", "comparisons", "data", "options", "scorers", "versions"],
            json.RootElement.EnumerateObject().Select(p => p.Name).Order()
        );
        Assert.DoesNotContain(result.TestSet.Tests[0].Captions[0], text, StringComparison.Ordinal);
        Assert.DoesNotContain(result.TestSet.Tests[0].Id, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_written_as_it_is_told()
    {
        using TemporaryFolder folder = new();
        SceneEvaluationResult result = Result();
        string path = Path.Combine(folder["new"], "result.json");
        result.WriteJson(path);
        Assert.Equal(result.ToJson(), File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder["new"]));
    }

    [Fact]
    public void Items_have_a_row_a_choice_and_agree_with_the_cells()
    {
        using TemporaryFolder folder = new();
        SceneEvaluationResult result = Result();
        result.WriteItems(folder["items.csv"]);
        string[][] lines = [.. File.ReadAllLines(folder["items.csv"]).Select(line => line.Split(','))];
        string[] header = lines[0];
        Assert.Equal(["sample", "part", "kind", "paraphrase", "image", "right_caption", "wrong_caption"], header[..7]);
        Assert.Equal(7 + 3 * 4, header.Length);
        string[][] rows = lines[1..];
        Assert.Equal(48 * 2 * 2, rows.Length);
        Assert.All(rows, row => Assert.Equal(header.Length, row.Length));

        foreach (SceneCell cell in result.Cells.Where(c => c.Kind is not null))
        {
            string[][] own = [.. rows.Where(r => r[1] == SceneNames.Of(cell.Part) && r[2] == SceneNames.Of(cell.Kind!.Value))];
            int at = Array.IndexOf(header, $"{cell.Scorer} right_score");
            Assert.Equal(cell.Items, own.Length);
            Assert.Equal(cell.Accuracy.Value, own.Average(r => Number(r[at + 2])), 1e-12);
            Assert.Equal(cell.Ties, own.Sum(r => Number(r[at + 3])));
            Assert.All(own, r => Assert.Equal(Number(r[at]) > Number(r[at + 1]), r[at + 2] == "1"));
            Assert.All(own, r => Assert.Equal(Number(r[at]) == Number(r[at + 1]), r[at + 3] == "1"));
        }

        SceneTest second = result.TestSet.Tests[1];
        Assert.Equal([second.Id, "unseen_pairs", "color", "1", "opposite", second.OppositeCaptions[1], second.Captions[1]], rows[7][..7]);

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Items_quote_a_scorer_with_a_comma()
    {
        using TemporaryFolder folder = new();
        SceneEvaluation
            .Run(Objects.Tests(samplesPerKind: 1), [FakeScorer.Perfect(new FakeEncoder(), "a, \"b\"")])
            .WriteItems(folder["items.csv"]);
        Assert.EndsWith(
            "\"a, \"\"b\"\" is_right\",\"a, \"\"b\"\" is_tie\"",
            File.ReadLines(folder["items.csv"]).First(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_cell_that_is_not_there_is_null()
    {
        SceneEvaluationResult result = Result();
        Assert.Null(result.Find("perfect", SplitPart.Train));
        Assert.Null(result.Find("nobody", SplitPart.UnseenPairs));
        Assert.Equal([SplitPart.UnseenPairs, SplitPart.UnseenObjects], result.Parts);
        Assert.Equal(Enum.GetValues<SceneKind>(), result.Kinds);
    }
}
