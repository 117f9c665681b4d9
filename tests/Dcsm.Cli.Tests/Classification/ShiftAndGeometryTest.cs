using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class ShiftAndGeometryTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shifted_copies_keep_their_places_and_come_out_the_same_again()
    {
        string data = ClassPictures.Write(_folder, "data", 2, 20, "red", "green");
        File.WriteAllText(Path.Combine(data, "classnames.txt"), "green\nred\n");
        JsonElement first = Cli.Run("corrupt", data, "--out", _folder["a"], "--strengths", "1,5", "--json").Succeeds().Json();
        Cli.Run("corrupt", data, "--out", _folder["b"], "--strengths", "5,1", "--kinds", "noise,rotation,crop").Succeeds();
        Assert.Equal(8 * 2, first.GetProperty("folders").GetArrayLength());
        foreach (string kind in new[] { "noise", "rotation", "crop" })
        {
            string one = Path.Combine($"{kind}-5", "red", "1.png"),
                weak = Path.Combine($"{kind}-1", "red", "1.png");
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], one)), File.ReadAllBytes(Path.Combine(_folder["b"], one)));
            Assert.NotEqual(File.ReadAllBytes(Path.Combine(_folder["a"], one)), File.ReadAllBytes(Path.Combine(_folder["a"], weak)));
        }

        Assert.True(File.Exists(Path.Combine(_folder["a"], "blur-1", "classnames.txt")));
        Cli.Run("corrupt", data, "--out", _folder["c"], "--kinds", "fog").FailsWith("fog", "noise");
        Cli.Run("corrupt", data, "--out", _folder["c"], "--strengths", "6").FailsWith("--strengths", "6");
        Cli.Run("corrupt", data, "--out", _folder["c"], "--kinds", "background").FailsWith("ppm", "picture");
        Cli.Run("corrupt", _folder["none"], "--out", _folder["c"]).FailsWith("none");
    }

    [Fact]
    public void Robustness_is_told_of_results_probes_and_tables()
    {
        string data = ClassPictures.Write(_folder, "data", 6, 100, "red", "green"),
            shifted = ClassPictures.Write(_folder, "shifted", 6, 255, "red", "green");
        Cli.Run(
                "probe",
                "--clip",
                models.Clip,
                "--data",
                data,
                "--test",
                data,
                "--test",
                shifted,
                "--shots",
                "1,2",
                "--seeds",
                "2",
                "--out",
                _folder["probe"]
            )
            .Succeeds();
        Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--data", data, "--out", _folder["in"]).Succeeds();
        File.WriteAllText(
            _folder["models.csv"],
            "name,in,shifted,standard\na,0.5,0.3,1\nb,0.6,0.4,1\nc,0.7,0.45,1\nd,0.8,0.6,1\nnew,0.7,0.6,0\n"
        );
        JsonElement result = Cli.Run(
                "eval",
                "robustness",
                "--table",
                _folder["models.csv"],
                "--model",
                $"probe={_folder["probe"]}",
                "--model",
                $"zero-shot={_folder["in"]},0.4",
                "--relative-to",
                "new",
                "--json",
                "--out",
                _folder["out"]
            )
            .Succeeds()
            .Json();
        JsonElement[] all = [.. result.GetProperty("models").EnumerateArray()];
        Assert.Equal(
            ["a", "b", "c", "d", "new", "probe", "probe, 1 of each", "probe, 2 of each", "probe, zero-shot", "zero-shot"],
            all.Select(row => row.GetProperty("model").GetProperty("name").GetString()).Order(StringComparer.Ordinal)
        );
        // What the probe found zero-shot is what zero-shot finds.
        Assert.Equal(Named("zero-shot").GetDouble(), Named("probe, zero-shot").GetDouble());
        JsonElement Named(string name) =>
            all.Select(row => row.GetProperty("model"))
                .Single(model => model.GetProperty("name").GetString() == name)
                .GetProperty("inDistribution");
        JsonElement own = all.Single(row => row.GetProperty("model").GetProperty("name").GetString() == "new");
        Assert.InRange(own.GetProperty("effective").GetProperty("value").GetDouble(), 0.08, 0.15);
        Assert.Equal(0, own.GetProperty("relative").GetDouble());
        Assert.Contains("y = x", File.ReadAllText(Path.Combine(_folder["out"], "report.html")), StringComparison.Ordinal);

        Cli.Run("eval", "robustness", "--model", "a=0.5,0.4").FailsWith("--standard");
        Cli.Run("eval", "robustness", "--standard", "a=0.5,0.4").FailsWith("two standard models");
        Cli.Run("eval", "robustness", "--standard", "a=0.5", "--standard", "b=x,y").FailsWith("0.5");
        Cli.Run("eval", "robustness", "--standard", "a=0.5,1", "--standard", "b=0.6,0.7").FailsWith("a", "linear");
        Cli.Run("eval", "robustness", "--table", _folder["models.csv"], "--relative-to", "nobody").FailsWith("nobody");
        File.WriteAllText(_folder["bad.csv"], "name,in,shifted,standard\na,50,0.3,1\n");
        Cli.Run("eval", "robustness", "--table", _folder["bad.csv"]).FailsWith("bad.csv", "line 2", "column in");
    }

    [Fact]
    public void The_conditions_are_asked_of_scenes_and_of_ones_own_pictures()
    {
        string[] common = ["geometry", "--clip", models.Clip, "--split-seed", TinyModels.SplitSeed];
        JsonElement scenes = Cli.Run([.. common, "--part", "seen", "--concepts", "3", "--json", "--out", _folder["out"]]).Succeeds().Json();
        Assert.Equal(
            ["1a", "1b", "1c", "1d", "2a", "2b", "2c", "3a", "3b", "3c", "4a", "4b", "4c"],
            scenes.GetProperty("conditions").EnumerateArray().Select(condition => condition.GetProperty("id").GetString())
        );
        Assert.All(
            scenes.GetProperty("conditions").EnumerateArray(),
            condition => Assert.True(condition.GetProperty("cases").GetInt32() > 0)
        );
        Assert.Equal(9, scenes.GetProperty("attributeFits").GetArrayLength());
        Assert.Equal(0, scenes.GetProperty("binding")[0].GetProperty("rest").GetDouble());
        Assert.Equal(0, scenes.GetProperty("binding")[0].GetProperty("gap").GetDouble(), 12);
        string page = File.ReadAllText(Path.Combine(_folder["out"], "report.html"));
        Assert.Contains("Histogram of the margins of condition 4c", page, StringComparison.Ordinal);
        Assert.Contains("data:image/", page, StringComparison.Ordinal);

        File.WriteAllText(
            _folder["own.csv"],
            $"image,x,attribute\n{models.Picture},apple,\n{models.Picture},car,\n{models.Picture},apple,red\n{models.Picture},apple,green\n"
        );
        JsonElement own = Cli.Run("geometry", "--clip", models.Clip, "--pictures", _folder["own.csv"], "--json").Succeeds().Json();
        JsonElement same = own.GetProperty("conditions").EnumerateArray().Single(c => c.GetProperty("id").GetString() == "2a");
        Assert.Equal((1, 0.0), (same.GetProperty("cases").GetInt32(), same.GetProperty("satisfied").GetProperty("value").GetDouble()));
        Assert.Equal(
            0,
            own.GetProperty("conditions")
                .EnumerateArray()
                .Single(c => c.GetProperty("id").GetString() == "3a")
                .GetProperty("cases")
                .GetInt32()
        );

        // What a score can be asked: of the cosine the same as of vectors, and of a head beside it.
        JsonElement scored = Cli.Run([.. common, "--part", "seen", "--concepts", "3", "--json", "--head", models.Head])
            .Succeeds()
            .Json()
            .GetProperty("scored");
        Assert.Equal(["CLIP's cosine", "DCSM"], scored.EnumerateArray().Select(own => own.GetProperty("name").GetString()));
        foreach (JsonElement scorer in scored.EnumerateArray())
        {
            Assert.Equal(
                ["1a", "1b", "2b", "2c\u2032", "3b\u2032", "4b"],
                scorer.GetProperty("conditions").EnumerateArray().Select(condition => condition.GetProperty("id").GetString())
            );
        }

        foreach (JsonElement asked in scored[0].GetProperty("conditions").EnumerateArray())
        {
            if (Find(scenes, asked.GetProperty("id").GetString()!) is { } vectors)
                Assert.Equal(Satisfied(vectors), Satisfied(asked));
        }

        Cli.Run("geometry", "--clip", models.Clip, "--not", "no thing").FailsWith("--not", "{x}");
        Cli.Run("geometry", "--clip", models.Clip, "--attributes", "mauve").FailsWith("mauve", "red");
        File.WriteAllText(_folder["own.csv"], $"image,x\n{models.Picture},apple\nnone.png,car\n");
        Cli.Run("geometry", "--clip", models.Clip, "--pictures", _folder["own.csv"]).FailsWith("own.csv", "line 3", "none.png");
        File.WriteAllText(_folder["own.csv"], $"image,x\n{models.Picture},apple\n");
        Cli.Run("geometry", "--clip", models.Clip, "--pictures", _folder["own.csv"]).FailsWith("own.csv", "one concept");
    }

    private static JsonElement? Find(JsonElement result, string id) =>
        result
            .GetProperty("conditions")
            .EnumerateArray()
            .Where(own => own.GetProperty("id").GetString() == id)
            .Select(own => (JsonElement?)own)
            .FirstOrDefault();

    private static (int, double) Satisfied(JsonElement condition) =>
        (condition.GetProperty("cases").GetInt32(), Math.Round(condition.GetProperty("satisfied").GetProperty("value").GetDouble(), 6));

    [Fact]
    public void Single_objects_are_drawn_before_backgrounds_that_tell_of_them_or_not()
    {
        string names = _folder.Write("names.txt", "apple\ncar\ncat\nbus\n");
        string[] common = ["synth", "--single", "--names", names, "--count", "3", "--image-size", "16", "--out"];
        Cli.Run([.. common, _folder["own"], "--before", "own"]).Succeeds();
        string[][] rows = [.. File.ReadLines(_folder["own/captions.csv"]).Skip(1).Select(line => line.Split(','))];
        var half = File.ReadLines(_folder["own/labels.csv"])
            .Skip(1)
            .Select(line => line.Split(','))
            .ToDictionary(own => own[0], own => own[1]);
        Assert.Equal(12, rows.Length);
        Assert.All(rows, row => Assert.Equal(half[row[2]], row[3]));
        Assert.All(
            rows,
            row =>
                Assert.True(File.Exists(Path.Combine(_folder["own"], row[0])) && row[1].EndsWith("a " + row[2], StringComparison.Ordinal))
        );
        Assert.Equal(["first", "first", "second", "second"], half.Values);

        // By turns, it is the object alone that differs.
        Cli.Run([.. common, _folder["mixed"], "--before", "mixed"]).Succeeds();
        Assert.Equal(
            ["first", "second", "first"],
            File.ReadLines(_folder["mixed/captions.csv"]).Skip(1).Take(3).Select(line => line.Split(',')[3])
        );
        byte[] drawn = File.ReadAllBytes(_folder["mixed/car/0001.png"]);
        Assert.Equal(File.ReadAllBytes(_folder["own/car/0001.png"]), drawn);
        Assert.NotEqual(File.ReadAllBytes(_folder["own/car/0000.png"]), File.ReadAllBytes(_folder["mixed/car/0000.png"]));
        File.Delete(_folder["mixed/car/0001.png"]);
        Cli.Run([.. common, _folder["mixed"], "--before", "mixed"]).Succeeds();
        Assert.Equal(drawn, File.ReadAllBytes(_folder["mixed/car/0001.png"]));
        Cli.Run([.. common, _folder["mixed"]]).FailsWith("dataset.json", "other settings");
        Cli.Run("synth", "--out", _folder["x"], "--before", "own").FailsWith("--single");
        Cli.Run([.. common, _folder["x"], "--format", "jpeg"]).FailsWith("--format", "--single");

        // The folder is one of classes, and a head names its pictures, too.
        JsonElement named = Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--data", _folder["own"], "--head", models.Head, "--json")
            .Succeeds()
            .Json();
        Assert.Equal("DCSM head", named.GetProperty("main").GetProperty("name").GetString());
        Assert.Equal("zero-shot", named.GetProperty("single")[0].GetProperty("name").GetString());
        Assert.Equal(12, named.GetProperty("pictureCount").GetInt32());
        Cli.Run("eval", "zeroshot", "--clip", models.Clip, "--head", models.Head).FailsWith("--head", "--data");
    }

    [Fact]
    public void Associations_of_groups_have_shares_gaps_and_effects()
    {
        string data = ClassPictures.Write(_folder, "groups", 4, 20, "red", "green", "blue");
        File.WriteAllText(_folder["labels.csv"], "label,category\napple,fruit\nlemon,fruit\ncar,vehicle\n");
        JsonElement result = Cli.Run(
                "eval",
                "association",
                "--clip",
                models.Clip,
                "--data",
                data,
                "--labels-file",
                _folder["labels.csv"],
                "--json",
                "--out",
                _folder["out"]
            )
            .Succeeds()
            .Json();
        Assert.Equal(3 * 2, result.GetProperty("shares").GetArrayLength());
        Assert.Equal(3 * 2, result.GetProperty("gaps").GetArrayLength());
        Assert.Equal(3 * 3, result.GetProperty("effects").GetArrayLength());
        double sum = result
            .GetProperty("shares")
            .EnumerateArray()
            .Where(share => share.GetProperty("group").GetString() == "red")
            .Sum(share => share.GetProperty("share").GetProperty("value").GetDouble());
        Assert.Equal(1, sum, 12);
        File.WriteAllText(_folder["labels.csv"], "label,category\napple,fruit\napple,vehicle\n");
        Cli.Run("eval", "association", "--data", data, "--labels-file", _folder["labels.csv"]).FailsWith("labels.csv", "apple", "twice");
        File.WriteAllText(_folder["labels.csv"], "label\napple\n");
        Cli.Run("eval", "association", "--data", data, "--labels-file", _folder["labels.csv"]).FailsWith("labels.csv", "category");
    }
}
