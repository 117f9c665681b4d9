using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Evaluation.Scorers;

/// <summary>
/// What an <see cref="ImageTextMatcher"/> reads: a picture's features as its tokens, and captions as ids alone. Does not own the model.
/// </summary>
internal sealed class MatcherEncoder(ClipModel clip, ImageTextMatcher matcher, string name) : IEncoder
{
    private readonly ClipEncoder _clip = new(clip, name);

    public string Name => name;

    // Its features are not the model's embeddings.
    public string Fingerprint => $"{_clip.Fingerprint}, matching head";

    public int ImageSize => _clip.ImageSize;

    public int ImageTokens => clip.Config.Vision.Tokens;

    public int ContextLength => _clip.ContextLength;

    public string Preprocessing => _clip.Preprocessing;

    public RgbImage Open(string path) => _clip.Open(path);

    public RgbImage Open(byte[] content, string name) => _clip.Open(content, name);

    public RgbImage Prepare(RgbImage picture) => _clip.Prepare(picture);

    public ImageEncoding EncodeRgb(ReadOnlyMemory<byte> rgb, int count) =>
        WithPooled(matcher.EncodePixels(_clip.Pixels(rgb, count), count));

    public ImageEncoding EncodeImages(IReadOnlyList<string> paths, CancellationToken cancellationToken = default) =>
        WithPooled(matcher.EncodeImageBatches([ImageSource.FromFiles(paths)], cancellationToken: cancellationToken).First());

    public TokenizedText? Tokenize(string text, int textTokens) => _clip.Tokenize(text, textTokens);

    public TextEncoding EncodeTexts(IReadOnlyList<string> texts, int textTokens) =>
        new(
            new TokenEmbeddings([], texts.Count, textTokens, 0),
            new TokenEmbeddings([], texts.Count, 1, 0),
            [.. texts.Select(text => clip.Tokenizer.Tokenize(text, textTokens))]
        );

    // What caches keep of a picture is a pooled vector as wide as its tokens.
    private static ImageEncoding WithPooled(TokenEmbeddings features) =>
        new(
            features,
            new TokenEmbeddings(
                [.. Enumerable.Range(0, features.Count).SelectMany(i => features[i][..features.Dimension].ToArray())],
                features.Count,
                1,
                features.Dimension
            )
        );
}
