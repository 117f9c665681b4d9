using System.Text;
using System.Text.Json;
using Dcsm.IO.Json;

namespace Dcsm.IO.Tests.Json;

public sealed class JsonFieldTests
{
    private static JsonField Parse(string json, JsonDocumentOptions options = default) =>
        JsonField.Parse(Encoding.UTF8.GetBytes(json), "x.json", options);

    private static void Fails(string expected, Func<object?> read) =>
        Assert.Equal(expected, Assert.Throws<InvalidDataException>(read).Message);

    [Fact]
    public void Values_are_read()
    {
        JsonField top = Parse(
            """{"a":{"b":[1,-2.5,"x",true,null]},"big":18446744073709551615,"texts":["p","q"],"ids":[0,2147483647],"singles":[0.1,1e3]}"""
        );
        IReadOnlyList<JsonField> list = top.Field("a").Field("b").List();
        Assert.Equal(1, list[0].Whole(0));
        Assert.Equal(8, Parse("8.0").Whole(0));
        Assert.Equal(1, list[0].Whole(byte.MinValue));
        Assert.Equal(-2.5, list[1].Number());
        Assert.Equal("x", list[2].Text());
        Assert.True(list[3].Flag());
        Assert.Equal(ulong.MaxValue, top.Field("big").Whole(0UL));
        Assert.Equal(["p", "q"], top.Field("texts").Texts(2));
        Assert.Equal([0, int.MaxValue], top.Field("ids").Integers(2));
        Assert.Equal([0.1f, 1000f], top.Field("singles").Singles(2));
        Assert.Equal(["a", "big", "texts", "ids", "singles"], top.Fields().Select(field => field.Name));
        Assert.Equal(7, Parse("""{"k":"seven"}""").Field("k").OneOf([("one", 1), ("seven", 7)]));
        Assert.Equal(["12", "id"], Parse("""[12,"id"]""").List().Select(key => key.Key()));
    }

    [Fact]
    public void What_may_be_missing_is_null_and_null_counts_as_missing()
    {
        JsonField top = Parse("""{"here":0,"null":null}""");
        Assert.Equal(0, top.Optional("here")?.Whole(0));
        Assert.Null(top.Optional("null"));
        Assert.Null(top.Optional("nowhere"));
        Assert.True(top.Has("null"));
        Assert.False(top.Has("nowhere"));
        Fails("x.json: expected an object, found 3", () => Parse("3").Optional("a"));
    }

    [Fact]
    public void Errors_name_file_place_what_is_expected_and_what_was_found()
    {
        JsonField top = Parse("""{"a":{"b":[{"c":"text"},7]},"e":{},"s":"\ud800","blank":" ","n":null}""");
        Fails("x.json, field a.b[0].c: expected a number, found \"text\"", () => top.Field("a").Field("b").List()[0].Field("c").Number());
        Fails("x.json, field a.b[1]: expected a text, found 7", () => top.Field("a").Field("b").List()[1].Text());
        Fails("x.json, field a.b[1]: expected an object with the field z, found 7", () => top.Field("a").Field("b").List()[1].Field("z"));
        Fails("x.json, field a: the field z is missing; found b", () => top.Field("a").Field("z"));
        Fails("x.json, field e: the field z is missing; found none", () => top.Field("e").Field("z"));
        Fails("x.json, field a: expected a list, found an object with the fields b", () => top.Field("a").List());
        Fails("x.json, field a.b: expected 3 texts, found 2", () => top.Field("a").Field("b").Texts(3));
        Fails("x.json, field s: the text has an escape that is half a character", () => top.Field("s").Text());
        Fails("x.json, field blank: the text is empty", () => top.Field("blank").Text());
        Fails("x.json, field n: expected true or false, found null", () => top.Field("n").Flag());
        Fails("x.json, field blank: expected one of 'p', 'q', found \" \"", () => top.Field("blank").OneOf([("p", 1), ("q", 2)]));
        Fails("x.json, item index 1: expected a positive whole number, found 0", () => Parse("[1,0]").List()[1].Whole(1));
        Fails("x.json, item index 0, position 1: expected a list, found 2", () => Parse("[[1,2]]").List()[0].List()[1].List());
        Fails("x.json: the list has no items", () => Parse("[]").Items());
    }

    [Theory]
    [InlineData("1.5", "a positive whole number")]
    [InlineData("2147483648", "a positive whole number")]
    [InlineData("1e400", "a positive whole number")]
    [InlineData("true", "a positive whole number")]
    public void Whole_numbers_are_of_their_type(string json, string expected) =>
        Fails($"x.json: expected {expected}, found {json}", () => Parse(json).Whole(1));

    [Fact]
    public void Bounds_are_told()
    {
        Fails("x.json: expected a whole number from 0 to 4, found 5", () => Parse("5").Whole(0, 4));
        Fails("x.json: expected a whole number from 0, found -1", () => Parse("-1").Whole(0UL));
        Fails("x.json: expected a whole number, found \"1\"", () => Parse("\"1\"").Whole(long.MinValue));
        Fails("x.json: expected a number, found 1e400", () => Parse("1e400").Number());
        Fails("x.json: expected a list of 2 whole numbers from 0, found [1,-1]", () => Parse("[1,-1]").Integers(2));
        Fails("x.json: expected a list of 3 whole numbers from 0, found [1,1]", () => Parse("[1,1]").Integers(3));
        Fails("x.json: expected a list of 1 numbers, found {}".Replace("{}", "an object without fields"), () => Parse("{}").Singles(1));
    }

    [Fact]
    public void What_was_found_is_cut_where_it_is_long()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Parse($"\"{new string('a', 100)}\"").Number());
        Assert.Equal($"x.json: expected a number, found \"{new string('a', 56)}...", error.Message);
    }

    [Fact]
    public void Unknown_fields_are_refused_where_that_is_asked() =>
        Fails(
            "x.json, field k.b: not a field of this format; known are a, c",
            () =>
            {
                Parse("""{"k":{"a":1,"b":2}}""").Field("k").AllowOnly("a", "c");
                return null;
            }
        );

    [Theory]
    [InlineData("{\n  \"a\": tru }", "x.json, line 2, column 11: not JSON (")]
    [InlineData("[1, 2", "x.json, item index 0: the JSON stops in the middle, at line 1, column 5, byte 5; the file was cut off")]
    [InlineData("{\"a\":", "x.json: the JSON stops in the middle")]
    [InlineData("{", "x.json: the JSON stops in the middle")]
    [InlineData("[{\"a\": 1}, {\"a\": NaN}]", "x.json, item index 1, line 1, column 18: the bare word NaN is not JSON")]
    [InlineData("[-Infinity]", "x.json, line 1, column 2: the bare word Infinity is not JSON")]
    [InlineData("{} {}", "x.json, line 1, column 4: not JSON (")]
    public void What_is_no_JSON_is_told_with_its_place(string json, string expected)
    {
        string message = Assert.Throws<InvalidDataException>(() => Parse(json)).Message;
        Assert.StartsWith(expected.Split(", line 1, column 2:")[0], message, StringComparison.Ordinal);
        Assert.Contains(expected.Split(": ")[1], message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_stands_twice_is_refused_where_that_is_asked()
    {
        const string Twice = """{"a":1,"a":2}""";
        Assert.Equal(2, Parse(Twice).Field("a").Whole(0));
        var strict = new JsonDocumentOptions { AllowDuplicateProperties = false };
        Assert.Contains("not JSON (", Assert.Throws<InvalidDataException>(() => Parse(Twice, strict)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_have_to_be_UTF8()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mark.json"], "[3]", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(3, JsonField.Load(folder["mark.json"]).List()[0].Whole(0));
        File.WriteAllText(folder["wide.json"], "[3]", Encoding.Unicode);
        Fails($"{folder["wide.json"]}: the file is UTF-16, not UTF-8; save it as UTF-8", () => JsonField.Load(folder["wide.json"]));
        File.WriteAllBytes(folder["latin.json"], [.. "[\n\"a"u8, 0xE9, .. "\"]"u8]);
        Fails(
            $"{folder["latin.json"]}, line 2: the bytes are not UTF-8 (0xE9 at byte 3 of the line); save the file as UTF-8",
            () => JsonField.Load(folder["latin.json"])
        );
        File.WriteAllText(folder["empty.json"], " \n");
        Fails($"{folder["empty.json"]}: the file is empty", () => JsonField.Load(folder["empty.json"]));
        Assert.Throws<FileNotFoundException>(() => JsonField.Load(folder["none.json"]));
    }

    [Theory]
    [InlineData("""{"a":1,"b":{"x\ud800":2}}""")]
    [InlineData("""{"\uDC00y":1}""")]
    public void A_name_of_half_a_character_is_refused_wherever_it_stands(string json)
    {
        foreach (
            Action read in (Action[])
                [
                    () => JsonField.Parse(Encoding.UTF8.GetBytes(json), "a.json"),
                    () => JsonField.Parse(Encoding.UTF8.GetBytes(json), "a.json", new() { AllowDuplicateProperties = false }),
                    () => JsonLines.Parse(Encoding.UTF8.GetBytes(json), "a.json", 3),
                    () => JsonItems.Read(Encoding.UTF8.GetBytes($"[{json}]"), "a.json", _ => { }, default),
                ]
        )
        {
            string message = Assert.Throws<InvalidDataException>(read).Message;
            Assert.StartsWith("a.json", message, StringComparison.Ordinal);
            Assert.Contains("a name in line 1", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_text_of_half_a_character_is_refused_where_it_is_wanted()
    {
        var field = JsonField.Parse("""{"a":"\ud800","b":"\ud83d\ude00","c":1}"""u8, "a.json");
        Assert.Equal("\U0001F600", field.Field("b").String());
        Assert.Throws<InvalidDataException>(() => field.Field("a").String());
        Assert.Throws<InvalidDataException>(() => field.ToNode());
    }

    [Fact]
    public void Errors_quote_no_more_than_a_person_reads()
    {
        string endless = new('x', 5_000);
        int Length(Action read) => Assert.Throws<InvalidDataException>(read).Message.Length;
        Assert.InRange(Length(() => Parse($$"""{"{{endless}}":1}""").Fields().Single().Text()), 80, 150);
        Assert.InRange(Length(() => Parse($$"""{"a":"b" {{endless}}}""")), 80, 400);
        Assert.InRange(Length(() => Parse($$"""["a" tru{{endless}}, 1]""")), 20, 400);
    }

    [Fact]
    public void Errors_name_no_more_fields_than_a_person_reads()
    {
        string json = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"field{i}\":{i}")) + "}";
        var field = JsonField.Parse(Encoding.UTF8.GetBytes(json), "a.json");
        Assert.InRange(Assert.Throws<InvalidDataException>(() => field.Field("other")).Message.Length, 1, 1000);
    }
}
