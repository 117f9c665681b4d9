using System.Text.Json;

namespace Dcsm.Cli.Tests;

public sealed class VerifyGoldensCommandTest : IDisposable
{
    private static readonly string Goldens = Path.Combine(AppContext.BaseDirectory, "Goldens");
    private readonly TemporaryFolder _folder = new();

    public VerifyGoldensCommandTest()
    {
        Repository.Copy(Path.Combine(Goldens, "tokenizer"), _folder["goldens/tokenizer"]);
        Directory.CreateDirectory(_folder["goldens/baselines"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Says_of_each_comparison_whether_it_passed_and_last_how_many_did()
    {
        string report = _folder["fidelity.md"];
        string[] lines = Cli.Run("verify-goldens", _folder["goldens"], "--out", report)
            .Succeeds()
            .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^[0-9]+ passed, 0 failed$", lines[^1]);
        Assert.StartsWith("skip  baselines", lines[^2], StringComparison.Ordinal);
        Assert.All(lines[..^2], line => Assert.Matches(@"^pass  tokenizer/\S+  .+: 0 \(at most 0\)", line));
        Assert.Equal(lines[^1], $"{lines.Length - 2} passed, 0 failed");
        Assert.EndsWith(lines[^1] + "\n", File.ReadAllText(report), StringComparison.Ordinal);
        Assert.Contains("Skipped: baselines", File.ReadAllText(report), StringComparison.Ordinal);
        // Mojibake that is not repaired is named.
        Assert.Contains("cafÃ©", File.ReadAllText(report), StringComparison.Ordinal);
    }

    [Fact]
    public void One_failure_is_exit_code_1()
    {
        string path = _folder["goldens/tokenizer/padded30.jsonl"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("49406", "49405", StringComparison.Ordinal));
        CliResult run = Cli.Run("verify-goldens", _folder["goldens"], "--quiet");
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Out.Split('\n'), line => line.StartsWith("FAIL  tokenizer/padded30.jsonl", StringComparison.Ordinal));
        Assert.EndsWith(" passed, 1 failed\n", run.Out, StringComparison.Ordinal);
        JsonElement json = Cli.Run("verify-goldens", _folder["goldens"], "--json").Json();
        Assert.Equal((1, "baselines"), (json.GetProperty("failed").GetInt32(), json.GetProperty("skipped")[0].GetString()));
    }

    [Fact]
    public void A_damaged_training_is_a_failure_among_the_others()
    {
        _folder.Write("goldens/official-dcsm/train_inputs.safetensors", "torn");
        CliResult run = Cli.Run("verify-goldens", _folder["goldens"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("FAIL  official-training", run.Out, StringComparison.Ordinal);
        Assert.EndsWith(" passed, 1 failed\n", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_goldens_is_named()
    {
        Cli.Run("verify-goldens", _folder["none"]).FailsWith(_folder["none"]);
        Directory.CreateDirectory(_folder["empty"]);
        Cli.Run("verify-goldens", _folder["empty"]).FailsWith(_folder["empty"], "none of these groups");
        Cli.Run("verify-goldens", _folder["goldens"], "--group", "nonsense").FailsWith("nonsense");
    }
}
