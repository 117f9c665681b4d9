using System.Text.RegularExpressions;

namespace Dcsm.Conformance.Benchmarks;

/// <summary>
/// The READMEs of damaged and unusual sets: a table row each, whose last column says what a good error names, or what must be read.
/// </summary>
internal static partial class FixtureParts
{
    /// <summary>The last column by folder; empty without a README.</summary>
    public static Dictionary<string, string> Read(string directory)
    {
        Dictionary<string, string> rows = new(StringComparer.Ordinal);
        string path = Path.Combine(directory, "README.md");
        if (!File.Exists(path))
            return rows;
        foreach (string line in File.ReadLines(path))
        {
            // The words of captions may be separated by the same bar, so only the first two columns end at one.
            if (Row().Match(line) is { Success: true } row)
                rows[row.Groups["folder"].Value] = row.Groups["names"].Value.Trim();
        }

        return rows;
    }

    /// <summary>Which of the things that a good message names a message does not.</summary>
    public static IEnumerable<string> Lacking(string names, string message)
    {
        bool alternatives = names.Contains(" or ", StringComparison.Ordinal);
        if (names.Contains("the csv", StringComparison.Ordinal) && !message.Contains(".csv", StringComparison.Ordinal))
            yield return "the csv";
        if (names.Contains("the file,", StringComparison.Ordinal) && !message.Contains(".json", StringComparison.Ordinal))
            yield return "the file";
        if (alternatives)
            yield break;
        foreach (Match number in Numbered().Matches(names))
        {
            if (!Regex.IsMatch(message, $@"(?<![\w.]){number.Groups["n"].Value}(?![\w])"))
                yield return number.Value;
        }

        foreach (
            string name in Named()
                .Matches(names)
                .Select(match => match.Groups["name"].Value)
                .Where(name => name is not ("or" or "is" or "the"))
                .Distinct(StringComparer.Ordinal)
        )
        {
            if (!message.Contains(name, StringComparison.Ordinal))
                yield return name;
        }
    }

    [GeneratedRegex(@"^\|\s*`(?<folder>[^`]+)`\s*\|[^|]*\|(?<names>.*)\|\s*$")]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(?:line|item index|position|option|expected|found) (?<n>\d+)\b")]
    private static partial Regex Numbered();

    [GeneratedRegex(
        @"\b(?:column|field) (?<name>[a-z][a-z_0-9]*)|\b(?<name>(?!colour_)[a-z]+(?:_[a-z0-9]+)+)\b|(?<name>[\w-]+\.(?:png|jpe?g))\b"
    )]
    private static partial Regex Named();
}
