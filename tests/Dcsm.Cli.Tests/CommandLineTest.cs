using System.Text.RegularExpressions;

namespace Dcsm.Cli.Tests;

public sealed class CommandLineTest
{
    [Fact]
    public void Version_is_one_line()
    {
        CliResult run = Cli.Run("--version").Succeeds();
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\n$", run.Out);
    }

    [Fact]
    public void Help_names_every_command_and_the_first_one_to_try()
    {
        CliResult run = Cli.Run("--help").Succeeds();
        Assert.Contains("dcsm quickstart", run.Out);
        foreach (System.CommandLine.Command command in DcsmCommandLine.Create().Subcommands)
            Assert.Contains(command.Name, run.Out);
    }

    [Fact]
    public void Every_command_has_a_description_and_examples_that_parse()
    {
        foreach (System.CommandLine.Command command in Leaves(DcsmCommandLine.Create()))
        {
            Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
            Assert.All(
                command.Options,
                option => Assert.False(string.IsNullOrWhiteSpace(option.Description), $"{command.Name} {option.Name}")
            );
            IReadOnlyList<string> examples = Options.CommandExtensions.ExamplesOf(command);
            Assert.NotEmpty(examples);
            foreach (string example in examples)
                CommandLines.AssertParses(example);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("help")]
    [InlineData("eval")]
    [InlineData("eval", "help")]
    [InlineData("help", "eval")]
    [InlineData("help", "score")]
    [InlineData("synth", "help")]
    public void Help_is_shown_to_those_who_ask_and_those_who_say_nothing(params string[] arguments)
    {
        string[] command = [.. arguments.Where(argument => argument is not ("help" or ""))];
        string asked = Cli.Run([.. arguments.Where(argument => argument.Length > 0)]).Succeeds().Out;
        Assert.Equal(Cli.Run([.. command, "--help"]).Succeeds().Out, asked);
        Assert.Contains("Usage:", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'scroe'; did you mean 'score'?", "scroe", "x.png")]
    [InlineData("'scenes'", "eval", "scene")]
    [InlineData("'--otu'; did you mean '--out'?", "synth", "--otu", "x")]
    [InlineData("'--captoin'; did you mean '--caption'?", "score", "p.png", "--captoin", "a cat")]
    [InlineData("'--threds'; did you mean '--threads'?", "score", "--threds=1", "p.png", "-c", "a cat")]
    [InlineData("'--cosin'; did you mean '--cosine'?", "score", "p.png", "-c", "a cat", "--cosin")]
    [InlineData("'--sampels'; did you mean '--samples'?", "eval", "scenes", "--head", "a", "--sampels", "3")]
    [InlineData("'--quite'; did you mean '--quiet'?", "head", "info", "--quite")]
    [InlineData("there is no option '-x'", "score", "p.png", "-c", "a cat", "-x")]
    [InlineData("'b' is one word too many", "clip", "info", "a", "b")]
    public void A_word_that_no_command_knows_is_named_with_what_may_be_meant(string said, params string[] arguments)
    {
        CliResult run = Cli.Run(arguments).FailsWith(said);
        Assert.Equal(2, run.Error.Count(c => c == '\n'));
        Assert.Contains("--help' shows how it is used", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_two_dashes_or_an_option_is_no_option()
    {
        Cli.Run("score", "-c", "a cat", "--", "--no.png").FailsWith("--no.png: there is no such picture");
        Cli.Run("score", "-c", "--cat", "no.png").FailsWith("no.png: there is no such picture");
    }

    [Fact]
    public void A_head_is_described_in_words()
    {
        CliResult run = Cli.Run("head", "info", "--verbose").Succeeds();
        Assert.DoesNotContain(run.Out, c => c is '"' or '[' or '{');
        Assert.Matches("learning rate +0\\.003", run.Out);
        Assert.Matches("unseen objects +[0-9.]+ +[0-9.]+", run.Out);
        // Who asks for more is told of versions, time and memory.
        Assert.Matches("dotnet [0-9.]+, ", run.Error);
        Assert.Matches("took 0:[0-9]+ on [0-9]+ processors?, at most [0-9\u202F]+ MB", run.Error);
        Assert.Empty(Cli.Run("head", "info").Succeeds().Error);
    }

    [Fact]
    public void Words_are_completed()
    {
        const string Typed = "dcsm eval sc";
        Assert.Equal("scenes\n", Cli.Run($"[suggest:{Typed.Length}]", Typed).Succeeds().Out);
    }

    [Theory]
    [InlineData("score", "p.jpg", "-c")]
    [InlineData("explain", "--out")]
    [InlineData("encode", "--head")]
    [InlineData("eval", "maps", "--part")]
    public void An_option_without_its_value_is_bad_input(params string[] arguments) => Cli.Run(arguments).FailsWith(arguments[^1]);

    [Fact]
    public void No_option_is_read_without_its_value_or_with_a_wrong_one_or_twice()
    {
        System.CommandLine.RootCommand root = DcsmCommandLine.Create();
        foreach (System.CommandLine.Command command in Leaves(root))
        {
            string[] path = [.. PathOf(command)];
            foreach (System.CommandLine.Option option in command.Options.Where(option => option.ValueType != typeof(bool)))
            {
                foreach (string name in option.Aliases.Append(option.Name))
                {
                    Assert.Contains(root.Parse([.. path, name]).Errors, error => error.Message.Contains(name, StringComparison.Ordinal));
                    Assert.DoesNotContain(
                        root.Parse([.. path, name, "\u0001"]).Errors.Concat(root.Parse([.. path, name, "-1"]).Errors),
                        error => error.Message.Contains("not recognized") || error.Message.Contains("expected type")
                    );
                    _ = root.Parse([.. path, name, "\u0001", name, "-1"]).Errors;
                    if (!option.ValueType.IsArray)
                        Assert.NotEmpty(root.Parse([.. path, name, "1", name, "2"]).Errors);
                }
            }
        }
    }

    [Fact]
    public void Every_default_that_help_shows_can_be_typed()
    {
        System.CommandLine.RootCommand root = DcsmCommandLine.Create();
        foreach (System.CommandLine.Command command in Leaves(root))
        {
            string[] path = [.. PathOf(command)];
            using var help = new StringWriter();
            root.Parse([.. path, "--help"]).Invoke(new System.CommandLine.InvocationConfiguration { Output = help });
            foreach (
                System.CommandLine.Option option in command.Options.Where(option =>
                    option.HasDefaultValue && option.ValueType != typeof(bool) && option.Name != "--help"
                )
            )
            {
                Match line = Regex.Match(help.ToString(), $@"^  .*{option.Name} .* \[default: (?<text>[^]]+)\] *$", RegexOptions.Multiline);
                Assert.True(line.Success, $"{string.Join(' ', path)}: the default of {option.Name} is not shown");
                // What is missing, and what options ask of each other, is another matter.
                string[] missing = [.. root.Parse(path).Errors.Select(error => error.Message)];
                Assert.DoesNotContain(
                    root.Parse([.. path, option.Name, line.Groups["text"].Value]).Errors,
                    error => error.SymbolResult is not System.CommandLine.Parsing.CommandResult && !missing.Contains(error.Message)
                );
            }
        }
    }

    [Fact]
    public void Several_names_are_typed_as_help_shows_them()
    {
        System.CommandLine.RootCommand root = DcsmCommandLine.Create();
        Assert.Empty(root.Parse(["eval", "scenes", "--part", "train,unseen-pairs", "--kinds", "color", "size"]).Errors);
        foreach (string wrong in new[] { "UnseenPairs", "unseen_pairs", "train|unseen-pairs", "," })
        {
            System.CommandLine.Parsing.ParseError error = Assert.Single(root.Parse(["eval", "scenes", "--part", wrong]).Errors);
            Assert.Contains("none of train, unseen-pairs, unseen-objects", error.Message, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<string> PathOf(System.CommandLine.Symbol command) =>
        command.Parents.SingleOrDefault() is { } parent ? [.. PathOf(parent), command.Name] : [];

    private static IEnumerable<System.CommandLine.Command> Leaves(System.CommandLine.Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    // Whoever can't be told is told by the exit code.
    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("2>/dev/full >/dev/full")]
    public void Where_errors_can_not_be_said_there_is_still_an_exit_code(string redirection)
    {
        if (!OperatingSystem.IsLinux())
            return;
        string[] shell = ["bash", "-c", $"exec \"$@\" {redirection}", "bash"];
        Assert.Equal(2, Cli.RunUnder(shell, [], "score", "no.png", "-c", "a cat").ExitCode);
    }

    [Fact]
    public void Too_few_open_files_are_told()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string[] shell = ["bash", "-c", "ulimit -n 60; exec \"$@\"", "bash"];
        Cli.RunUnder(shell, [], "score", "no.png", "-c", "a cat").FailsWith("no more than 60 files may be open at a time");
    }
}
