using System.CommandLine;

namespace Dcsm.Cli.Options;

/// <summary>A command line as it would be typed.</summary>
internal static class CommandLineText
{
    public static string Of(ParseResult parse) => "dcsm " + Of(parse.Tokens.Select(token => token.Value));

    /// <summary>Some of its words.</summary>
    public static string Of(IEnumerable<string> words) =>
        string.Join(' ', words.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word));
}
