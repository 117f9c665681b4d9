using System.Text;
using System.Text.Json;
using Dcsm.Clip.Tokenization;
using FsCheck.Xunit;

namespace Dcsm.Clip.Tests;

public sealed class ClipTokenizerTests
{
    private static readonly ClipTokenizer Tokenizer = ClipTokenizer.Load(Goldens.Path("tokenizer"));

    private static readonly ClipTokenizer[] Flavors =
    [
        .. Enum.GetValues<TokenizerFlavor>().Select(flavor => ClipTokenizer.Load(Goldens.Path("tokenizer"), flavor)),
    ];

    [Fact]
    public void Repaired_characters_keep_their_places()
    {
        const string Text = "it&rsquo;s ﬁne &amp; ＯＫ";
        TokenizedText tokenized = ClipTokenizer.Load(Goldens.Path("tokenizer"), TokenizerFlavor.OpenAi).Tokenize(Text, 8);
        Assert.Equal(
            ["", "it", "&rsquo;s", "ﬁne", "&amp;", "ＯＫ", "", ""],
            tokenized.Offsets.Select(range => Text.Substring(range.Start, range.Length))
        );
    }

    // ftfy asks for a '<' once, before its rounds; html.unescape goes two deep at most.
    [Theory]
    [InlineData(TokenizerFlavor.OpenAi, "&lt;b &amp;amp;amp;amp;eacute;", "<b é")]
    [InlineData(TokenizerFlavor.Transformers4, "&lt;b &amp;amp;eacute;", "<b é")]
    [InlineData(TokenizerFlavor.Transformers4, "<b &amp;eacute;", "<b &amp;eacute;")]
    [InlineData(TokenizerFlavor.HuggingFace, "&amp;", "&amp;")]
    public void Entities_are_resolved_however_deep_where_no_tag_stands_at_first(TokenizerFlavor flavor, string text, string read)
    {
        int[] expected = Flavors[(int)TokenizerFlavor.HuggingFace].Encode(read);
        Assert.Equal(expected, Flavors[(int)flavor].Encode(text));
    }

    // Python's regex, ignoring case, takes it neither for a letter nor for anything else.
    [Theory]
    [InlineData(TokenizerFlavor.OpenAi)]
    [InlineData(TokenizerFlavor.Transformers4)]
    public void A_combining_iota_subscript_that_nothing_takes_is_left_out(TokenizerFlavor flavor)
    {
        ClipTokenizer tokenizer = Flavors[(int)flavor];
        Assert.Equal(tokenizer.Encode("a b"), tokenizer.Encode("a \u0345 b"));
        Assert.Equal(tokenizer.Encode("x y!"), tokenizer.Encode("x\u0345y\u0345!"));
        Assert.Equal(tokenizer.Encode("\u1FB3"), tokenizer.Encode("\u03B1\u0345"));
        Assert.True(Tokenizer.Encode("a \u0345 b").Length > Tokenizer.Encode("a b").Length);
    }

    [Fact]
    public async Task A_word_of_a_million_letters_takes_no_time_by_the_square()
    {
        var random = new Random(1);
        string word = string.Concat(Enumerable.Range(0, 1_000_000).Select(_ => (char)('a' + random.Next(26))));
        string dots = new('İ', 200_000);
        int[] ids = await Task.Run(() => Tokenizer.Encode(word)).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(word, Tokenizer.Decode(ids));
        await Task.Run(() => Tokenizer.Encode(dots)).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Property]
    public bool Any_text_is_tokenized_in_every_flavor(string? text)
    {
        foreach (TokenizerFlavor flavor in Enum.GetValues<TokenizerFlavor>())
        {
            TokenizedText tokenized = Flavors[(int)flavor].Tokenize(text ?? "");
            if (tokenized.Offsets.Any(range => range.Start < 0 || range.End > (text ?? "").Length))
                return false;
        }
        return true;
    }

    [Fact]
    public void Special_tokens_are_those_of_the_vocabulary()
    {
        Assert.Equal(49406, Tokenizer.StartToken);
        Assert.Equal(49407, Tokenizer.EndToken);
        Assert.Equal(49407, Tokenizer.PadToken);
        Assert.Equal(49408, Tokenizer.VocabularySize);
    }

    [Fact]
    public void Offsets_point_at_the_words()
    {
        const string Text = "  A Schoolbus\tleft of it's Café!";
        TokenizedText tokenized = Tokenizer.Tokenize(Text, 16);
        var pieces = tokenized.Offsets.Select(range => Text.Substring(range.Start, range.Length)).ToList();
        Assert.Equal(["", "A", "School", "bus", "left", "of", "it", "'s", "Café", "!", "", "", "", "", "", ""], pieces);
        Assert.Equal(11, tokenized.Length);
        Assert.False(tokenized.Truncated);
    }

    [Fact]
    public void A_character_of_several_tokens_gives_each_its_place()
    {
        const string Text = "x 日ﷺ y";
        TokenizedText tokenized = Tokenizer.Tokenize(Text);
        Assert.True(tokenized.Length > 6);
        for (int i = 1; i < tokenized.Length - 1; i++)
            Assert.InRange(tokenized.Offsets[i].Length, 1, 2);
        Assert.Equal("y", Text[tokenized.Offsets[^2].Start..tokenized.Offsets[^2].End]);
    }

    [Fact]
    public void A_composed_character_keeps_the_place_of_its_parts()
    {
        const string Text = "cafe\u0301 noir";
        TokenizedText tokenized = Tokenizer.Tokenize(Text);
        Assert.Equal(Tokenizer.Encode("caf\u00E9 noir"), tokenized.Ids);
        Assert.Equal(new TextRange(0, 5), tokenized.Offsets[1]);
        Assert.Equal(new TextRange(6, 4), tokenized.Offsets[2]);
    }

    [Fact]
    public void A_cut_text_ends_with_the_end_token()
    {
        TokenizedText tokenized = Tokenizer.Tokenize("one two three four five", 4);
        Assert.Equal([49406, 637, 1237, 49407], tokenized.Ids);
        Assert.True(tokenized.Truncated);
        Assert.Equal(4, tokenized.Length);
        Assert.Equal(0, tokenized.Offsets[3].Length);
    }

    [Fact]
    public void Exactly_fitting_text_is_not_cut()
    {
        TokenizedText tokenized = Tokenizer.Tokenize("one two", 4);
        Assert.False(tokenized.Truncated);
        Assert.Equal(4, tokenized.Length);
    }

    [Fact]
    public void A_capital_marker_is_split_apart_from_what_follows() =>
        Assert.Equal([.. Tokenizer.Encode("<|ENDOFTEXT|>")[..^1], .. Tokenizer.Encode("!")[1..]], Tokenizer.Encode("<|ENDOFTEXT|>!"));

    [Fact]
    public void Less_than_two_tokens_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Tokenize("a", 1));

    [Fact]
    public void Decode_gives_the_words_back()
    {
        int[] ids = Tokenizer.Encode("A photo of Zoë's goldfish, 2 😀");
        Assert.Equal("a photo of zoë 's goldfish , 2 😀", Tokenizer.Decode(ids));
        Assert.StartsWith("<|startoftext|>a photo", Tokenizer.Decode(ids, skipSpecialTokens: false), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tokenizer.Decode([99999]));
    }

    [Fact]
    public void Many_threads_get_the_same_ids()
    {
        var texts = Lines("tokens.jsonl").Select(line => line.GetProperty("text").GetString()!).ToList();
        var tokenizer = ClipTokenizer.Load(Goldens.Path("tokenizer"));
        Parallel.For(
            0,
            texts.Count * 4,
            i => Assert.Equal(Tokenizer.Encode(texts[i % texts.Count]), tokenizer.Encode(texts[i % texts.Count]))
        );
    }

    [Property]
    public void Any_text_has_places_inside_itself_and_bytes_that_decode(string? text)
    {
        text ??= "";
        TokenizedText tokenized = Tokenizer.Tokenize(text);
        Assert.Equal(Tokenizer.StartToken, tokenized.Ids[0]);
        Assert.Equal(Tokenizer.EndToken, tokenized.Ids[^1]);
        Assert.All(tokenized.Offsets, range => Assert.True(range.Start >= 0 && range.Length >= 0 && range.End <= text.Length));
        int[] again = Tokenizer.Encode(Tokenizer.Decode([.. tokenized.Ids]));
        Assert.Equal(Tokenizer.Decode([.. tokenized.Ids]), Tokenizer.Decode(again));
    }

    [Property]
    public void Padding_and_cutting_agree_with_the_whole(string? text, byte length)
    {
        int wanted = 2 + (length % 40);
        int[] whole = Tokenizer.Encode(text ?? "");
        TokenizedText tokenized = Tokenizer.Tokenize(text ?? "", wanted);
        Assert.Equal(wanted, tokenized.Ids.Count);
        Assert.Equal(wanted, tokenized.Offsets.Count);
        Assert.Equal(whole.Length > wanted, tokenized.Truncated);
        Assert.Equal(Math.Min(whole.Length, wanted), tokenized.Length);
        Assert.Equal(whole[..(tokenized.Length - 1)], tokenized.Ids.Take(tokenized.Length - 1));
        Assert.All(tokenized.Ids.Skip(tokenized.Length - 1), id => Assert.Equal(Tokenizer.EndToken, id));
    }

    private static IEnumerable<JsonElement> Lines(string file) =>
        File.ReadLines(Goldens.Path("tokenizer", file), Encoding.UTF8).Select(line => JsonDocument.Parse(line).RootElement);

    [Fact]
    public void What_is_behind_the_cut_changes_nothing_of_what_is_before_it()
    {
        var tokenizer = ClipTokenizer.BuiltIn();
        var random = new Random(5);
        const string Letters = "abc défg hij <|endoftext|> 日本 0123 'll\u0301!";
        for (int i = 0; i < 200; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => Letters[random.Next(Letters.Length)]));
            int length = random.Next(2, 40);
            TokenizedText whole = tokenizer.Tokenize(text),
                cut = tokenizer.Tokenize(text, length);
            Assert.Equal(whole.Ids.Count > length, cut.Truncated);
            int kept = Math.Min(whole.Ids.Count, length - 1);
            Assert.Equal(whole.Ids.Take(kept), cut.Ids.Take(kept));
            Assert.Equal(whole.Offsets.Take(kept), cut.Offsets.Take(kept));
        }
    }

    // Of 20 tokens that are read, the rest is not looked for.
    [Fact]
    public void A_caption_of_any_length_takes_time_by_its_length()
    {
        var tokenizer = ClipTokenizer.BuiltIn();
        foreach (string part in (string[])["abcdefgh", "a b ", "<|endoftext|>"])
        {
            string text = string.Concat(Enumerable.Repeat(part, 640_000 / part.Length));
            // Of the processor, not of the clock: it took a minute and more by the square of the length.
            Assert.InRange(Seconds(text), 0, 20);
        }

        double Seconds(string text)
        {
            using var process = System.Diagnostics.Process.GetCurrentProcess();
            TimeSpan before = process.UserProcessorTime;
            Assert.True(tokenizer.Tokenize(text, 20).Truncated);
            process.Refresh();
            return (process.UserProcessorTime - before).TotalSeconds;
        }
    }
}
