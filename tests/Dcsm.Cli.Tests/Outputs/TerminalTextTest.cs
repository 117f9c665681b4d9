using System.Text;
using Dcsm.Cli.Output;

namespace Dcsm.Cli.Tests.Outputs;

public sealed class TerminalTextTest
{
    private const string Bad = "a\u001b]0;title\u0007\u202Eb\u009b31m\u2066";

    [Fact]
    public void What_is_written_to_a_screen_as_bytes_does_nothing_to_it()
    {
        var screen = new StringWriter();
        using (var stream = new EscapedStream(screen))
        {
            // Byte by byte: characters may come in parts.
            foreach (byte part in Encoding.UTF8.GetBytes($"é {Bad}\nsecond 😀\n"))
                stream.Write([part]);
        }

        Assert.Equal("é a\\u001b]0;title\\u0007\\u202eb\\u009b31m\\u2066\nsecond 😀\n", screen.ToString());
    }

    [Fact]
    public void What_is_said_is_cut_where_it_is_a_whole_file()
    {
        Assert.Equal("short", Terminal.Line("short"));
        string line = Terminal.Line("begin" + new string('x', 100 << 20) + "end");
        Assert.InRange(line.Length, 1, 2100);
        Assert.StartsWith("begin", line, StringComparison.Ordinal);
        Assert.EndsWith("end", line, StringComparison.Ordinal);
        Assert.Contains("characters", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_writer_that_fails_is_not_written_to_again()
    {
        var broken = new Broken();
        using var writer = new LenientWriter(broken);
        writer.WriteLine("one");
        writer.Write('2');
        writer.Flush();
        Assert.Equal(1, broken.Writes);
    }

    private sealed class Broken : StringWriter
    {
        public int Writes { get; private set; }

        public override void WriteLine(string? value)
        {
            Writes++;
            throw new IOException("full");
        }

        public override void Write(char value) => Writes++;
    }
}
