using System.Globalization;
using System.Text;
using Dcsm.Data.Benchmarks.Reading;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Benchmarks;

public sealed class PythonListTests
{
    [Theory]
    [InlineData("[]")]
    [InlineData(" [ ] ")]
    [InlineData("['a']", "a")]
    [InlineData("['a', \"b\"]", "a", "b")]
    [InlineData("['a' ,\n 'b',]", "a", "b")]
    [InlineData(@"['it\'s', ""say \""x\"""", 'a\\b']", "it's", "say \"x\"", @"a\b")]
    [InlineData(@"['\n\t\r', '\xe9\u00e9\U0001F600\101']", "\n\t\r", "éé😀A")]
    [InlineData(@"['\d']", @"\d")]
    [InlineData("['a, b', ']']", "a, b", "]")]
    public void Lists_are_read(string text, params string[] expected) => Assert.Equal(expected, PythonList.Parse(text, "here"));

    [Theory]
    [InlineData("", "character 1")]
    [InlineData("A dog", "'[' is expected at character 1, where 'A dog' stands")]
    [InlineData("('a',)", "character 1")]
    [InlineData("[1]", "a quoted string is expected at character 2")]
    [InlineData("[None]", "character 2")]
    [InlineData("[__import__('os').getcwd()]", "character 2")]
    [InlineData("['a' + 'b']", "',' or ']' is expected at character 6")]
    [InlineData("['a' 'b']", "character 6")]
    [InlineData("['a'", "',' or ']' is expected at character 5, where the text ends")]
    [InlineData("['a', ", "']' is expected at character 7")]
    [InlineData("['a]", "begins at character 2 is not closed")]
    [InlineData("['a'] + x", "the end is expected at character 7")]
    [InlineData(@"['\x4']", "needs 2 hexadecimal digits")]
    [InlineData(@"['\UFFFFFFFF']", "needs 8 hexadecimal digits")]
    [InlineData(@"['\N{DASH}']", "write the character")]
    [InlineData(@"['a\", "not complete")]
    [InlineData("['a\nb']", "must end on its line")]
    public void Anything_else_names_the_character(string text, string part)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => PythonList.Parse(text, "x.csv, line 2, column captions"));
        Assert.StartsWith("x.csv, line 2, column captions: is not a list of strings", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Property]
    public bool What_is_written_is_read(string[] texts)
    {
        string[] known = [.. texts.Select(text => text ?? "")];
        return PythonList.Parse($"[{string.Join(", ", known.Select(Write))}]", "here").SequenceEqual(known);
    }

    [Property]
    public bool No_text_does_anything_but_read_or_fail(string text)
    {
        try
        {
            return PythonList.Parse(text ?? "", "here") is not null;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    /// <summary>As Python's repr does: double quotes only where that saves an escape.</summary>
    private static string Write(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder written = new StringBuilder().Append(quote);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => written.Append(@"\\"),
                _ when c == quote => written.Append('\\').Append(c),
                '\n' => written.Append(@"\n"),
                < ' ' or (>= '\x7f' and < '\xa0') => written.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                >= '\u2000' => written.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => written.Append(c),
            };
        }

        return written.Append(quote).ToString();
    }
}
