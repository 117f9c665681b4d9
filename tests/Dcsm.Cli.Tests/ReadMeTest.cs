using System.Text.RegularExpressions;
using Dcsm.Models.Small;
using Dcsm.Scoring;

namespace Dcsm.Cli.Tests;

/// <summary>Holds the README to what it says: its commands parse and run, its code compiles and runs, its files are there.</summary>
public sealed partial class ReadMeTest : IDisposable
{
    private static readonly string ReadMe = File.ReadAllText(Repository.Path("README.md"));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_command_parses()
    {
        string[] lines = [.. Blocks("sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
        Assert.True(lines.Length > 8);
        foreach (
            string line in lines.Where(line =>
                !line.StartsWith("dotnet test", StringComparison.Ordinal) && !line.Contains("Dcsm.Benchmarks", StringComparison.Ordinal)
            )
        )
        {
            CommandLines.AssertParses(line);
        }
    }

    [Fact]
    public void Every_command_of_the_docs_parses()
    {
        string[] lines =
        [
            .. Directory
                .EnumerateFiles(Repository.Path("docs"), "*.md")
                .SelectMany(file => CodeBlocks().Matches(File.ReadAllText(file)))
                .Where(block => block.Groups[1].Value == "sh")
                .SelectMany(block => block.Groups[2].Value.Split('\n'))
                .Where(line => line.StartsWith("dcsm ", StringComparison.Ordinal) && !line.EndsWith('\\')),
        ];
        Assert.True(lines.Length > 12);
        foreach (string line in lines)
            CommandLines.AssertParses(line);
    }

    [Fact]
    public void Two_commands_do_all_set_up() =>
        Assert.Equal(
            ["dotnet run -c Release --project src/Dcsm.Cli -- quickstart", "dotnet test -c Release"],
            Blocks("sh").SelectMany(block => block.Split('\n')).Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal))
        );

    // The commands that need no minutes of training, as they stand, where a clone would be.
    [Theory]
    [InlineData("dcsm score ")]
    [InlineData("dcsm explain ")]
    [InlineData("dcsm clip info ")]
    public void Commands_on_what_ships_run(string start)
    {
        Repository.Copy("data/samples", _folder["data/samples"]);
        Repository.Copy("data/clip-small", _folder["data/clip-small"]);
        string[] lines =
        [
            .. Blocks("sh")
                .SelectMany(block => block.Split('\n'))
                .Where(line => line.StartsWith(start, StringComparison.Ordinal) && !line.Contains(".csv", StringComparison.Ordinal)),
        ];
        Assert.NotEmpty(lines);
        foreach (string line in lines)
            Cli.RunIn(_folder[""], [.. CommandLines.Arguments(line)!]).Succeeds();
    }

    [Fact]
    public void Its_first_example_is_right_about_the_picture()
    {
        string line = Blocks("sh")
            .SelectMany(block => block.Split('\n'))
            .First(line => line.StartsWith("dcsm score data", StringComparison.Ordinal));
        Repository.Copy("data/samples", _folder["data/samples"]);
        CliResult run = Cli.RunIn(_folder[""], [.. CommandLines.Arguments(line)!, "--json"]).Succeeds();
        double[] scores = [.. run.Json().GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("score").GetDouble())];
        Assert.Equal(2, scores.Length);
        Assert.True(scores[0] > scores[1], run.ToString());
    }

    [Fact]
    public async Task Its_code_is_what_runs_here()
    {
        string source = File.ReadAllText(Repository.Path("tests/Dcsm.Cli.Tests/ReadMeTest.cs"));
        string code = source.Split("// README begins\n")[1].Split("// README ends")[0];
        code = string.Join('\n', code.Split('\n').Select(line => line.Length > 8 ? line[8..] : line.Trim())).Trim();
        string[] lines = Blocks("csharp").Single().Split('\n');
        string[] usings = [.. lines.TakeWhile(line => line.StartsWith("using Dcsm.", StringComparison.Ordinal))];
        Assert.NotEmpty(usings);
        Assert.All(usings, line => Assert.Contains(line + '\n', source, StringComparison.Ordinal));
        Assert.Equal(code, string.Join('\n', lines[usings.Length..]).Trim());
        IReadOnlyList<CaptionScore> scores = await CodeAsync();
        Assert.True(scores[0].Probability > scores[1].Probability, "the teapot is red");
    }

    [Theory]
    [InlineData("Dcsm")]
    [InlineData("Dcsm.Models.Small")]
    public void Packages_that_begin_with_scoring_show_the_same_code(string room) =>
        Assert.Contains(Blocks("csharp").Single(), File.ReadAllText(Repository.Path($"src/{room}/README.md")), StringComparison.Ordinal);

    [Fact]
    public void Files_and_pictures_that_it_names_are_there()
    {
        string[] named = [.. FileNames().Matches(ReadMe).Select(m => m.Groups[1].Value).Distinct()];
        Assert.Contains("data/samples/color.png", named);
        Assert.All(named, path => Assert.True(Path.Exists(Repository.Path(path)), path));
        Assert.All(Links().Matches(ReadMe).Select(m => m.Groups[1].Value), path => Assert.True(Path.Exists(Repository.Path(path)), path));
    }

    private static async Task<IReadOnlyList<CaptionScore>> CodeAsync()
    {
        string before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = Repository.Root;
        try
        {
            return await ScoreAsync();
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private static async Task<IReadOnlyList<CaptionScore>> ScoreAsync()
    {
        // README begins
        await using DcsmScorer scorer = await SmallModel.LoadAsync(); // or DcsmScorer.LoadAsync(clipDirectory, headDirectory)

        IReadOnlyList<CaptionScore> scores = scorer.Score(
            "data/samples/color.png",
            ["a red teapot and a blue car", "a blue teapot and a red car"]
        );
        foreach (CaptionScore score in scores)
            Console.WriteLine($"{score.Probability:P1}  {score.Caption}{(score.Truncated ? " (cut)" : "")}");
        // README ends
        return scores;
    }

    private static IEnumerable<string> Blocks(string language) =>
        CodeBlocks().Matches(ReadMe).Where(m => m.Groups[1].Value == language).Select(m => m.Groups[2].Value);

    [GeneratedRegex("^```(\\w+)\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"\b((?:data|docs|src|tests|functional-rows|benchmarks)/[\w./-]*\w)")]
    private static partial Regex FileNames();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Links();
}
