using System.Text.Json;

namespace Dcsm.Cli.Tests;

[Collection(TinyModelsGroup.Name)]
public sealed class QuickstartCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Goes_on_after_an_interruption_and_ends_with_table_pictures_and_report()
    {
        string[] arguments =
        [
            "quickstart",
            "--out",
            _folder["run"],
            "--minutes",
            "0.1",
            "--samples",
            "2",
            "--clip",
            models.Clip,
            "--head",
            models.Head,
        ];
        using (var cli = Cli.Start(arguments))
        {
            cli.WaitForRemark("Training a head");
            cli.Interrupt();
            cli.Wait().FailsWithCode(130, "interrupted", "the same command");
        }

        CliResult run = Cli.Run(arguments).Succeeds();
        foreach (
            string part in new[] { "CLIP", "DCSM, just trained", "DCSM, shipped", "unseen pairs", "unseen objects", "mean", "negation.png" }
        )
        {
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        }

        string report = Path.Combine(_folder["run"], "report.html");
        Assert.Contains(report, run.Out, StringComparison.Ordinal);
        Assert.Contains("data:image/jpeg;base64,", File.ReadAllText(report), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["run"], "scenes", "sheet.png")));

        JsonElement again = Cli.Run([.. arguments, "--json", "--quiet"]).Succeeds().Json();
        Assert.Equal(3 * 2 * 5, again.GetProperty("evaluation").GetArrayLength());
    }
}
