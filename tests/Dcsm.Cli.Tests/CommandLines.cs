using System.CommandLine;
using System.CommandLine.Parsing;

namespace Dcsm.Cli.Tests;

/// <summary>Command lines as they stand in help texts and in the README.</summary>
public static class CommandLines
{
    private const string DotnetRun = "dotnet run -c Release --project src/Dcsm.Cli -- ";

    /// <summary>The arguments of a line that calls dcsm; null for any other line.</summary>
    public static IReadOnlyList<string>? Arguments(string line)
    {
        string text = line.Trim();
        foreach (string start in new[] { DotnetRun, "dcsm " })
        {
            if (text.StartsWith(start, StringComparison.Ordinal))
                return [.. CommandLineParser.SplitCommandLine(WithoutShell(text[start.Length..]))];
        }

        return null;
    }

    public static void AssertParses(string line)
    {
        IReadOnlyList<string>? arguments = Arguments(line);
        Assert.True(arguments is not null, $"not a call of dcsm: {line}");
        ParseResult parse = DcsmCommandLine.Create().Parse(arguments);
        Assert.True(parse.Errors.Count == 0, $"{line}: {string.Join("; ", parse.Errors.Select(e => e.Message))}");
        Assert.True(parse.CommandResult.Command.Action is not null, $"{line}: names no command");
    }

    // A redirection, a pipe or a comment after the command is the shell's.
    private static string WithoutShell(string text)
    {
        foreach (string mark in new[] { " < ", " > ", " | ", " # " })
        {
            int at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
                text = text[..at];
        }

        return text;
    }
}
