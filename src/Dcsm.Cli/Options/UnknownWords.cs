using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dcsm.Cli.Options;

/// <summary>Words of a command line that no command knows, and what may have been meant by them.</summary>
internal static class UnknownWords
{
    /// <summary>A line for each.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        string[] options = [.. MistypedOptions(parse).Distinct()];
        Command command = parse.CommandResult.Command;
        if (options.Length > 0)
        {
            // Of the option only: what follows it may be its value.
            IEnumerable<string> known = OptionsOf(parse.CommandResult).SelectMany(option => option.Aliases.Prepend(option.Name));
            return [.. options.Select(option => $"there is no option '{option}'{Suggest(option, [.. known])}")];
        }

        if (parse.UnmatchedTokens is not [string word, ..])
            return [];
        string[] commands = [.. command.Subcommands.Select(below => below.Name)];
        return commands.Length > 0 && command.Arguments.Count == 0
            ? [$"there is no command '{word}'{Suggest(word, commands)}"]
            :
            [
                $"'{word}' is one word too many"
                    + (word.Contains(' ', StringComparison.Ordinal) ? "" : "; a text of several words stands in quotes"),
            ];
    }

    // A picture or a name that begins with a dash comes after "--", and an option's value after the option.
    private static IEnumerable<string> MistypedOptions(ParseResult parse)
    {
        Token? before = null;
        foreach (Token token in parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash))
        {
            bool isValue =
                before is { Type: TokenType.Option } && OptionsOf(parse.CommandResult).Any(option => TakesValue(option, before.Value));
            if (token is { Type: TokenType.Argument, Value: ['-', '-' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z'), ..] } && !isValue)
                yield return token.Value.Split('=', ':')[0];
            before = token;
        }
    }

    private static bool TakesValue(Option option, string name) =>
        (option.Name == name || option.Aliases.Contains(name)) && option.Arity.MinimumNumberOfValues > 0;

    private static IEnumerable<Option> OptionsOf(CommandResult result)
    {
        IEnumerable<Option> own = result.Command.Options;
        for (var above = result.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
            own = own.Concat(above.Command.Options.Where(option => option.Recursive));
        return own.Where(option => !option.Hidden);
    }

    private static string Suggest(string word, IReadOnlyCollection<string> known)
    {
        // One letter is near to every other.
        if (word.Length < 3)
            return "";
        (string Name, int Distance)[] near =
        [
            .. known
                .Select(name => (Name: name, Distance: name.StartsWith(word, StringComparison.Ordinal) ? 1 : Distance(word, name)))
                .Where(candidate => candidate.Distance <= Math.Max(1, (Math.Min(word.Length, candidate.Name.Length) - 1) / 3))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal),
        ];
        return near.Length == 0 ? "" : $"; did you mean '{near[0].Name}'?";
    }

    /// <summary>How many letters have to be put in, taken out, replaced or exchanged with their neighbor.</summary>
    private static int Distance(string a, string b)
    {
        int[,] d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
