using System.CommandLine;
using System.Globalization;

namespace Dcsm.Benchmarks.Commands;

/// <summary>Options that several commands share; each command gets its own instance.</summary>
internal static class CommonOptions
{
    public static Option<string?> Markdown() => OutputFile("--markdown", "File for the tables.");

    public static Option<string?> OutputFile(string name, string description)
    {
        Option<string?> option = new(name) { Description = description, HelpName = "FILE" };
        return option.AcceptLegalFilePathsOnly();
    }

    /// <summary>A whole number above 0.</summary>
    public static Option<int> Count(string name, string description, int count)
    {
        Option<int> option = new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => count,
        };
        option.CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value == 0)
                result.AddError($"{name} {text}: a whole number above 0 is meant");
            return value;
        };
        return option;
    }
}
