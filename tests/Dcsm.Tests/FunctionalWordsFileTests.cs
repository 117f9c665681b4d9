using Dcsm.FunctionalWords;

namespace Dcsm.Tests;

public sealed class FunctionalWordsFileTests : IDisposable
{
    private readonly TemporaryFolder _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("{", "the JSON stops in the middle")]
    [InlineData("[]", "expected an object")]
    [InlineData("""{ "words": [] }""", "the field name is missing")]
    [InlineData("""{ "name": " ", "words": [] }""", "field name: the text is empty")]
    [InlineData("""{ "name": "x" }""", "the field words is missing")]
    [InlineData("""{ "name": "x", "words": 3 }""", "field words: expected a list, found 3")]
    [InlineData("""{ "name": "x", "words": ["above"] }""", "field words[0]: expected an object, found \"above\"")]
    [InlineData("""{ "name": "x", "word": [], "words": [] }""", "field word: not a field")]
    [InlineData("""{ "name": "x", "name": "y", "words": [] }""", "not JSON")]
    [InlineData("""{ "name": "x", "words": [{ "forms": ["a"] }] }""", "field words[0]: the field word is missing")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a", "form": ["b"] }] }""", "field words[0].form: not a field")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a", "forms": [7] }] }""", "field words[0].forms[0]: expected a text, found 7")]
    [InlineData("""{ "name": "x", "words": [{ "word": "" }] }""", "words: entry 0 (''): form '' is empty")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a", "forms": ["a"] }] }""", "form 'a' is given twice")]
    [InlineData(
        """{ "name": "x", "words": [{ "word": "a", "forms": ["b"] }, { "word": "B" }] }""",
        "entry 1 ('B'): form 'B' already belongs to entry 0 ('a')"
    )]
    [InlineData("""{ "name": "x", "words": [{ "word": "a  b" }] }""", "two in a row")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a." }] }""", "a part 'a.' that is not a word")]
    [InlineData("""{ "name": "x", "words": [{ "word": "~n't" }] }""", "only a further form")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a", "forms": ["~n't b"] }] }""", "may not hold a space")]
    [InlineData("""{ "name": "x", "words": [{ "word": "a", "forms": ["~"] }] }""", "form '~' is empty")]
    public void Wrong_content_is_told_with_file_and_entry(string json, string expected)
    {
        string path = _directory["words.json"];
        File.WriteAllText(path, json);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => FunctionalWordList.Load(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_file_is_told()
    {
        string path = _directory["none.json"];
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => FunctionalWordList.Load(path));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_ones_own_is_read()
    {
        string path = _directory["words.json"];
        File.WriteAllText(path, """{ "name": "mine", "description": "d", "words": [{ "word": "über", "forms": ["ober-halb von"] }] }""");
        var words = FunctionalWordList.Load(path);
        Assert.Equal("mine", words.Name);
        Assert.Equal(
            [new FunctionalMatch(0, 2, 4), new FunctionalMatch(0, 7, 14)],
            words.Find("x ÜBER Ober-halb  VON y").Select(match => match)
        );
    }

    [Fact]
    public void Wrong_entries_in_code_are_wrong_arguments() =>
        Assert.Throws<ArgumentException>(() =>
            new FunctionalWordList("x", [new FunctionalWord("a", ["a"]), new FunctionalWord("a", ["a"])])
        );
}
