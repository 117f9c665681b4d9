using System.Text.RegularExpressions;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>Looks for what a browser would have to guess at.</summary>
internal static partial class Markup
{
    /// <summary>The first fault in the order of tags, or a letter that should have been escaped; null where there is none.</summary>
    public static string? Fault(string html)
    {
        Stack<string> open = [];
        MatchCollection tags = Tag().Matches(html);
        foreach (Match tag in tags)
        {
            string name = tag.Groups["name"].Value;
            if (tag.Groups["empty"].Length > 0 || name is "meta" or "img" or "br")
                continue;
            if (tag.Groups["end"].Length == 0)
                open.Push(name);
            else if (open.Count == 0 || open.Pop() != name)
                return $"</{name}> at {tag.Index} closes another tag.";
        }

        if (open.Count > 0)
            return $"<{open.Peek()}> is not closed.";
        int brackets = html.Count(c => c == '<');
        if (brackets != tags.Count + 1)
            return $"{brackets} brackets do not go with {tags.Count} tags and the document type.";
        return BareAmpersand().Match(html) is { Success: true } bare ? $"A bare & at {bare.Index}." : null;
    }

    /// <summary>What <c>src</c> and <c>href</c> point at.</summary>
    public static IReadOnlyList<string> Links(string html) => [.. Link().Matches(html).Select(m => m.Groups["to"].Value)];

    [GeneratedRegex("""<(?<end>/?)(?<name>[a-z][a-z0-9]*)(?:"[^"]*"|[^">])*?(?<empty>/?)>""", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex("&(?!(?:#x?[0-9a-f]+|[a-z]+);)", RegexOptions.IgnoreCase)]
    private static partial Regex BareAmpersand();

    [GeneratedRegex("""\b(?:src|href|srcset|poster|action)\s*=\s*["']?(?<to>[^"'\s>]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Link();
}
