using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;

namespace Dcsm.Tests;

public class FunctionalWordsTests
{
    [Fact]
    public void Official_list_has_the_eleven_words_in_order() =>
        Assert.Equal(
            ["above", "below", "left", "right", "small", "big", "not", "no", "without", "but", "absent"],
            FunctionalWordList.Official.Words
        );

    [Fact]
    public void Extended_list_begins_with_the_official_one() =>
        Assert.Equal(FunctionalWordList.Official.Words, FunctionalWordList.Extended.Words.Take(FunctionalWordList.Official.Words.Count));

    [Theory]
    [InlineData("official")]
    [InlineData("extended")]
    public void Embedded_lists_are_the_files(string name)
    {
        var file = FunctionalWordList.Load(Repository.Path("functional-rows", $"{name}.json"));
        FunctionalWordList embedded = name == "official" ? FunctionalWordList.Official : FunctionalWordList.Extended;
        Assert.Equal(name, file.Name);
        Assert.Equal(
            file.Entries.Select(entry => (entry.Word, string.Join('|', entry.Forms))),
            embedded.Entries.Select(entry => (entry.Word, string.Join('|', entry.Forms)))
        );
    }

    [Theory]
    [InlineData("a dog left of a cat", "left:left of")]
    [InlineData("A dog To The LEFT Of a cat", "left:To The LEFT Of")]
    [InlineData("a dog to the  left\nof a cat", "left:to the  left\nof")]
    [InlineData("a dog left-of a cat", "left:left-of")]
    [InlineData("a dog on top of a cat", "above:on top of")]
    [InlineData("on the left of the left one", "left:on the left of", "left:left")]
    [InlineData("leftover food", null)]
    [InlineData("a left-handed glove", null)]
    [InlineData("no-one", null)]
    [InlineData("the cat's", null)]
    [InlineData("the mug, left, of the bowl", "left:left")]
    [InlineData("left.", "left:left")]
    [InlineData("\"not\" a cat", "not:not")]
    [InlineData("the cat isn't here", "not:n't")]
    [InlineData("the cat isn\u2019t here", "not:n\u2019t")]
    [InlineData("n't", null)]
    [InlineData("a cat but no dog", "but:but", "no:no")]
    [InlineData("a cat with no dog", "without:with no")]
    [InlineData("a cat in front of a dog", "in front of:in front of")]
    [InlineData("a little dog and a huge cat", "small:little", "big:huge")]
    [InlineData("a cat underneath an umbrella", "below:underneath")]
    [InlineData("under_score", null)]
    [InlineData("left\U0001F408right", "left:left", "right:right")]
    [InlineData("", null)]
    public void Finds_forms(string text, params string?[]? expected)
    {
        FunctionalWordList words = FunctionalWordList.Extended;
        IEnumerable<string> found = words
            .Find(text)
            .Select(match => $"{words.Words[match.Row]}:{text.Substring(match.Start, match.Length)}");
        Assert.Equal(expected?.Where(one => one != null) ?? [], found);
    }

    [Fact]
    public void Every_token_of_a_form_takes_its_row()
    {
        FunctionalWordList words = FunctionalWordList.Extended;
        int left = words.Words.ToList().IndexOf("left");
        // Pieces of at most four letters: SOS a dog to the left of a cat EOS pad pad.
        Assert.Equal(
            [-1, -1, -1, left, left, left, left, -1, -1, -1, -1, -1],
            words.Place(WordTokens.Tokenize("a dog to the left of a cat", 12))
        );
        // A word of two pieces: with|out.
        int without = words.Words.ToList().IndexOf("without");
        Assert.Equal([-1, without, without, -1, -1, -1], words.Place(WordTokens.Tokenize("Without a", 6)));
    }

    [Fact]
    public void Every_occurrence_is_placed()
    {
        int[] placed = FunctionalWordList.Official.Place(WordTokens.Tokenize("no cat, no dog, NO bird", 12));
        Assert.Equal([-1, 7, -1, -1, 7, -1, -1, 7, -1, -1, -1, -1], placed);
    }

    [Fact]
    public void Words_beyond_the_cut_have_no_column()
    {
        TokenizedText caption = WordTokens.Tokenize("a cat and a dog and a bird above", 6);
        Assert.True(caption.Truncated);
        Assert.All(FunctionalWordList.Official.Place(caption), row => Assert.Equal(-1, row));
    }

    [Fact]
    public void A_token_that_reaches_out_of_the_form_is_not_replaced()
    {
        // "isn" and "'t": the form "n't" holds the second whole, of the first only a letter.
        var caption = new TokenizedText("isn't", [0, 5, 6, 1], [default, new(0, 3), new(3, 2), default], 4, false);
        Assert.Equal([-1, -1, 6, -1], FunctionalWordList.Extended.Place(caption));
    }

    [Fact]
    public void White_space_in_a_token_place_does_not_matter()
    {
        var caption = new TokenizedText("cat above dog", [0, 5, 6, 7, 1], [default, new(0, 3), new(3, 6), new(9, 4), default], 5, false);
        Assert.Equal([-1, -1, 0, -1, -1], FunctionalWordList.Official.Place(caption));
    }

    [Fact]
    public void The_real_tokenizer_and_the_words_agree()
    {
        var tokenizer = ClipTokenizer.Load(Goldens.Path("tokenizer"));
        TokenizedText caption = tokenizer.Tokenize("A photo of a Schoolbus to the LEFT of a car; it isn't underneath.", 30);
        FunctionalWordList words = FunctionalWordList.Extended;
        int[] placed = words.Place(caption);
        IEnumerable<string> shown = Enumerable
            .Range(0, 30)
            .Where(token => placed[token] >= 0)
            .Select(token =>
                $"{words.Words[placed[token]]}:{caption.Text.Substring(caption.Offsets[token].Start, caption.Offsets[token].Length)}"
            );
        Assert.Equal(["left:to", "left:the", "left:LEFT", "left:of", "not:'t", "below:underneath"], shown);
    }

    [Fact]
    public void No_words_place_nothing() =>
        Assert.All(FunctionalWordList.None.Place(WordTokens.Tokenize("no cat above", 8)), row => Assert.Equal(-1, row));

    [Fact]
    public void A_layout_of_no_known_placement_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FunctionalWordList.Official.Layout(WordTokens.Tokenize("a", 4), (RowPlacement)9));
}
