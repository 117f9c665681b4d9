using System.Text;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.IO.Tests.Json;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Blank_lines_marks_and_ends_of_Windows_are_passed_over()
    {
        string path = _folder["x.jsonl"];
        File.WriteAllText(path, "1\r\n\r\n \t\n2", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal([$"{path}, line 1", $"{path}, line 4"], JsonLines.Read(path).Select(line => line.Place));
        Assert.Equal([1, 2], JsonLines.Read(path).Select(line => line.Whole(0)));
    }

    [Theory]
    [InlineData("1\n{\"a\":}\n", ", line 2, column 6: not JSON (")]
    [InlineData("1\n{\"a\":1", ", line 2: the JSON stops in the middle, after 6 bytes; the file was cut off")]
    [InlineData("1\nNaN\n", ", line 2, column 1: the bare word NaN is not JSON")]
    public void Wrong_lines_are_told(string text, string expected)
    {
        string path = _folder.Write("x.jsonl", text);
        string message = Assert.Throws<InvalidDataException>(() => JsonLines.Read(path).ToList()).Message;
        Assert.StartsWith(path + expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_not_UTF8_are_told()
    {
        File.WriteAllBytes(_folder["x.jsonl"], [.. "1\n\"a"u8, 0xE9, .. "\"\n"u8]);
        Assert.Contains(
            ", line 2: the bytes are not UTF-8 (0xE9 at byte 3 of the line)",
            Assert.Throws<InvalidDataException>(() => JsonLines.Read(_folder["x.jsonl"]).ToList()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Lines_have_their_bytes_and_places_however_long_they_are()
    {
        string[] lines = ["", "a", new string('b', 200_000), "c"];
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
        TextLine[] read = [.. TextLine.ReadAll(stream)];
        Assert.Equal(lines, read.Select(line => Encoding.UTF8.GetString(line.Bytes.Span)));
        Assert.Equal([1, 2, 3, 4], read.Select(line => line.Number));
        Assert.Equal([true, true, true, false], read.Select(line => line.Ended));
        Assert.Equal([0, 1, 3, 200_004], read.Select(line => line.Start));
        Assert.Equal([1, 3, 200_004, 200_005], read.Select(line => line.Next));
    }

    [Fact]
    public void Any_line_of_an_index_can_be_read()
    {
        string path = _folder.Write("x.jsonl", "{\"a\":1}\n{\"a\":2}\n");
        using var index = LineIndex.Open(path, 2);
        Assert.Equal(2, index[1].Field("a").Whole(0));
        Assert.Equal($"{path}, line 2, field a", index[1].Field("a").Place);
        Assert.Contains(
            "has more lines",
            Assert.Throws<InvalidDataException>(() => LineIndex.Open(path, 1)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has 2 lines",
            Assert.Throws<InvalidDataException>(() => LineIndex.Open(path, 3)).Message,
            StringComparison.Ordinal
        );
        _folder.Write("x.jsonl", "{}\n{");
        Assert.Contains(
            "line 2: ends in the middle",
            Assert.Throws<InvalidDataException>(() => LineIndex.Open(path, 2)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_log_drops_what_was_torn_and_goes_on()
    {
        string path = _folder.Write("log", "1\n2\n3\n4");
        List<string> seen = [];
        using (var log = RowLog.Open(path, 8, 2, (i, line) => seen.Add($"{i}:{Encoding.UTF8.GetString(line)}")))
        {
            Assert.Equal(["0:1", "1:2", "2:3"], seen);
            // Groups of two: the third line's partner was torn.
            Assert.Equal(2, log.Count);
            log.Append("5\n6\n"u8, 2);
        }

        Assert.Equal("1\n2\n5\n6\n", File.ReadAllText(path));
        Assert.Contains(
            "more lines",
            Assert.Throws<InvalidDataException>(() => RowLog.Open(path, 3, 1, (_, _) => { })).Message,
            StringComparison.Ordinal
        );
    }
}
