using System.Text.Json;

namespace Dcsm.Cli.Tests.Outputs;

/// <summary>Captions that are longer than a scorer reads are counted, and said, wherever figures are.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class CutCaptionsTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Questions_whose_options_differ_only_behind_the_cut_are_counted()
    {
        string picture = Path.GetFileName(models.Picture);
        File.Copy(models.Picture, _folder[picture]);
        string same = string.Join(" and ", Enumerable.Repeat("a red apple", 30));
        string table = _folder.Write(
            "my.csv",
            $"image,option_0,option_1\n{picture},{same} left of a car,{same} right of a car\n"
                + $"{picture},an apple,{same}\n{picture},a car,a bus\n"
        );
        string[] eval = ["eval", "csv", "--data", table, "--clip", models.Clip, "--head", models.Head];
        CliResult run = Cli.Run([.. eval, "--json", "--out", _folder["out"]]).Succeeds();
        JsonElement cut = run.Json().GetProperty("cutCaptions").EnumerateArray().Last();
        Assert.Equal("DCSM", cut.GetProperty("scorer").GetString());
        Assert.Equal([6, 3, 2, 1], ((string[])["captions", "cut", "questions", "alike"]).Select(name => cut.GetProperty(name).GetInt32()));
        const string Said = "3 of 6 captions are cut, in 2 questions; in 1 of these two options are the same then";
        Assert.Contains("dcsm: warning: csv: DCSM reads", run.Error, StringComparison.Ordinal);
        Assert.Contains(Said, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains(Said, File.ReadAllText(_folder["out/results.json"]), StringComparison.Ordinal);
        Assert.Contains(Said, File.ReadAllText(_folder["out/table.md"]), StringComparison.Ordinal);
    }
}
