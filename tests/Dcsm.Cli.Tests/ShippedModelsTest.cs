using System.Text;
using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary>What ships is what its model cards say. The floors are below the measured figures by more than the samples' spread.</summary>
public sealed class ShippedModelsTest
{
    [Fact]
    public void The_head_is_right_where_CLIP_guesses()
    {
        JsonElement[] cells =
        [
            .. Cli.Run("eval", "scenes", "--samples", "60", "--json", "--quiet").Succeeds().Json().GetProperty("cells").EnumerateArray(),
        ];
        Assert.Equal(2 * 2 * 5, cells.Length);
        foreach (JsonElement cell in cells)
        {
            double accuracy = cell.GetProperty("accuracy").GetProperty("value").GetDouble();
            bool mean = cell.GetProperty("kind").ValueKind == JsonValueKind.Null;
            if (cell.GetProperty("scorer").GetString() == "DCSM")
                Assert.True(accuracy > (mean ? 0.94 : 0.88), cell.ToString());
            else if (mean)
                Assert.InRange(accuracy, 0.4, 0.65);
        }
    }

    [Fact]
    public void Embeddings_in_half_precision_change_no_choice()
    {
        using var folder = new TemporaryFolder();
        Cli.Run("synth", "--out", folder["scenes"], "--count", "10", "--part", "unseen-objects", "-q").Succeeds();
        var table = new StringBuilder("image,caption\n");
        foreach (string line in File.ReadAllLines(folder["scenes/scenes.jsonl"]))
        {
            JsonElement scene = JsonDocument.Parse(line).RootElement;
            foreach (string image in (string[])["image", "opposite_image"])
            {
                foreach (string captions in (string[])["captions", "opposite_captions"])
                {
                    table
                        .Append(scene.GetProperty(image).GetString())
                        .Append(",\"")
                        .Append(scene.GetProperty(captions)[0].GetString())
                        .Append("\"\n");
                }
            }
        }
        string pairs = folder.Write("scenes/pairs.csv", table.ToString());
        float[] Scores(string type)
        {
            Cli.Run("encode", "--pairs", pairs, "--out", folder[type], "--dtype", type, "-q").Succeeds();
            return
            [
                .. Cli.Run("score", "--embeddings", folder[type], "--json", "-q")
                    .Succeeds()
                    .Json()
                    .GetProperty("scores")
                    .EnumerateArray()
                    .Select(s => s.GetProperty("score").GetSingle()),
            ];
        }

        float[] whole = Scores("float32"),
            halves = Scores("float16"),
            bytes = Scores("int8");
        Assert.Equal(160, whole.Length);
        Assert.InRange(whole.Zip(halves, (a, b) => Math.Abs(a - b)).Max(), 1e-6f, 0.03f);
        Assert.InRange(whole.Zip(bytes, (a, b) => Math.Abs(a - b)).Max(), 1e-3f, 1f);
        for (int image = 0; image < 80; image++)
            Assert.Equal(whole[2 * image] > whole[(2 * image) + 1], halves[2 * image] > halves[(2 * image) + 1]);
    }

    [Fact]
    public void The_CLIP_names_objects_and_colors()
    {
        JsonElement result = Cli.Run("eval", "zeroshot", "--pictures", "4", "--json", "--quiet").Succeeds().Json();
        Assert.True(result.GetProperty("names").GetInt32() >= 200);
        Assert.True(result.GetProperty("naming").GetProperty("value").GetDouble() > 0.8, result.GetProperty("naming").ToString());
        Assert.True(
            result.GetProperty("colorNaming").GetProperty("value").GetDouble() > 0.97,
            result.GetProperty("colorNaming").ToString()
        );
    }

    [Fact]
    public void Punctuation_and_openings_change_no_score()
    {
        string[] captions =
        [
            "a red teapot and a blue car",
            "A red teapot and a blue car.",
            "There's a red teapot, and a blue car!",
            "\u201cred teapot , blue car\u201d",
        ];
        JsonElement scored = Cli.Run([
                "score",
                Repository.Path("data/samples/color.png"),
                .. captions.SelectMany(one => new[] { "-c", one }),
                "--json",
                "-q",
            ])
            .Succeeds()
            .Json();
        Assert.Single(scored.GetProperty("scores").EnumerateArray().Select(one => one.GetProperty("score").GetDouble()).Distinct());
    }

    [Fact]
    public void Models_are_small() =>
        Assert.InRange(
            new[] { "data/clip-small", "data/head-small" }
                .SelectMany(folder => Directory.EnumerateFiles(Repository.Path(folder)))
                .Sum(file => new FileInfo(file).Length),
            1,
            24_000_000
        );

    [Theory]
    [InlineData(
        "data/clip-small",
        "config.json",
        "model.safetensors",
        "vocab.json",
        "merges.txt",
        "preprocessor_config.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "objects.txt",
        "known_words.txt",
        "README.md"
    )]
    [InlineData("data/head-small", "dcsm_config.json", "dcsm_head.safetensors", "README.md")]
    public void Folders_hold_what_they_should_and_no_more(string folder, params string[] files) =>
        Assert.Equal(files.Order(), Directory.EnumerateFiles(Repository.Path(folder)).Select(Path.GetFileName).Order());
}
