using System.Text.Json;

namespace Dcsm.Cli.Tests.Classification;

/// <summary>Several CLIPs and heads in one pass and one table.</summary>
[Collection(TinyModelsSecondGroup.Name)]
public sealed class SeveralClipsTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Other => _folder["sigmoid"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Objects_are_named_by_several()
    {
        string[] both = Both();
        string[] common = ["eval", "zeroshot", "--pictures", "2", "--json", "--quiet"];
        JsonElement[] results = Results(Cli.Run([.. common, .. both, "--out", _folder["out"]]), "zeroshot", "clip", "sigmoid");
        foreach ((JsonElement result, string clip) in results.Zip([models.Clip, Other]))
        {
            JsonElement alone = Cli.Run([.. common, "--clip", clip]).Succeeds().Json();
            foreach (string figure in new[] { "fingerprint", "naming", "colorNaming" })
                Assert.Equal(Flat(alone.GetProperty(figure)), Flat(result.GetProperty(figure)));
        }

        TableHas("| clip |", "| sigmoid |");
        Cli.Run([.. common, .. both, "--head", models.Head]).FailsWith("--head", "--data");
        Assert.Contains("clip-sigmoid", Cli.Run("eval", "zeroshot", "--help").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_of_classes_are_named_by_several_and_by_their_heads()
    {
        string data = ClassPictures.Write(_folder, "data", 3, 100, "red", "green", "blue");
        string[] both = Both(),
            common = ["eval", "zeroshot", "--data", data, "--json", "--quiet"];
        JsonElement[] results = Results(
            Cli.Run([.. common, .. both, "--head", models.Head, "--out", _folder["out"]]),
            "classification",
            "clip",
            "sigmoid",
            "DCSM"
        );
        JsonElement[] alone =
        [
            Cli.Run([.. common, "--clip", models.Clip]).Succeeds().Json(),
            Cli.Run([.. common, "--clip", Other]).Succeeds().Json(),
            Cli.Run([.. common, "--clip", models.Clip, "--head", models.Head]).Succeeds().Json(),
        ];
        foreach ((JsonElement result, JsonElement own) in results.Zip(alone))
            Assert.Equal(Flat(own.GetProperty("main")), Flat(result.GetProperty("main")));
        TableHas("| clip |", "| sigmoid |", "| DCSM |");
        Assert.Equal(
            ["1-clip", "2-sigmoid", "3-DCSM", "embeddings"],
            Directory.GetDirectories(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(10, File.ReadAllLines(Path.Combine(_folder["out"], "2-sigmoid", "items.csv")).Length);
        Cli.Run([.. common, .. both, "--save-weights", _folder["w.safetensors"]]).FailsWith("one --clip");
    }

    [Fact]
    public void Conditions_are_asked_of_several()
    {
        string[] both = Both(),
            common = ["geometry", "--split-seed", TinyModels.SplitSeed, "--part", "seen", "--concepts", "3", "--json", "--quiet"];
        JsonElement[] results = Results(
            Cli.Run([.. common, .. both, "--head", models.Head, "--out", _folder["out"]]),
            "geometry",
            "clip",
            "sigmoid"
        );
        JsonElement alone = Cli.Run([.. common, "--clip", Other]).Succeeds().Json();
        Assert.Equal(Flat(alone.GetProperty("conditions")), Flat(results[1].GetProperty("conditions")));
        Assert.Equal(
            ["clip's cosine", "DCSM", "sigmoid's cosine"],
            results.SelectMany(own => own.GetProperty("scored").EnumerateArray()).Select(own => own.GetProperty("name").GetString())
        );
        TableHas("| clip, % |", "sigmoid, % |", "| clip's cosine, % | DCSM, % | sigmoid's cosine, % |");
        Assert.True(File.Exists(Path.Combine(_folder["out"], "1-clip", "cases.csv")));
    }

    private string[] Both()
    {
        Cli.Run([.. models.PretrainArguments(Other), "--steps", "2", "--loss", "sigmoid"]).Succeeds();
        return ["--clip", models.Clip, "--clip", Other];
    }

    private static JsonElement[] Results(CliResult run, string benchmark, params string[] scorers)
    {
        JsonElement all = run.Succeeds().Json();
        Assert.Equal(benchmark, all.GetProperty("benchmark").GetString());
        JsonElement[] results = [.. all.GetProperty("results").EnumerateArray()];
        Assert.Equal(scorers, results.Select(own => own.GetProperty("scorer").GetString()));
        return [.. results.Select(own => own.GetProperty("result"))];
    }

    private void TableHas(params string[] texts)
    {
        string table = File.ReadAllText(Path.Combine(_folder["out"], "table.md"));
        Assert.All(texts, text => Assert.Contains(text, table, StringComparison.Ordinal));
        Assert.Contains("<table", File.ReadAllText(Path.Combine(_folder["out"], "report.html")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["out"], "results.json")));
        Assert.True(File.Exists(Path.Combine(_folder["out"], "table.tex")));
    }

    private static string Flat(JsonElement value) => JsonSerializer.Serialize(value);
}
