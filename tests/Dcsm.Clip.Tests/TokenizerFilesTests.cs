using System.Text.Json;
using System.Text.Json.Nodes;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Tests;

public sealed class TokenizerFilesTests : IDisposable
{
    private const string Vocabulary =
        """{"a":0,"b":1,"a</w>":2,"b</w>":3,"ab</w>":4,"#</w>":5,"#":6,"##</w>":7,"<|startoftext|>":8,"<|endoftext|>":9,"<pad>":10}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Normal_form_c_is_that_of_Unicode()
    {
        foreach (string line in File.ReadLines(Goldens.Path("unicode", "nfc.jsonl")))
        {
            string[] pair = JsonSerializer.Deserialize<string[]>(line)!;
            List<AlignedRune> runes = [.. pair[0].EnumerateRunes().Select((rune, i) => new AlignedRune(rune.Value, i, i + 1))];
            UnicodeComposition.Compose(runes);
            Assert.Equal(pair[1].EnumerateRunes().Select(rune => rune.Value), runes.Select(rune => rune.Value));
        }
    }

    [Fact]
    public void A_small_vocabulary_in_the_same_layout_is_read()
    {
        Write(Vocabulary, "#version: 0.2\na b</w>\n# #</w>\n");
        var tokenizer = ClipTokenizer.Load(_folder.Path);
        Assert.Equal((8, 9, 9, 11), (tokenizer.StartToken, tokenizer.EndToken, tokenizer.PadToken, tokenizer.VocabularySize));
        Assert.Equal([8, 4, 0, 2, 7, 9], tokenizer.Encode("AB aa ##"));
        Assert.Equal([8, 4, 9, 9], tokenizer.Tokenize("ab", 4).Ids);
    }

    [Fact]
    public void A_byte_that_the_vocabulary_lacks_is_the_unknown_token()
    {
        Write(Vocabulary, "a b</w>\n");
        Assert.Equal([8, 9, 2, 9], ClipTokenizer.Load(_folder.Path).Encode("x a"));
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"pad_token":"<pad>"}""")]
    [InlineData("special_tokens_map.json", """{"pad_token":{"content":"<pad>","normalized":false}}""")]
    public void A_configured_padding_token_is_taken(string file, string json)
    {
        Write(Vocabulary, "a b</w>\n");
        File.WriteAllText(_folder[file], json);
        var tokenizer = ClipTokenizer.Load(_folder.Path);
        Assert.Equal(10, tokenizer.PadToken);
        Assert.Equal([8, 4, 9, 10], tokenizer.Tokenize("ab", 4).Ids);
    }

    [Fact]
    public void Special_tokens_in_a_text_are_found_raw_or_normalized_as_the_files_say()
    {
        Write(Vocabulary, "a b</w>\n");
        var raw = ClipTokenizer.Load(_folder.Path);
        TokenizedText tokenized = raw.Tokenize("ab<|endoftext|>a");
        Assert.Equal([8, 4, 9, 2, 9], tokenized.Ids);
        Assert.Equal(new TextRange(2, 13), tokenized.Offsets[2]);
        Assert.NotEqual([8, 9, 9], raw.Encode("<|ENDOFTEXT|>"));

        File.WriteAllText(_folder["tokenizer_config.json"], """{"eos_token":{"content":"<|endoftext|>","normalized":true}}""");
        TokenizedText normalized = ClipTokenizer.Load(_folder.Path).Tokenize("ab <|ENDOFTEXT|> a");
        Assert.Equal([8, 4, 9, 2, 9], normalized.Ids);
        Assert.Equal(new TextRange(3, 13), normalized.Offsets[2]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_combined_file_gives_the_same_ids(bool pairs)
    {
        var merges = new JsonArray();
        foreach (string? line in File.ReadLines(Goldens.Path("tokenizer", "merges.txt")).Skip(1))
        {
            string[] parts = line.Split(' ');
            merges.Add(pairs ? new JsonArray(parts[0], parts[1]) : (JsonNode)line);
        }
        var combined = new JsonObject
        {
            ["added_tokens"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = 49406,
                    ["content"] = "<|startoftext|>",
                    ["normalized"] = true,
                },
                new JsonObject { ["id"] = 49407, ["content"] = "<|endoftext|>" }
            ),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["end_of_word_suffix"] = "</w>",
                ["vocab"] = JsonNode.Parse(File.ReadAllText(Goldens.Path("tokenizer", "vocab.json"))),
                ["merges"] = merges,
            },
        };
        File.WriteAllText(_folder["tokenizer.json"], combined.ToJsonString());
        var tokenizer = ClipTokenizer.Load(_folder.Path);
        Assert.Equal([49406, 320, 1125, 539, 320, 2368, 269, 49407], tokenizer.Encode("a photo of a cat."));
        Assert.Equal([49406, 49406, 320, 49407], tokenizer.Encode("<|StartOfText|> a"));
    }

    [Fact]
    public void Missing_files_are_named()
    {
        Assert.Throws<DirectoryNotFoundException>(() => ClipTokenizer.Load(_folder["nowhere"]));
        Assert.Contains(
            "vocab.json is missing",
            Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(_folder.Path)).Message,
            StringComparison.Ordinal
        );
        File.WriteAllText(_folder["vocab.json"], Vocabulary);
        Assert.Contains(
            "merges.txt is missing",
            Assert.Throws<FileNotFoundException>(() => ClipTokenizer.Load(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"a":1.5}""", "", "field a: expected a token id, found 1.5")]
    [InlineData("""{"a":0,"a":1}""", "", "occurs twice")]
    [InlineData("""{"a":0}""", "#version: 0.2\n", "the start token '<|startoftext|>' is not in the vocabulary")]
    [InlineData(Vocabulary, "#version: 0.2\na b</w>\na b c\n", "merges.txt, line 3: 'a b c' is not a merge")]
    [InlineData(Vocabulary, "a a</w>\n", "merges.txt, line 1: 'aa</w>' is not in the vocabulary")]
    [InlineData("[]", "", "expected an object, found []")]
    public void Damaged_files_are_told(string vocabulary, string merges, string message)
    {
        Write(vocabulary, merges);
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("""{"model":{"type":"WordPiece"}}""", "field model.type: expected 'BPE', found \"WordPiece\"")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "end_of_word_suffix")]
    [InlineData(
        """{"model":{"type":"BPE","end_of_word_suffix":"</w>","vocab":{},"merges":[1]}}""",
        "field model.merges[0]: expected a merge of two tokens, found 1"
    )]
    [InlineData("""{}""", "the field model is missing")]
    public void Other_kinds_of_tokenizer_are_refused(string json, string message)
    {
        File.WriteAllText(_folder["tokenizer.json"], json);
        Assert.Contains(
            message,
            Assert.Throws<InvalidDataException>(() => ClipTokenizer.Load(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private void Write(string vocabulary, string merges)
    {
        File.WriteAllText(_folder["vocab.json"], vocabulary);
        File.WriteAllText(_folder["merges.txt"], merges);
    }
}
