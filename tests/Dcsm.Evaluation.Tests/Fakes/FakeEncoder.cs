using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>
/// Embeddings by rule: pictures are told apart by the order in which they come, texts by what they say; a word is a token.
/// </summary>
internal sealed class FakeEncoder : IEncoder
{
    private int _pictures;

    public string Name { get; init; } = "fake";

    public string Fingerprint { get; init; } = "sha256:fake";

    public int ImageSize { get; init; } = 32;

    public int Patches { get; init; } = 16;

    public int ImageTokens => 1 + Patches;

    public int ContextLength { get; init; } = 24;

    public int Dimension { get; init; } = 4;

    /// <summary>Pooled embedding of the picture that comes at a place.</summary>
    public Func<int, float[]> Picture { get; init; } = _ => [1, 0, 0, 0];

    /// <summary>Image token of the picture that comes at a place.</summary>
    public Func<int, int, float[]> Patch { get; init; } = (_, _) => [1, 0, 0, 0];

    /// <summary>Pooled embedding of a text.</summary>
    public Func<string, float[]> Text { get; init; } = _ => [1, 0, 0, 0];

    /// <summary>Token of a text: text, place; 0 is the start, the one behind the last word the end.</summary>
    public Func<string, int, float[]> Token { get; init; } = (_, _) => [1, 0, 0, 0];

    public int PicturesEncoded => _pictures;

    public List<int> TextTokensAsked { get; } = [];

    /// <summary>The pixels of every picture that came as pixels.</summary>
    public List<byte[]> PixelsGiven { get; } = [];

    public List<string> PathsGiven { get; } = [];

    public string Preprocessing { get; init; } = "none";

    public RgbImage Open(string path) => RgbImage.Load(path);

    public RgbImage Prepare(RgbImage picture) => new ClipPreprocessor(ImageSize).Crop(picture);

    public ImageEncoding EncodeRgb(ReadOnlyMemory<byte> rgb, int count)
    {
        Assert.Equal(count * 3 * ImageSize * ImageSize, rgb.Length);
        PixelsGiven.AddRange(rgb.ToArray().Chunk(3 * ImageSize * ImageSize));
        return Images(count);
    }

    public ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default)
    {
        foreach (string path in paths)
            Assert.True(File.Exists(path));
        PathsGiven.AddRange(paths);
        return Images(paths.Count);
    }

    public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens)
    {
        TextTokensAsked.Add(textTokens);
        TokenizedText[] tokenized = [.. texts.Select(text => Tokenize(text, textTokens))];
        return new TextEncoding(
            Join(texts.SelectMany(text => Enumerable.Range(0, textTokens).Select(t => Token(text, t))), texts.Count, textTokens),
            Join(texts.Select(text => Text(text)), texts.Count, 1),
            tokenized
        );
    }

    public static TokenizedText Tokenize(string text, int length)
    {
        var offsets = new TextRange[length];
        int place = 1,
            start = 0;
        foreach (string word in text.Split(' '))
        {
            if (place < length - 1)
                offsets[place++] = new TextRange(start, word.Length);
            start += word.Length + 1;
        }

        return new TokenizedText(text, new int[length], offsets, Math.Min(place + 1, length), text.Split(' ').Length + 2 > length);
    }

    private ImageEncoding Images(int count)
    {
        int first = _pictures;
        _pictures += count;
        return new ImageEncoding(
            Join(
                Enumerable.Range(first, count).SelectMany(i => Enumerable.Range(0, ImageTokens).Select(t => Patch(i, t))),
                count,
                ImageTokens
            ),
            Join(Enumerable.Range(first, count).Select(i => Picture(i)), count, 1)
        );
    }

    private TokenEmbeddings Join(IEnumerable<float[]> tokens, int count, int each) =>
        new([.. tokens.SelectMany(t => t)], count, each, Dimension);
}
