using System.Globalization;
using System.Text.Json;

namespace Dcsm.Cli.Tests.Train;

[Collection(TinyModelsSecondGroup.Name)]
public sealed class TrainCommandTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Patience_without_validation_is_refused() =>
        Cli.Run([.. models.TrainArguments("out/never")[..^4], "--validation-samples", "0", "--patience", "3"]).FailsWith("--patience");

    [Fact]
    public void Reports_the_head_as_JSON()
    {
        JsonElement result = models.Training.Json();
        Assert.Equal(models.Head, result.GetProperty("directory").GetString());
        Assert.Equal(3, result.GetProperty("step").GetInt32());
        Assert.True(result.GetProperty("metrics").GetProperty("validation").TryGetProperty("unseen_objects", out _));
    }

    [Fact]
    public void Head_info_tells_what_was_trained()
    {
        JsonElement info = Cli.Run("head", "info", models.Head, "--json").Succeeds().Json();
        Assert.Equal(
            Cli.Run("clip", "info", models.Clip, "--json").Succeeds().Json().GetProperty("fingerprint").GetString(),
            info.GetProperty("clip").GetProperty("fingerprint").GetString()
        );
        Assert.Equal(17, info.GetProperty("imageTokens").GetInt32());
        Assert.Equal("canonical", info.GetProperty("words").GetProperty("name").GetString());

        string text = Cli.Run("head", "info", models.Head).Succeeds().Out;
        Assert.Contains("above, below, left, right", text, StringComparison.Ordinal);
        Assert.Contains("training, options", text, StringComparison.Ordinal);
        Assert.Contains("read in canonical form", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Trains_on_a_folder_of_scenes()
    {
        CliResult run = Cli.Run(
                "train",
                "--clip",
                models.Clip,
                "--scenes",
                models.Scenes,
                "--out",
                _folder["head"],
                "--steps",
                "2",
                "--samples",
                "2",
                "--pool",
                "2"
            )
            .Succeeds();
        Assert.Contains("unseen objects", run.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["head"], "dcsm_head.safetensors")));
    }

    [Fact]
    public void An_interrupted_run_goes_on_where_it_was()
    {
        // Long enough for this machine not to end before the interruption, and done soon after it: the time spent counts.
        for (double minutes = 0.1; ; minutes *= 4)
        {
            string head = _folder[string.Create(CultureInfo.InvariantCulture, $"head-{minutes}")];
            string[] arguments = [.. models.TrainArguments(head), "--minutes", minutes.ToString(CultureInfo.InvariantCulture), "--json"];
            using (var cli = Cli.Start(arguments))
            {
                cli.WaitForFile(Path.Combine(head, "metrics.jsonl"));
                cli.Interrupt();
                CliResult interrupted = cli.Wait();
                if (interrupted.ExitCode == 0 && minutes < 5)
                    continue;
                interrupted.FailsWithCode(130, "interrupted", head, "the same command");
            }

            Assert.True(File.Exists(Path.Combine(head, "checkpoint.safetensors")));
            int before = Steps(head).Max();
            Cli.Run(arguments).Succeeds();
            Assert.Equal(Steps(head).Order().Distinct(), Steps(head));
            if (Steps(head).Max() == before && minutes < 5)
                continue;
            Assert.True(Steps(head).Max() > before);
            break;
        }
    }

    [Fact]
    public void Other_options_in_the_same_folder_are_refused()
    {
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--steps", "1"]).Succeeds();
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--steps", "1", "--learning-rate", "0.5"]).FailsWith("checkpoint.safetensors");
    }

    [Fact]
    public void Wrong_options_are_named()
    {
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--steps", "0"]).FailsWith("--steps 0");
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--minutes", "two"]).FailsWith("--minutes 'two'");
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--words", "none.json"]).FailsWith("none.json");
        Cli.Run([.. models.TrainArguments(_folder["head"]), "--scenes", _folder["none"]]).FailsWith(_folder["none"]);
    }

    private static int[] Steps(string head) =>
        [
            .. File.ReadLines(Path.Combine(head, "metrics.jsonl"))
                .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("step").GetInt32()),
        ];
}
