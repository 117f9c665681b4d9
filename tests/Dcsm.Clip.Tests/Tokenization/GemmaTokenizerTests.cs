using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.Gemma;
using Dcsm.IO.Json;
using FsCheck.Xunit;

namespace Dcsm.Clip.Tests.Tokenization;

/// <summary>Gemma's tokenizer beside ids that another program gave for the same <c>tokenizer.json</c>.</summary>
public sealed class GemmaTokenizerTests
{
    private static readonly string File = Goldens.Path("tokenizer-gemma", "tokenizer.json");

    public static IEnumerable<object[]> Cases =>
        JsonDocument
            .Parse(System.IO.File.ReadAllBytes(Goldens.Path("tokenizer-gemma", "cases.json")))
            .RootElement.EnumerateArray()
            .Select(one => new object[] { one.GetProperty("text").GetString()!, one.GetProperty("ids").Deserialize<int[]>()! });

    [Theory]
    [MemberData(nameof(Cases))]
    public void Ids_are_those_of_the_other_program(string text, int[] ids) => Assert.Equal(ids, Open().Encode(text));

    [Fact]
    public void Each_token_has_its_place_in_the_text()
    {
        TokenizedText text = Open().Tokenize("No DOG, left  of 猫!", 24);
        string[] places = [.. text.Offsets.Take(text.Length).Select(place => text.Text.Substring(place.Start, place.Length))];
        Assert.Equal("No|DOG|,|left|of", string.Join('|', Joined(text)[..5]));
        Assert.Equal("", places[^1]);
        Assert.Equal(3, places.Count(place => place == "猫"));
        Assert.All(text.Ids.Skip(text.Length), id => Assert.Equal(0, id));
        TokenizedText cut = Open().Tokenize("no dog left of a car", 4);
        Assert.Equal((true, 1), (cut.Truncated, cut.Ids[3]));
    }

    [Property(MaxTest = 200)]
    public bool What_was_encoded_can_be_read_again(string? text)
    {
        string given = (text ?? "").Replace('\u2581', ' ').Replace('<', ' ').ToLowerInvariant();
        if (given.Any(char.IsSurrogate))
        {
            return true;
        }

        Dictionary<int, string> pieces = Pieces();
        List<byte> bytes = [];
        foreach (int id in Open().Encode(given)[..^1])
        {
            string piece = pieces[id];
            if (piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal))
                bytes.Add(Convert.ToByte(piece[3..5], 16));
            else
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes(piece.Replace('\u2581', ' ')));
        }

        return System.Text.Encoding.UTF8.GetString([.. bytes]) == given;
    }

    [Fact]
    public void Lower_case_goes_without_saying_unless_the_settings_say_otherwise()
    {
        JsonNode file = Node();
        file["normalizer"] = file["normalizer"]!["normalizers"]![1]!.DeepClone();
        Assert.Equal(Open().Encode("A RED mug"), Open(file).Encode("A RED mug"));
        Assert.NotEqual(Open(file).Encode("A RED mug"), new GemmaTokenizer(Field(file), null, lowers: false).Encode("A RED mug"));
        // A capital sigma is one letter like others.
        Assert.Equal(Open().Encode("σ"), Open().Encode("Σ"));
    }

    [Fact]
    public void A_vocabulary_without_bytes_gives_one_unknown_token_for_what_it_does_not_know()
    {
        JsonNode file = Node();
        file["model"]!["byte_fallback"] = false;
        Assert.Equal([.. Open().Encode("a cat ")[..^1], 3, .. Open().Encode(" a")], Open(file).Encode("a cat 猫猫 a"));
    }

    [Theory]
    [InlineData("model.merges", """["ca t"]""", "model.merges[0]: expected two tokens")]
    [InlineData("model.merges", """[["a"]]""", "expected two tokens of the vocabulary")]
    [InlineData("model.ignore_merges", "true", "ignore_merges")]
    [InlineData("model.dropout", "0.1", "dropout")]
    [InlineData("model.vocab", """{"a": -1}""", "expected a whole number from 0 to")]
    [InlineData("model.vocab", """{"a": 99999999}""", "expected a whole number from 0 to")]
    [InlineData("model.unk_token", "\"nothing\"", "unk_token: expected a token of the vocabulary")]
    [InlineData("normalizer", """{"type": "NFKC"}""", "field normalizer.type: expected 'Lowercase'")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"String": ""}, "content": "x"}""", "expected what is looked for")]
    [InlineData("pre_tokenizer", """{"type": "ByteLevel"}""", "expected 'Split'")]
    [InlineData("added_tokens", """[{"id": 1, "content": "x", "lstrip": true}]""", "lstrip: expected false")]
    public void What_is_not_Gemmas_is_named(string field, string value, string part)
    {
        JsonNode file = Node();
        string[] names = field.Split('.');
        JsonNode parent = names.Length == 1 ? file : file[names[0]]!;
        parent[names[^1]] = JsonNode.Parse(value);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Open(file));
        Assert.StartsWith("tokenizer.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_name_the_tokens_around_a_text()
    {
        var settings = JsonField.Parse(
            """{"add_bos_token": true, "bos_token": {"content": "<mask>"}, "pad_token": "<unk>"}"""u8,
            "settings"
        );
        var tokenizer = new GemmaTokenizer(JsonField.LoadFromPython(File), settings, lowers: true);
        Assert.Equal([4, .. Open().Encode("a cat")], tokenizer.Encode("a cat"));
        Assert.Equal(3, tokenizer.PadToken);
        var endless = JsonField.Parse("""{"add_eos_token": false}"""u8, "settings");
        Assert.Contains(
            "add_eos_token",
            Assert.Throws<InvalidDataException>(() => new GemmaTokenizer(Field(Node()), endless, lowers: true)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_word_of_a_hundred_thousand_letters_is_encoded_as_a_whole() =>
        Assert.Equal(100_001, Open().Encode(new string('x', 100_000)).Length);

    // The words that stand in the text, of tokens that touch.
    private static List<string> Joined(TokenizedText text)
    {
        List<(int Start, int End)> words = [];
        foreach (TextRange place in text.Offsets.Take(text.Length).Where(place => place.Length > 0))
        {
            if (words is [.., var last] && last.End == place.Start && char.IsLetter(text.Text[place.Start]))
                words[^1] = (last.Start, place.End);
            else
                words.Add((place.Start, place.End));
        }

        return [.. words.Select(word => text.Text[word.Start..word.End])];
    }

    private static Dictionary<int, string> Pieces() =>
        ((JsonObject)Node()["model"]!["vocab"]!).ToDictionary(piece => (int)piece.Value!, piece => piece.Key);

    private static JsonNode Node() => JsonNode.Parse(System.IO.File.ReadAllBytes(File))!;

    private static JsonField Field(JsonNode file) =>
        JsonField.Parse(System.Text.Encoding.UTF8.GetBytes(file.ToJsonString()), "tokenizer.json");

    private static GemmaTokenizer Open(JsonNode? file = null) => new(Field(file ?? Node()), null, lowers: true);
}
