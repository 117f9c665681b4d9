using Dcsm.Clip.Tokenization;
using Dcsm.Clip.Tokenization.SentencePiece;

namespace Dcsm.Clip.Tests.Tokenization;

public sealed class RivalTokenizerTests : IDisposable
{
    private const string Text = "  No dogs,\tleft of Ünaffable   cats!";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_word_piece_has_its_place_in_the_text()
    {
        var tokenizer = WordPieceTokenizer.Load(Goldens.Path("tokenizer-rivals", "vocab.txt"));
        TokenizedText text = tokenizer.Tokenize(Text, 20);
        Assert.Equal(["", "No", "dogs", ",", "left", "of", "Üna", "ffa", "ble", "cats", "!", ""], Places(text).Take(text.Length));
        Assert.All(text.Ids.Skip(text.Length), id => Assert.Equal(0, id));
        Assert.Equal((101, 102), (text.Ids[0], text.Ids[text.Length - 1]));
    }

    [Fact]
    public void Pieces_of_a_model_have_the_places_of_their_words_and_padding_none()
    {
        var tokenizer = SentencePieceTokenizer.Load(Goldens.Path("tokenizer-rivals", "spiece.model"));
        TokenizedText text = tokenizer.Tokenize("a photo  of a cat", 64);
        Assert.Equal(["a", "", "pho", "to", "o", "f", "a", "cat"], Places(text).Take(8));
        Assert.Equal(9, text.Length);
        Assert.All(text.Ids.Skip(8), id => Assert.Equal(1, id));
        Assert.All(text.Offsets.Skip(8), place => Assert.Equal(0, place.Length));
    }

    [Fact]
    public void A_text_that_is_too_long_keeps_the_end_token()
    {
        TextTokenizer[] tokenizers =
        [
            WordPieceTokenizer.Load(Goldens.Path("tokenizer-rivals", "vocab.txt")),
            SentencePieceTokenizer.Load(Goldens.Path("tokenizer-rivals", "spiece.model")),
        ];
        foreach (TextTokenizer tokenizer in tokenizers)
        {
            TokenizedText whole = tokenizer.Tokenize(Text),
                cut = tokenizer.Tokenize(Text, 5);
            Assert.True(cut.Truncated);
            Assert.Equal([.. whole.Ids.Take(4), tokenizer.EndToken], cut.Ids);
        }
    }

    [Fact]
    public void Words_of_more_than_a_hundred_letters_are_unknown_as_in_transformers()
    {
        string file = Goldens.Path("tokenizer-rivals", "vocab.txt"),
            word = new('x', 101);
        Assert.Equal([101, 100, 102], WordPieceTokenizer.Load(file).Encode(word));
        Assert.NotEqual([101, 100, 102], WordPieceTokenizer.Load(file, 200).Encode(word));
    }

    [Fact]
    public void A_damaged_model_is_told_as_such()
    {
        byte[] model = File.ReadAllBytes(Goldens.Path("tokenizer-rivals", "spiece.model"));
        string path = _folder["spiece.model"];
        foreach (int length in (int[])[0, 1, 100, 5000, model.Length - 1])
        {
            File.WriteAllBytes(path, model[..length]);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => SentencePieceTokenizer.Load(path));
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_a_model_with_wrong_bytes_nothing_worse_comes_than_other_tokens()
    {
        byte[] model = File.ReadAllBytes(Goldens.Path("tokenizer-rivals", "spiece.model"));
        string path = _folder["spiece.model"];
        var random = new Random(1);
        for (int round = 0; round < 60; round++)
        {
            byte[] damaged = [.. model];
            for (int i = 0; i < 20; i++)
                damaged[round % 2 == 0 ? random.Next(6000) : random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, damaged);
            try
            {
                Assert.All(
                    SentencePieceTokenizer.Load(path).Tokenize("a ﬁne Übung ½ of 東京 …").Offsets,
                    place => Assert.InRange(place.End, 0, 22)
                );
            }
            catch (InvalidDataException e)
            {
                Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_vocabulary_without_a_special_token_names_it()
    {
        string path = _folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\na\n");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => WordPieceTokenizer.Load(path));
        Assert.Equal($"{path}: the token '[SEP]' is missing.", error.Message);
    }

    private static string[] Places(TokenizedText text) => [.. text.Offsets.Select(place => text.Text.Substring(place.Start, place.Length))];
}
