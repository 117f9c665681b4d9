using System.Globalization;
using System.Text;

namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>
/// Reads a list of strings as Python prints it: <c>['It\'s small.', "It's a dog."]</c>. A parser of this one form and
/// nothing else: the published loader evaluates the text, so that a file can run any code.
/// </summary>
internal static class PythonList
{
    /// <param name="text">The literal.</param>
    /// <param name="place">Where it stands, for errors.</param>
    /// <exception cref="InvalidDataException">It is anything else than a list of quoted strings.</exception>
    public static IReadOnlyList<string> Parse(string text, string place)
    {
        var strings = new List<string>();
        int at = Skip(text, 0);
        if (at == text.Length || text[at] != '[')
            throw Error(text, at, place, "'[' is expected");
        at = Skip(text, at + 1);
        while (at < text.Length && text[at] != ']')
        {
            if (text[at] is not ('\'' or '"'))
                throw Error(text, at, place, "a quoted string is expected");
            strings.Add(ReadString(text, ref at, place));
            at = Skip(text, at);
            if (at < text.Length && text[at] == ',')
                at = Skip(text, at + 1);
            else if (at == text.Length || text[at] != ']')
                throw Error(text, at, place, "',' or ']' is expected");
        }

        if (at == text.Length)
            throw Error(text, at, place, "']' is expected");
        int end = Skip(text, at + 1);
        return end == text.Length ? strings : throw Error(text, end, place, "the end is expected");
    }

    private static string ReadString(string text, ref int at, string place)
    {
        int start = at;
        char quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            if (text[at] is '\n' or '\r')
                throw Error(text, at, place, $"the string that begins at character {start + 1} must end on its line");
            if (text[at] == '\\')
                ReadEscape(text, ref at, place, value);
            else
                value.Append(text[at++]);
        }

        if (at == text.Length)
            throw Error(text, at, place, $"the string that begins at character {start + 1} is not closed; {quote} is expected");
        at++;
        return value.ToString();
    }

    private static void ReadEscape(string text, ref int at, string place, StringBuilder value)
    {
        if (at + 1 == text.Length)
            throw Error(text, at, place, "an escape is not complete");
        char kind = text[at + 1];
        int digits = kind switch
        {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if (digits > 0)
        {
            if (
                at + 2 + digits > text.Length
                || !uint.TryParse(text.AsSpan(at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                || code > 0x10FFFF
            )
            {
                throw Error(text, at, place, $"\\{kind} needs {digits} hexadecimal digits of a character");
            }

            if (code > 0xFFFF)
                value.Append(char.ConvertFromUtf32((int)code));
            else
                value.Append((char)code);
            at += 2 + digits;
            return;
        }

        if (kind is >= '0' and <= '7')
        {
            int code = 0;
            int end = at + 1;
            while (end < text.Length && end < at + 4 && text[end] is >= '0' and <= '7')
                code = (code * 8) + (text[end++] - '0');
            value.Append((char)code);
            at = end;
            return;
        }

        if (kind == 'N')
            throw Error(text, at, place, "\\N{…} is not read; write the character itself");
        _ = kind switch
        {
            '\'' or '"' or '\\' => value.Append(kind),
            'n' => value.Append('\n'),
            't' => value.Append('\t'),
            'r' => value.Append('\r'),
            'a' => value.Append('\a'),
            'b' => value.Append('\b'),
            'f' => value.Append('\f'),
            'v' => value.Append('\v'),
            '\n' => value,
            // Python keeps the backslash of what is no escape.
            _ => value.Append('\\').Append(kind),
        };
        at += 2;
    }

    private static int Skip(string text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
        return at;
    }

    private static InvalidDataException Error(string text, int at, string place, string expected)
    {
        string found = at >= text.Length ? "the text ends" : $"'{text[at..Math.Min(text.Length, at + 12)]}' stands";
        return new InvalidDataException(
            $"{place}: is not a list of strings such as ['a dog', \"it's a cat\"]: {expected} at character {at + 1}, where "
                + $"{found}; nothing in it is ever run as code"
        );
    }
}
