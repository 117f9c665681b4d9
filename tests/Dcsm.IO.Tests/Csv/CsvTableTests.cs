using System.Text;
using Dcsm.IO.Csv;

namespace Dcsm.IO.Tests.Csv;

public sealed class CsvTableTests
{
    private static CsvTable Parse(string text, params string[] required) =>
        CsvTable.Parse(Encoding.UTF8.GetBytes(text), "x.csv", required.Length > 0 ? required : ["a", "b"]);

    [Fact]
    public void Columns_are_found_by_name_and_rows_know_their_lines()
    {
        CsvTable table = Parse("B, A ,\n1,\"x\ny\",0\n2, z ,0\n");
        Assert.Equal(["B", "A", ""], table.Headers);
        Assert.Equal(["x\ny", " z "], table.Rows.Select(row => row["a"]));
        Assert.Equal([2, 4], table.Rows.Select(row => row.Line));
        Assert.Equal("x.csv, line 4, column a", table.Rows[1].PlaceOf("a"));
        Assert.Equal("", table.Rows[0].Optional("c"));
        Assert.Equal(1, table.Rows[0].Index("b", 2));
    }

    [Fact]
    public void Fields_are_trimmed_where_that_is_asked()
    {
        var table = CsvTable.Parse("a,b\n x , \" y \"\n"u8.ToArray(), "x.csv", ["a", "b"], trim: true);
        Assert.Equal(("x", "y"), (table.Rows[0]["a"], table.Rows[0]["b"]));
    }

    [Fact]
    public void Errors_quote_no_more_of_a_header_than_a_person_reads()
    {
        string endless = new('x', 5_000),
            many = string.Join(',', Enumerable.Range(0, 5_000).Select(i => $"x{i}"));
        foreach (string header in (string[])[endless, $"{endless},{endless}", $"{endless};b", many])
        {
            InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
                CsvTable.Parse(Encoding.UTF8.GetBytes($"{header}\n1\n"), "x.csv", ["a"])
            );
            Assert.InRange(error.Message.Length, 60, 300);
        }
    }

    [Theory]
    [InlineData("a\n1\n", "x.csv, line 1: the column b is missing; found a")]
    [InlineData("c\n1\n", "x.csv, line 1: the columns a and b are missing; found c")]
    [InlineData("a;b\n1;2\n", "x.csv, line 1: the header is one column, 'a;b': the file is separated by ';' where commas are expected")]
    [InlineData("a,b,A\n1,2,3\n", "x.csv, line 1: two columns are named A")]
    [InlineData("a,b\n", "x.csv: has a header and no items")]
    [InlineData("a,b\n1,2\n1,2,3\n", "x.csv, line 3: expected 2 fields, found 3; a text that contains a comma is put in quotation marks")]
    [InlineData("a,b\n1,2\n3,\"x\n", "x.csv, line 3: a quoted field has no end")]
    [InlineData("a,b\n1,x\"y\n", "x.csv, line 2: a quotation mark stands where none may be")]
    public void What_is_no_table_is_told_with_its_place(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<InvalidDataException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Wrong_fields_are_told_with_their_place()
    {
        CsvRow row = Parse("a,b\n ,2\n").Rows[0];
        Assert.Equal(
            "x.csv, line 2, column a: the field is empty; a text is expected",
            Assert.Throws<InvalidDataException>(() => row.Text("a")).Message
        );
        Assert.Equal(
            "x.csv, line 2, column b: 2 is out of range; 0 to 1 expected",
            Assert.Throws<InvalidDataException>(() => row.Index("b", 2)).Message
        );
        Assert.Equal(
            "x.csv, line 2, column a: '' is not a whole number; 0 to 1 expected",
            Assert.Throws<InvalidDataException>(() => row.Index("a", 2)).Message
        );
    }

    [Fact]
    public void What_is_written_is_quoted_where_it_has_to_be_and_read_again()
    {
        string[][] rows =
        [
            ["a", "b"],
            ["x,y", "say \"no\""],
            ["two\nlines", " plain "],
            ["", "=1+1"],
        ];
        using var stream = new MemoryStream();
        CsvTable.Write(stream, rows, raw: true);
        string text = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Equal("a,b\n\"x,y\",\"say \"\"no\"\"\"\n\"two\nlines\", plain \n,=1+1\n", text);
        Assert.Equal(rows[1..], Parse(text).Rows.Select(row => new[] { row["a"], row["b"] }));
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", true)]
    [InlineData("+1+1", true)]
    [InlineData("-a cat", true)]
    [InlineData("@sum(a)", true)]
    [InlineData("\t=1", true)]
    [InlineData("-3.5e-7", false)]
    [InlineData("+2", false)]
    [InlineData("-0", false)]
    [InlineData("a=b", false)]
    [InlineData("", false)]
    public void What_a_spreadsheet_would_compute_is_kept_from_it(string text, bool isComputed)
    {
        using var stream = new MemoryStream();
        CsvTable.Write(
            stream,
            [
                ["a", "b"],
                [text, "1"],
            ]
        );
        Assert.Equal(isComputed ? "'" + text : text, Parse(Encoding.UTF8.GetString(stream.ToArray())).Rows[0]["a"]);
    }
}
