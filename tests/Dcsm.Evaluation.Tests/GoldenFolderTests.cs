using Dcsm.Evaluation.Goldens;
using Dcsm.Goldens;

namespace Dcsm.Evaluation.Tests;

public sealed class GoldenFolderTests : IDisposable
{
    private static readonly string s_goldens = Path.Combine(AppContext.BaseDirectory, "Goldens");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dcsm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("tokenizer", 6)]
    [InlineData("preprocess", 70)]
    [InlineData("clip-tiny", 32)]
    [InlineData("official-dcsm", 15)]
    [InlineData("checkpoints", 14)]
    [InlineData("official-checkpoints", 10)]
    public void Groups_pass(string group, int least) => Passes(group, least);

    // Writes models of 600 MB; left out with --filter "Size!=Full".
    [Theory]
    [Trait("Size", "Full")]
    [InlineData("clip-full", 12)]
    [InlineData("end-to-end", 20)]
    public void Groups_of_full_size_pass(string group, int least) => Passes(group, least);

    [Fact]
    public void A_wrong_id_is_one_failure_that_names_the_text()
    {
        Copy("tokenizer");
        string path = Path.Combine(_folder.FullName, "tokenizer", "padded30.jsonl");
        string[] lines = File.ReadAllLines(path);
        lines[3] = lines[3].Replace("49406", "49405", StringComparison.Ordinal);
        File.WriteAllLines(path, lines);
        GoldenCheck failed = Assert.Single(GoldenFolder.Verify(_folder.FullName), check => !check.Passed);
        Assert.Equal(1, failed.Difference);
        Assert.Contains("padded30.jsonl", failed.Case, StringComparison.Ordinal);
        Assert.NotNull(failed.Remark);
    }

    [Fact]
    public void Weights_of_another_prefix_are_other_weights()
    {
        Copy("official-dcsm");
        string path = Path.Combine(_folder.FullName, "official-dcsm", "head_formula.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"prefix\": \"\"", "\"prefix\": \"other/\"", StringComparison.Ordinal));
        GoldenCheck[] failed = [.. GoldenFolder.Verify(_folder.FullName, ["official-dcsm"]).Where(check => !check.Passed)];
        Assert.Contains("head", Assert.Single(failed).Case, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_group_fails_and_the_others_are_still_looked_at()
    {
        Copy("tokenizer");
        Copy("official-dcsm");
        File.WriteAllText(Path.Combine(_folder.FullName, "tokenizer", "tokens.jsonl"), "{\"text\":");
        GoldenCheck[] checks = [.. GoldenFolder.Verify(_folder.FullName, ["tokenizer", "official-dcsm"])];
        Assert.Contains(checks, check => !check.Passed && check.Case == "tokenizer" && check.Remark is not null);
        Assert.Contains(checks, check => check.Passed && check.Case.StartsWith("official-dcsm", StringComparison.Ordinal));
    }

    [Fact]
    public void No_folder_is_an_error_and_an_empty_one_holds_nothing()
    {
        Assert.Throws<DirectoryNotFoundException>(() => GoldenFolder.Verify(Path.Combine(_folder.FullName, "none")));
        Assert.Empty(GoldenFolder.Verify(_folder.FullName));
    }

    private static void Passes(string group, int least)
    {
        GoldenCheck[] checks = [.. GoldenFolder.Verify(s_goldens, [group])];
        Assert.True(checks.Length >= least, $"{checks.Length} comparisons");
        Assert.All(checks, check => Assert.True(check.Passed, check.ToString()));
    }

    private void Copy(string group)
    {
        string to = Path.Combine(_folder.FullName, group);
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(s_goldens, group)))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
