using System.CommandLine;

namespace Dcsm.Cli.Options;

/// <summary>A command line as it would be typed.</summary>
internal static class CommandLineText
{
    public static string Of(ParseResult parse) =>
        "dcsm "
        + string.Join(
            ' ',
            parse.Tokens.Select(token => token.Value.Contains(' ', StringComparison.Ordinal) ? $"\"{token.Value}\"" : token.Value)
        );
}
