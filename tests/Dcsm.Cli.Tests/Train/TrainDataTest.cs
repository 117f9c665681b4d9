using System.Text.Json;
using System.Text.RegularExpressions;

namespace Dcsm.Cli.Tests.Train;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class TrainDataTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("official", "spatial", "attributes", "negation")]
    [InlineData("coco", "spatial", "attributes", "negation")]
    [InlineData("vg", "spatial", "attributes")]
    [InlineData("csv", "captions")]
    [InlineData("jsonl", "captions")]
    public void Trains_on_a_data_set(string kind, params string[] streams)
    {
        string data = Written(kind);
        JsonElement described = Train("--data", $"{kind}:{data}", "--loss", "block").GetProperty("training").GetProperty("data");
        Assert.Equal(kind, described.GetProperty("source").GetString());
        Assert.Equal(streams, described.GetProperty("samples").EnumerateObject().Select(stream => stream.Name));
    }

    [Theory]
    [InlineData("coco", "name", "negation")]
    [InlineData("vg", "color", "spatial")]
    [InlineData("csv", "captions")]
    [InlineData("jsonl", "captions")]
    public void Trains_on_statements_of_a_data_set_and_says_what_there_is(string kind, params string[] kinds)
    {
        CliResult result = Cli.Run([
                .. models.TrainArguments(_folder["head"]),
                "--steps",
                "2",
                "--loss",
                "statements",
                "--data",
                $"{kind}:{Written(kind)}",
            ])
            .Succeeds();
        JsonElement described = Head().GetProperty("training").GetProperty("data");
        Assert.Equal("picture", described.GetProperty("disjointBy").GetString());
        Assert.Superset(kinds.ToHashSet(), described.GetProperty("samples").EnumerateObject().Select(count => count.Name).ToHashSet());
        // When training begins, and when it ends.
        Assert.Equal(2, result.Error.Split('\n').Count(line => line.StartsWith($"{kind}: trains on ", StringComparison.Ordinal)));
        // How many comparisons each figure is of, and what to type next.
        JsonElement metrics = Head().GetProperty("metrics");
        Assert.Equal(Figures("validation"), Figures("validationCounts"));
        Assert.All(
            metrics.GetProperty("validationCounts").EnumerateObject().SelectMany(part => part.Value.EnumerateObject()),
            count => Assert.InRange(count.Value.GetInt64(), 1, 100_000)
        );
        // Of a few samples none may be held out.
        Assert.Equal(Figures("validation").Length > 0, result.Out.Contains("\n  of ", StringComparison.Ordinal));
        string named = $"--clip {models.Clip} --head {_folder["head"]}";
        Assert.Matches($"measure it: dcsm eval (statements|scenes) {Regex.Escape(named)}", result.Error);
        Assert.Contains($"dcsm score photo.jpg --caption \"a dog left of a cat\" {named}", result.Error, StringComparison.Ordinal);

        string[] Figures(string name) =>
            [
                .. metrics
                    .GetProperty(name)
                    .EnumerateObject()
                    .SelectMany(part => part.Value.EnumerateObject().Select(figure => $"{part.Name} {figure.Name}")),
            ];
    }

    [Fact]
    public void Pictures_are_turned_unless_they_are_to_be_read_as_stored()
    {
        string table = Written("csv");
        JsonElement ours = Train("--data", $"csv:{table}", "--max-pixels", "100000", "--allow-truncated");
        Assert.Equal("apply", ours.GetProperty("training").GetProperty("data").GetProperty("orientation").GetString());
        Assert.Matches("\"orientation\": *\"apply\"", File.ReadAllText(_folder["head/run.json"]));
        JsonElement stored = Train("--data", $"csv:{table}", "--orientation", "ignore", "--overwrite");
        Assert.Equal("ignore", stored.GetProperty("training").GetProperty("data").GetProperty("orientation").GetString());
        Assert.Matches("\"orientation\": *\"ignore\"", File.ReadAllText(_folder["head/run.json"]));
        Cli.Run([.. models.TrainArguments(_folder["none"]), "--data", $"csv:{table}", "--max-pixels", "10"]).FailsWith("at most 10");
    }

    [Fact]
    public void Labels_are_listed_and_drawn_without_training()
    {
        SceneDataSets.Own(Made("data"), 2);
        string table = _folder.Write("data/labels.csv", "image,caption,label\npictures/0.png,a robot,1\npictures/0.png,a spoon,0\n");
        CliResult listed = Cli.Run(
                "train",
                "--clip",
                models.Clip,
                "--split-seed",
                "1",
                "--data",
                $"csv:{table}",
                "--list",
                "5",
                "--sheet",
                _folder["sheet.png"]
            )
            .Succeeds();
        Assert.Matches("pictures/0.png +a robot +true +captions +.*labels.csv, line 2", listed.Out);
        Assert.Matches("pictures/0.png +a spoon +false +captions +.*labels.csv, line 3", listed.Out);
        Assert.Contains("csv: trains on 1 pictures, 2 captions", listed.Error, StringComparison.Ordinal);
        Assert.Contains("nothing is held out: there is no validation", listed.Error, StringComparison.Ordinal);
        Assert.True(new FileInfo(_folder["sheet.png"]).Length > 1000);
        Assert.Equal([_folder["data"], _folder["sheet.png"]], Directory.EnumerateFileSystemEntries(_folder.Path).Order());

        Cli.Run("train", "--clip", models.Clip, "--out", _folder["head"], "--split-seed", "1", "--patience", "2", "--data", $"csv:{table}")
            .FailsWith("nothing is held out");
        Cli.Run("train", "--clip", models.Clip, "--data", $"csv:{table}").FailsWith("'--out' is required");
    }

    private string Written(string kind) =>
        kind switch
        {
            "official" => SceneDataSets.Official(_folder["data"], 6),
            "coco" => SceneDataSets.Coco(_folder["data"], 16),
            "vg" => SceneDataSets.VisualGenome(_folder["data"], 8),
            _ => Path.Combine(SceneDataSets.Own(Made("data"), 10), $"own.{kind}"),
        };

    [Fact]
    public void Trains_on_cut_outs_before_ones_own_backgrounds()
    {
        JsonElement info = Train(
            "--data",
            "cutouts:" + SceneDataSets.Cutouts(_folder["cut"]),
            "--backgrounds",
            SceneDataSets.Backgrounds(_folder["rooms"], 3)
        );
        Assert.StartsWith(
            "pictures/room",
            info.GetProperty("training").GetProperty("data").GetProperty("scenes").GetProperty("backgrounds").GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Mixes_data_sets_by_weight()
    {
        SceneDataSets.Own(Made("data"), 10);
        JsonElement info = Train(
            "--scenes",
            models.Scenes,
            "--data",
            $"csv:{_folder["data/own.csv"]}:0.5",
            "--data",
            "scenes::2",
            "--data",
            $"csv:{_folder["data/own.csv"]}"
        );
        JsonElement described = info.GetProperty("training").GetProperty("data");
        Assert.Equal(
            ["scenes", "csv", "scenes2", "csv2"],
            described.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("name").GetString())
        );
        JsonElement weights = described.GetProperty("weights");
        // What has no weight divides 1 by numbers of samples.
        double[] shares = [.. described.GetProperty("parts").EnumerateArray().Select(part => part.GetProperty("weight").GetDouble())];
        Assert.Equal([0.5, 2, 1], [shares[1], shares[2], Math.Round(shares[0] + shares[3], 9)]);
        Assert.Equal(
            0.5,
            weights
                .EnumerateObject()
                .Where(stream => stream.Name.StartsWith("csv/", StringComparison.Ordinal))
                .Sum(w => w.Value.GetDouble())
        );
    }

    [Fact]
    public void Wrong_data_is_named()
    {
        Fails("painting:x", "'painting'", "official");
        Fails("coco", "the path is missing");
        Fails("csv:a.csv:0", "the weight is 0");
        Fails("csv:" + _folder["none.csv"], "none.csv");
        Fails("official:" + _folder["none"], _folder["none"]);
        Fails("coco:" + Made("empty"), "instances_");
        Fails("vg:" + _folder["empty"], "attributes.json");
        Fails("cutouts:" + _folder["empty"], "no picture");
        Fails(
            "jsonl:" + _folder.Write("own.jsonl", "{\"image\": \"x.png\", \"caption\": \"a\", \"opposite_caption\": \"b\"}"),
            "line 1",
            "x.png"
        );
    }

    private void Fails(string data, params string[] parts) =>
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--steps", "2", "--data", data]).FailsWith(parts);

    private JsonElement Train(params string[] arguments)
    {
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--steps", "2", .. arguments]).Succeeds();
        return Head();
    }

    private JsonElement Head() => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["head"], "dcsm_config.json"))).RootElement;

    private string Made(string name) => Directory.CreateDirectory(_folder[name]).FullName;
}
