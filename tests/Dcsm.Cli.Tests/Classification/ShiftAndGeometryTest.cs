using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

[Collection(TinyModelsGroup.Name)]
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
            ["a", "b", "c", "d", "new", "probe", "probe, 1 of each", "probe, 2 of each", "zero-shot"],
            all.Select(row => row.GetProperty("model").GetProperty("name").GetString()).Order(StringComparer.Ordinal)
        );
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

        Cli.Run("geometry", "--clip", models.Clip, "--not", "no thing").FailsWith("--not", "{x}");
        Cli.Run("geometry", "--clip", models.Clip, "--attributes", "mauve").FailsWith("mauve", "red");
        File.WriteAllText(_folder["own.csv"], $"image,x\n{models.Picture},apple\nnone.png,car\n");
        Cli.Run("geometry", "--clip", models.Clip, "--pictures", _folder["own.csv"]).FailsWith("own.csv", "line 3", "none.png");
        File.WriteAllText(_folder["own.csv"], $"image,x\n{models.Picture},apple\n");
        Cli.Run("geometry", "--clip", models.Clip, "--pictures", _folder["own.csv"]).FailsWith("own.csv", "one concept");
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
