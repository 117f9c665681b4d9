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

    [Fact]
    public void Unknown_command_is_bad_input() => Cli.Run("scroe", "x.png").FailsWith("scroe");

    [Fact]
    public void Unknown_option_is_bad_input_and_points_to_the_help() => Cli.Run("synth", "--otu", "x").FailsWith("dcsm synth --help");

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
                    _ = root.Parse([.. path, name, "\u0001", name, "-1"]).Errors;
                    if (!option.ValueType.IsArray)
                        Assert.NotEmpty(root.Parse([.. path, name, "1", name, "2"]).Errors);
                }
            }
        }
    }

    private static IEnumerable<string> PathOf(System.CommandLine.Symbol command) =>
        command.Parents.SingleOrDefault() is { } parent ? [.. PathOf(parent), command.Name] : [];

    private static IEnumerable<System.CommandLine.Command> Leaves(System.CommandLine.Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
