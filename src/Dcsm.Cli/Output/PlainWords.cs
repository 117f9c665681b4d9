using System.Text.RegularExpressions;

namespace Dcsm.Cli.Output;

/// <summary>
/// Errors in the words of those who read them. Ours say what was wrong and where; those of .NET name parameters of code and temporary
/// files, and are said anew.
/// </summary>
internal static partial class PlainWords
{
    /// <summary>One line.</summary>
    public static string Of(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        string text = error.Message;
        if (error is ArgumentException)
            text = Parameter().Replace(text, "");
        if (error.TargetSite?.DeclaringType?.Assembly == typeof(object).Assembly && Place(error, text) is { Length: > 0 } place)
            text = FileInTheWay(error, place) ?? $"{Temporary().Replace(place, "")}: {Reason(error, text)}";
        return Terminal.Escape(text.Trim());
    }

    private static string? Place(Exception error, string text) =>
        (error as FileNotFoundException)?.FileName ?? Quoted().Matches(text).LastOrDefault()?.Groups[1].Value;

    // Where a folder is asked for.
    private static string? FileInTheWay(Exception error, string place)
    {
        bool isFolder = error.Message.EndsWith("already exists.", StringComparison.Ordinal);
        for (
            string? path = isFolder ? place : Path.GetDirectoryName(place);
            !string.IsNullOrEmpty(path);
            path = Path.GetDirectoryName(path)
        )
        {
            if (File.Exists(path))
                return $"{path}: is a file; there must be a folder";
        }

        return null;
    }

    private static string Reason(Exception error, string text) =>
        error switch
        {
            FileNotFoundException => "there is no such file",
            DirectoryNotFoundException => "there is no such folder",
            UnauthorizedAccessException => "access is denied",
            PathTooLongException => "the name is too long",
            // "No space left on device : '/place'": what the system says, and where.
            _ => char.ToLowerInvariant(text[0])
                + text[1..].Replace(Quoted().Matches(text)[^1].Value, "", StringComparison.Ordinal).TrimEnd(' ', ':', '.'),
        };

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)|\s*Actual value was .*", RegexOptions.Singleline)]
    private static partial Regex Parameter();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();

    // What a file is called while it is written.
    [GeneratedRegex(@"\.[a-z0-9]{8}\.[a-z0-9]{3}\.tmp$")]
    private static partial Regex Temporary();
}
