using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Dcsm.Conformance.Tests;

/// <summary>The program, as a process of its own: its lines and its exit codes.</summary>
public sealed class ProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Says_of_each_comparison_whether_it_passed_and_last_how_many_did()
    {
        string goldens = Goldens(),
            report = _folder["report/fidelity.md"];
        (int code, string text, string errors) = Run("goldens", goldens, "--out", report);
        Assert.Equal((0, ""), (code, errors));
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal($"{lines.Length - 1} passed, 0 failed", lines[^1]);
        Assert.All(lines[..^1], line => Assert.Matches(@"^pass  tokenizer/\S+  .+: 0 \(at most 0\)", line));
        string page = File.ReadAllText(report);
        Assert.EndsWith(lines[^1] + "\n", page, StringComparison.Ordinal);
        // Mojibake that is not repaired is named.
        Assert.Contains("cafÃ©", page, StringComparison.Ordinal);
    }

    [Fact]
    public void One_failure_is_exit_code_1()
    {
        string goldens = Goldens(),
            path = Path.Combine(goldens, "tokenizer", "padded30.jsonl");
        File.WriteAllText(path, File.ReadAllText(path).Replace("49406", "49405", StringComparison.Ordinal));
        (int code, string text, _) = Run("goldens", goldens, "--quiet");
        Assert.Equal(1, code);
        Assert.Single(text.Split('\n'), line => line.StartsWith("FAIL  tokenizer/padded30.jsonl", StringComparison.Ordinal));
        Assert.EndsWith(" passed, 1 failed\n", text, StringComparison.Ordinal);

        (code, text, _) = Run("goldens", goldens, "--json");
        Assert.Equal(1, code);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(1, json.RootElement.GetProperty("failed").GetInt32());
    }

    [Fact]
    public void A_damaged_training_is_a_failure_among_the_others()
    {
        string goldens = Goldens();
        Directory.CreateDirectory(Path.Combine(goldens, "official-dcsm"));
        File.WriteAllText(Path.Combine(goldens, "official-dcsm", "train_inputs.safetensors"), "torn");
        (int code, string text, _) = Run("goldens", goldens);
        Assert.Equal(1, code);
        Assert.Contains("FAIL  official-training", text, StringComparison.Ordinal);
        Assert.EndsWith(" passed, 1 failed\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Fixtures_are_summed_up_in_one_line_and_a_wrong_figure_has_its_own()
    {
        Repository.Copy(FixtureFiles.Path("ncd"), _folder["fixtures/ncd"]);
        Assert.Equal((0, "38 passed, 0 failed\n", ""), Run("fixtures", _folder["fixtures"]));
        Assert.Equal(38 + 1, Run("fixtures", _folder["fixtures"], "--verbose").Out.Count(letter => letter == '\n'));

        string expected = _folder["fixtures/ncd/expected.json"];
        File.WriteAllText(
            expected,
            File.ReadAllText(expected).Replace("\"ties_at_top\": ", "\"ties_at_top\": 1", StringComparison.Ordinal)
        );
        (int code, string text, _) = Run("fixtures", _folder["fixtures"]);
        Assert.Equal(1, code);
        Assert.Equal(2, text.Split('\n').Count(line => line.StartsWith("FAIL  ncd/", StringComparison.Ordinal)));
        Assert.EndsWith("36 passed, 2 failed\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("goldens", "none of these groups")]
    [InlineData("fixtures", "none of")]
    public void A_folder_without_anything_to_compare_is_bad_input(string command, string said)
    {
        Fails([_folder["none"]], command, _folder["none"]);
        Directory.CreateDirectory(_folder["empty"]);
        Fails([_folder["empty"], said], command, _folder["empty"]);
        Fails(["nonsense"], command, _folder["empty"], "--group", "nonsense");
        Fails(["nonsense"], command, _folder["empty"], "--nonsense");
        Fails(["DIR"], command);
    }

    [Fact]
    public void Help_names_the_commands_and_what_they_take()
    {
        foreach (string part in (string[])["goldens", "fixtures"])
            Assert.Contains(part, Run("--help").Out, StringComparison.Ordinal);
        foreach (string part in (string[])["DIR", "--group", "--out", "official-training"])
            Assert.Contains(part, Run("goldens", "--help").Out, StringComparison.Ordinal);
    }

    // The goldens of tokens, and a group that nothing is compared of yet.
    private string Goldens()
    {
        string goldens = _folder["goldens"];
        Repository.Copy(GoldenFiles.Path("tokenizer"), Path.Combine(goldens, "tokenizer"));
        return goldens;
    }

    // Exit code 2, nothing on stdout, and one line on stderr that has all parts.
    private static void Fails(string[] parts, params string[] arguments)
    {
        (int code, string text, string errors) = Run(arguments);
        Assert.Equal((2, ""), (code, text));
        Assert.Equal('\n', Assert.Single(errors, letter => letter == '\n'));
        Assert.StartsWith("conformance: ", errors, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, errors, StringComparison.Ordinal));
    }

    private static (int Code, string Out, string Errors) Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Dcsm.Conformance.dll");
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", [program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
                StandardErrorEncoding = Encoding.UTF8,
            }
        )!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text, errors.GetAwaiter().GetResult());
    }
}
