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

    private static IEnumerable<System.CommandLine.Command> Leaves(System.CommandLine.Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);
}
