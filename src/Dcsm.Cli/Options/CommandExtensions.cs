using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using Dcsm.Cli.Output;
using Dcsm.Cli.Shards;
using Dcsm.IO.Files;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Options;

/// <summary>What every command of ours has: examples under its help, and an action that gets a <see cref="Terminal"/>.</summary>
internal static class CommandExtensions
{
    private const int LongestHolder = 100;

    private static readonly ConditionalWeakTable<Command, IReadOnlyList<string>> Examples = [];

    public static Command WithExamples(this Command command, params string[] examples)
    {
        Examples.AddOrUpdate(command, examples);
        return command;
    }

    public static IReadOnlyList<string> ExamplesOf(Command command) =>
        Examples.TryGetValue(command, out IReadOnlyList<string>? examples) ? examples : [];

    /// <summary>
    /// Ends the checks of a command, and of those below it, where they read an option whose value is missing or wrong: they run before the
    /// option says so itself.
    /// </summary>
    public static void LeaveWrongValuesToTheirOptions(this Command command)
    {
        for (int i = 0; i < command.Validators.Count; i++)
        {
            Action<CommandResult> check = command.Validators[i];
            command.Validators[i] = result =>
            {
                try
                {
                    check(result);
                }
                catch (InvalidOperationException)
                {
                    // What GetValue throws there; the option's own message follows.
                }
            };
        }

        foreach (Command below in command.Subcommands)
            below.LeaveWrongValuesToTheirOptions();
    }

    /// <summary>Allows these values only.</summary>
    public static void OneOf<T>(this Option<T> option, params string[] values)
    {
        option.AcceptOnlyFromAmong(values);
        option.Validators.Clear();
        option.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens.Where(token => !values.Contains(token.Value)))
                result.AddError($"{option.Name} '{token.Value}' is none of {string.Join(", ", values)}.");
        });
    }

    /// <summary>
    /// Says in the help what kind of value an option of a command, or of those below it, takes, where it doesn't say so itself.
    /// </summary>
    public static void NameValues(this Command command)
    {
        foreach (Option option in command.Options)
        {
            Type type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            if (option.HelpName is null && type != typeof(bool) && type.IsPrimitive)
                option.HelpName = type == typeof(double) || type == typeof(float) ? "NUMBER" : "N";
        }

        foreach (Command below in command.Subcommands)
            below.NameValues();
    }

    public static Command Runs(this Command command, Action<ParseResult, Terminal, CancellationToken> action) =>
        command.Judges(
            (parse, terminal, cancellationToken) =>
            {
                action(parse, terminal, cancellationToken);
                return true;
            }
        );

    /// <summary>For commands whose exit code tells whether all was as it should be: 0, or 1 where it was not.</summary>
    public static Command Judges(this Command command, Func<ParseResult, Terminal, CancellationToken, bool> action)
    {
        command.SetAction(
            (parse, cancellationToken) =>
            {
                using FolderLock? folder = LockOut(parse);
                return Task.FromResult(
                    action(parse, ((RunConfiguration)parse.InvocationConfiguration).Terminal, cancellationToken) ? 0 : 1
                );
            }
        );
        return command;
    }

    /// <summary>Keeps a folder from other runs while a command writes in it.</summary>
    public static FolderLock Lock(this ParseResult parse, string directory)
    {
        string line = CommandLineText.Of(parse);
        return FolderLock.Take(directory, line.Length <= LongestHolder ? line : line[..LongestHolder] + " …");
    }

    // Every command that writes a folder calls it so; the parts of a work are written side by side.
    private static FolderLock? LockOut(ParseResult parse) =>
        ShardOption.Of(parse) is { } shard ? parse.Lock(ShardFolder.Of(parse.GetValue<string>("--out")!, shard))
        : parse.CommandResult.Command.Options.FirstOrDefault(option => option is { Name: "--out", HelpName: "DIR" })
            is Option<string> option
        && parse.GetValue(option) is { Length: > 0 } directory
            ? parse.Lock(directory)
        : null;
}
