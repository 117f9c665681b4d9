using System.CommandLine;
using System.CommandLine.Parsing;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Shards;

/// <summary><c>--shard</c>: which part of a command's work a process does.</summary>
internal static class ShardOption
{
    private const string Name = "--shard",
        None = "none";

    /// <summary>Adds the option to a command that has <c>--out</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="what">What is cut, for the help: "the pictures".</param>
    public static void AddTo(Command command, string what)
    {
        Option<string?> option = new(Name)
        {
            Description =
                $"Do only part I of N of {what}, into a folder of its own in --out; 'dcsm merge' joins them. A finished part is passed "
                + "over. [default: what a Slurm array or an indexed job of Kubernetes with DCSM_SHARDS says, where --out is a folder; "
                + $"{None} for all]",
            HelpName = "I/N",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && text != None && Shard.TryParse(text) is null)
                result.AddError($"{Name} '{text}': I/N is expected, such as 3/8 for the third of eight parts.");
        });
        command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(option) is { } given && given != None && result.GetValue<string?>("--out") is not { Length: > 0 })
                result.AddError($"{Name} needs --out DIR, the folder of all parts.");
        });
    }

    /// <summary>Has a command say why it can't be cut.</summary>
    /// <param name="command">The command.</param>
    /// <param name="why">Why, and what to do instead.</param>
    public static void Refuse(Command command, string why)
    {
        Option<string?> option = new(Name) { Description = $"Not of this command: {why}.", Hidden = true };
        option.Validators.Add(result => result.AddError($"{Name}: {why}."));
        command.Add(option);
    }

    /// <summary>Whether a command line itself asks for a part.</summary>
    public static bool IsGiven(CommandResult parse) =>
        parse.Command.Options.FirstOrDefault(option => option.Name == Name) is Option<string?> option
        && parse.GetValue(option) is { } given
        && given != None;

    /// <summary>The part that a command line, or else the environment, asks for; null for all.</summary>
    /// <exception cref="InvalidDataException">The environment tells of no part.</exception>
    public static Shard? Of(ParseResult parse) => Of(parse.CommandResult);

    /// <inheritdoc cref="Of(ParseResult)"/>
    public static Shard? Of(CommandResult parse)
    {
        if (
            parse.Command.Options.FirstOrDefault(option => option.Name == Name) is not Option<string?> option
            || parse.GetValue<string?>("--out") is not { Length: > 0 } directory
        )
        {
            return null;
        }

        string? given = parse.GetValue(option);
        if (given == None)
            return null;
        // As where a value can't be had at all: the option's own message follows.
        if (given is not null)
            return Shard.TryParse(given) ?? throw new InvalidOperationException($"{Name} '{given}' is no part.");
        // An array may as well be of other things: a file of results, or one head, is what each of its tasks makes for itself.
        if (parse.Command.Name == "train" && parse.GetValue<int>("--seeds") == 1)
            return null;
        bool isFolder = parse.Command.Options.Any(other => other is { Name: "--out", HelpName: "DIR" });
        return isFolder || !Path.HasExtension(directory) ? Shard.OfEnvironment(Environment.GetEnvironmentVariable) : null;
    }
}
