using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Dcsm.Cli.Tests;

/// <summary>The comparison with peers runs, refuses what it doesn't know, and the pages' tables of it agree with themselves.</summary>
public sealed class BenchmarksTest : IDisposable
{
    private const string Header = "| work | against | ours | peer | unit | ratio | goal | reached |";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Compare_writes_its_table_and_its_json()
    {
        string json = _folder["compare.json"],
            markdown = _folder["compare.md"];
        (int code, string output, string error) = Run(
            "compare",
            "--only",
            "preprocess",
            "--runs",
            "1",
            "--json",
            json,
            "--markdown",
            markdown
        );
        Assert.True(code == 0, error);
        Assert.Equal(File.ReadAllText(markdown).Trim(), output.Trim());
        Assert.StartsWith(Header, output, StringComparison.Ordinal);

        JsonElement report = JsonDocument.Parse(File.ReadAllText(json)).RootElement;
        Assert.NotEmpty(report.GetProperty("cpu").GetString()!);
        Assert.True(report.GetProperty("threads").GetInt32() > 0);
        JsonElement row = report.GetProperty("rows").EnumerateArray().First();
        double ours = row.GetProperty("ours").GetDouble(),
            peer = row.GetProperty("peer").GetDouble();
        Assert.True(ours > 0 && peer > 0, row.ToString());
        // Milliseconds: the less, the better.
        Assert.Equal("ms", row.GetProperty("unit").GetString());
        Assert.Equal(peer / ours, row.GetProperty("ratio").GetDouble(), 1e-9);
        Assert.Equal(3, row.GetProperty("goal").GetDouble());
        Assert.Contains("preprocessing", row.GetProperty("work").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense", "compare", "--only", "nonsense")]
    [InlineData("--runs 0", "compare", "--runs", "0")]
    [InlineData("'--json'", "compare", "--json")]
    [InlineData("--runs x", "training", "--runs", "x")]
    [InlineData("command", "no-command")]
    [InlineData("--size", "memory", "--size", "3")]
    public void What_it_does_not_know_it_says(string message, params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.True(code == 2, error);
        Assert.Empty(output);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_shows_some_rows_of_the_table()
    {
        string[] all = [.. Rows("docs/performance.md").Select(row => string.Join('|', row))];
        string[][] some = Rows("README.md");
        Assert.Equal(5, some.Length);
        Assert.All(some, row => Assert.Contains(string.Join('|', row), all));
        Assert.Contains(some, row => row[7] == "no");
    }

    [Fact]
    public void The_table_is_right_about_what_was_reached()
    {
        string[][] rows = Rows("docs/performance.md");
        Assert.True(rows.Length >= 10, "the table is missing");
        foreach (string[] row in rows)
        {
            Assert.Equal(8, row.Length);
            const string AtMost = "at most ";
            bool atMost = row[6].StartsWith(AtMost, StringComparison.Ordinal);
            string expected =
                row[6] == "–" ? "–"
                : (atMost ? Number(row[5]) <= Number(row[6][AtMost.Length..]) : Number(row[5]) >= Number(row[6])) ? "yes"
                : "no";
            Assert.True(expected == row[7], string.Join(" | ", row));
        }
        foreach (
            string work in new[]
            {
                "pairs,",
                "1 image × 2 captions",
                "training step",
                "epoch",
                "fp32, batch 1",
                "fp32, batch 32",
                "int8, batch 1",
                "int8, batch 32",
                "right captions, int8",
                "preprocessing",
                "cold start",
                "memory",
            }
        )
        {
            Assert.Contains(rows, row => row[0].Contains(work, StringComparison.Ordinal));
        }
    }

    private static string[][] Rows(string page) =>
        [
            .. File.ReadAllLines(Repository.Path(page))
                .SkipWhile(line => line != Header)
                .Skip(2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]),
        ];

    private static double Number(string text) =>
        double.Parse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static (int Code, string Out, string Error) Run(params string[] arguments)
    {
        // …/bin/<configuration>/<framework>/<runtime>/ is alike in all projects.
        string built = Path.GetRelativePath(Repository.Path("tests/Dcsm.Cli.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(Repository.Path("benchmarks/Dcsm.Benchmarks"), built, "Dcsm.Benchmarks.dll"), .. arguments]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
