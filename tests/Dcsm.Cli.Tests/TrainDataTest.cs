using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
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
        string data = kind switch
        {
            "official" => SceneDataSets.Official(_folder["data"], 6),
            "coco" => SceneDataSets.Coco(_folder["data"], 16),
            "vg" => SceneDataSets.VisualGenome(_folder["data"], 8),
            _ => Path.Combine(SceneDataSets.Own(Made("data"), 10), $"own.{kind}"),
        };
        JsonElement info = Train("--data", $"{kind}:{data}");
        JsonElement described = info.GetProperty("training").GetProperty("data");
        Assert.Equal(kind, described.GetProperty("source").GetString());
        Assert.Equal(streams, described.GetProperty("samples").EnumerateObject().Select(stream => stream.Name));
    }

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
        Assert.Equal(0.25, weights.GetProperty("scenes/color").GetDouble());
        Assert.Equal(0.5, weights.GetProperty("csv/captions").GetDouble());
        Assert.Equal(0.5, weights.GetProperty("scenes2/spatial").GetDouble());
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
        return JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["head"], "dcsm_config.json"))).RootElement;
    }

    private string Made(string name) => Directory.CreateDirectory(_folder[name]).FullName;
}
