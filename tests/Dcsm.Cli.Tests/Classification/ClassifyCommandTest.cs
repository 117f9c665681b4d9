using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class ClassifyCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Labels_are_ranked_as_the_demonstration_of_CLIP_prints_them()
    {
        string[] lines = Classify("--labels", "apple,car,cat", "--template", "a {}").Succeeds().Out.TrimEnd().Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.All(lines.Select((line, i) => (line, i)), l => Assert.StartsWith($"{l.i + 1}. a ", l.line, StringComparison.Ordinal));
        double[] shares = [.. lines.Select(line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(shares.OrderDescending(), shares);
        Assert.Equal(1, shares.Sum(), 3);
    }

    [Fact]
    public void The_temperature_is_the_models_and_another_one_makes_it_surer()
    {
        JsonElement own = Classify("--labels", "apple,car,cat", "--json").Succeeds().Json(),
            cold = Classify("--labels", "apple,car,cat", "--json", "--temperature", "1000").Succeeds().Json();
        Assert.Equal(1 / 0.07, own.GetProperty("source").GetProperty("temperature").GetDouble(), 0.5); // hardly trained
        Assert.Equal(Names(own), Names(cold));
        Assert.True(First(cold).GetProperty("probability").GetDouble() > First(own).GetProperty("probability").GetDouble());
        Assert.Equal(First(own).GetProperty("score").GetDouble(), First(cold).GetProperty("score").GetDouble(), 5);

        static JsonElement First(JsonElement result) => result.GetProperty("images")[0].GetProperty("labels")[0];
        static string?[] Names(JsonElement result) =>
            [.. result.GetProperty("images")[0].GetProperty("labels").EnumerateArray().Select(l => l.GetProperty("label").GetString())];
    }

    [Fact]
    public void Many_pictures_are_written_as_CSV_with_the_heads_answers_beside()
    {
        File.WriteAllText(_folder["labels.txt"], "apple\ncar|bus\ncat\n");
        string csv = _folder["out.csv"];
        Cli.Run(
                "classify",
                Path.Combine(models.Scenes, "images"),
                "--clip",
                models.Clip,
                "--head",
                models.Head,
                "--labels-file",
                _folder["labels.txt"],
                "--templates",
                "contexts",
                "--out",
                csv
            )
            .Succeeds();
        string[] lines = File.ReadAllLines(csv);
        Assert.StartsWith("image,rank,label,probability,score,dcsm_share", lines[0], StringComparison.Ordinal);
        int pictures = Directory.GetFiles(Path.Combine(models.Scenes, "images")).Length;
        Assert.Equal(1 + (3 * pictures), lines.Length);
        Assert.All(lines.Skip(1), line => Assert.NotEqual("", line.Split(',')[5]));
    }

    [Fact]
    public void The_page_shows_the_picture_and_the_temperatures()
    {
        Classify("--labels", "apple,car", "--out", _folder["page.html"]).Succeeds();
        string page = File.ReadAllText(_folder["page.html"]);
        Assert.Contains("data:image/jpeg", page, StringComparison.Ordinal);
        Assert.Contains("<polyline class=\"line s1\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_pictures_are_left_out_when_they_are_met()
    {
        string broken = _folder.Write("broken.png", "no picture");
        CliResult run = Classify(broken, "--labels", "apple,car", "--skip-broken", "--json").Succeeds();
        JsonElement result = run.Json();
        Assert.Equal(models.Picture, Assert.Single(result.GetProperty("images").EnumerateArray()).GetProperty("image").GetString());
        Assert.StartsWith(broken, Assert.Single(result.GetProperty("leftOut").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("left out: " + broken, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Looking for broken", run.Error, StringComparison.Ordinal);
        Classify(broken, "--labels", "apple,car").FailsWith(broken);
        Cli.Run("classify", broken, "--clip", models.Clip, "--labels", "apple,car", "--skip-broken")
            .FailsWith("no picture is left", broken);
    }

    [Fact]
    public void Wrong_input_is_named()
    {
        Classify("--labels", "apple").FailsWith("apple", "only label");
        Classify("--labels", "apple,apple").FailsWith("apple", "twice");
        Classify("--labels", "apple,,car").FailsWith("--labels", "empty");
        Classify("--labels", "apple,car", "--template", "a photo").FailsWith("a photo", "no place");
        Classify("--labels", "apple,car", "--templates", "nothing").FailsWith("nothing", "plain");
        Classify("--labels", "apple,car", "--temperature", "0").FailsWith("--temperature");
        Classify("--labels", "apple,car", "--labels-file", "x").FailsWith("--labels");
        File.WriteAllText(_folder["labels.json"], "{\"a\": 1, \"b\": \"x\"}");
        Classify("--labels-file", _folder["labels.json"]).FailsWith("labels.json", "a");
        Cli.Run("classify", _folder["none.png"], "--clip", models.Clip, "--labels", "apple,car").FailsWith("none.png");
    }

    private CliResult Classify(params string[] arguments) => Cli.Run(["classify", models.Picture, "--clip", models.Clip, .. arguments]);
}
