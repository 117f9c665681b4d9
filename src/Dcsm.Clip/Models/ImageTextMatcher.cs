using Dcsm.Clip.Encoders;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Files;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Models;

/// <summary>
/// A head that reads a picture and a caption together and says whether they match: BLIP's ITM. Every pair goes through the whole text
/// tower, which makes it much slower than comparing embeddings; a picture's features are computed once. Thread-safe; part of a
/// <see cref="ClipModel"/>, and closed with it.
/// </summary>
/// <remarks>
/// Captions begin with [ENC], as the head was trained (LAVIS), or with [CLS], as transformers feeds it:
/// <see cref="ClipOptions.BlipAsTransformers"/>.
/// </remarks>
public sealed class ImageTextMatcher
{
    private readonly PairGraph _pairs;
    private readonly TextLayout _layout;
    private readonly ClipConfig _config;
    private readonly ClipOptions _options;
    private readonly UseCount _uses;
    private readonly Func<TextTokenizer> _tokenizer;
    private readonly Lazy<IImageTower> _features;
    private readonly Lazy<OnnxTower> _match;
    private readonly ImageEncoder _images;

    internal ImageTextMatcher(
        PairGraph pairs,
        TextLayout layout,
        ClipFiles files,
        ClipOptions options,
        UseCount uses,
        Func<TextTokenizer> tokenizer
    )
    {
        (_pairs, _layout, _config, _options, _uses, _tokenizer) = (pairs, layout, files.Config, options, uses, tokenizer);
        _features = new(() => new OnnxImageTower(pairs.Vision, files.Weights, files.Config, options, isFeatures: true));
        _match = new(() => new OnnxTower(pairs.Match, "match", files.Weights, 2, options));
        ClipConfig features = _config with { ProjectionDim = _config.Vision.HiddenSize };
        _images = new ImageEncoder(features, files.Preprocessor, options, _features, uses);
    }

    /// <summary>
    /// Multiplications and additions that a pair takes beside the picture's own, for captions of so many tokens: what a run costs, before
    /// it begins.
    /// </summary>
    /// <param name="textTokens">Tokens of a caption.</param>
    public long CostOfPair(int textTokens)
    {
        (long width, long mlp, long image) = (_config.Text.HiddenSize, _config.Text.IntermediateSize, _config.Vision.Tokens);
        long linear = textTokens * ((6 * width * width) + (2 * width * mlp));
        long attention = 2 * textTokens * (textTokens + image) * width;
        return _config.Text.Layers * (linear + attention);
    }

    /// <summary>Features of prepared pictures.</summary>
    /// <param name="pixels">[<paramref name="count"/>, 3, S, S]</param>
    /// <param name="count">Number of pictures.</param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <returns>[pictures, tokens, width], not of unit length.</returns>
    public TokenEmbeddings EncodePixels(ReadOnlyMemory<float> pixels, int count, CancellationToken cancellationToken = default) =>
        _images.Encode(pixels, count, cancellationToken).Tokens;

    /// <summary>Features of pictures, batch after batch, as <see cref="ClipModel.EncodeImages"/> reads them.</summary>
    /// <param name="batches">The pictures of each batch.</param>
    /// <param name="failed">Told of each picture that can't be read, whose features then mean nothing; null to throw.</param>
    /// <param name="cancellationToken">Stops between pictures and between operations of the network.</param>
    /// <returns>[pictures, tokens, width] of each batch, not of unit length.</returns>
    public IEnumerable<TokenEmbeddings> EncodeImageBatches(
        IEnumerable<IReadOnlyList<ImageSource>> batches,
        Action<ImageSource, Exception>? failed = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(batches);
        return _images.Encode(batches, failed, cancellationToken).Select(batch => batch.Tokens);
    }

    /// <summary>How likely each picture and each caption match.</summary>
    /// <param name="features">Of the pictures, as this gives them.</param>
    /// <param name="captions">The captions; cut at the model's context length.</param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <returns>[pictures · captions], from 0 to 1, picture by picture.</returns>
    public float[] Probabilities(TokenEmbeddings features, IReadOnlyList<string> captions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(captions);
        TextTokenizer tokenizer = _tokenizer();
        float[] logits = Logits(
            features,
            [.. captions.Select(text => tokenizer.Tokenize(text, _config.Text.ContextLength))],
            cancellationToken
        );
        float[] probabilities = new float[logits.Length / 2];
        for (int i = 0; i < probabilities.Length; i++)
            probabilities[i] = (float)(1 / (1 + Math.Exp((double)logits[2 * i] - logits[(2 * i) + 1])));
        return probabilities;
    }

    /// <summary>The two logits of each picture and each caption: of no match, and of a match.</summary>
    /// <param name="features">Of the pictures, as this gives them.</param>
    /// <param name="texts">The captions; what is beyond <see cref="TokenizedText.Length"/> of their ids is padding.</param>
    /// <param name="cancellationToken">Stops between operations of the network.</param>
    /// <returns>[pictures, captions, 2]</returns>
    /// <exception cref="ArgumentException">The features are not of this model, or an id is not in the vocabulary.</exception>
    public float[] Logits(TokenEmbeddings features, IReadOnlyList<TokenizedText> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(texts);
        if ((features.Tokens, features.Dimension) != (_config.Vision.Tokens, _config.Vision.HiddenSize))
        {
            throw new ArgumentException(
                $"Features of {features.Tokens} × {features.Dimension} are not this model's; its are {_config.Vision.Tokens} × "
                    + $"{_config.Vision.HiddenSize}.",
                nameof(features)
            );
        }

        if (texts.SelectMany(text => text.Ids).Any(id => id < 0 || id >= _config.Text.VocabularySize))
            throw new ArgumentException($"There are ids from 0 to {_config.Text.VocabularySize - 1}.", nameof(texts));
        using UseCount.Use use = _uses.Begin();
        float[] logits = new float[checked(features.Count * texts.Count * 2)];
        // Captions of like lengths together: what is filled up costs as much as what is read.
        int[] order = [.. Enumerable.Range(0, texts.Count).OrderBy(i => texts[i].Length)];
        int longest = texts.Count == 0 ? 1 : texts.Max(_layout.Needed);
        foreach (int[] batch in order.Chunk(RunSize.Items(longest, _config.Text.IntermediateSize, _options.BatchSize)))
        {
            TokenizedText[] captions = [.. batch.Select(i => texts[i])];
            float[] some = new float[batch.Length * 2];
            for (int image = 0; image < features.Count; image++)
            {
                Match(features, image, captions, some, cancellationToken);
                for (int i = 0; i < batch.Length; i++)
                    some.AsSpan(2 * i, 2).CopyTo(logits.AsSpan(2 * ((image * texts.Count) + batch[i])));
            }
        }
        return logits;
    }

    internal void Close()
    {
        if (_features.IsValueCreated)
            _features.Value.Dispose();
        if (_match.IsValueCreated)
            _match.Value.Dispose();
    }

    private void Match(TokenEmbeddings features, int image, TokenizedText[] captions, float[] logits, CancellationToken cancellationToken)
    {
        int length = captions.Max(_layout.Needed),
            size = features.Tokens * features.Dimension;
        int? start = _options.BlipAsTransformers ? null : _pairs.StartToken;
        (string[] names, OrtValue[] inputs) = TextInputs.Of(_layout, captions, length, start);
        var seen = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance,
            features.Buffer.AsMemory(image * size, size),
            [features.Tokens, features.Dimension]
        );
        _match.Value.Run(
            [.. names, TransformerGraph.Features],
            [.. inputs, seen],
            TransformerGraph.Embeddings,
            logits,
            [captions.Length, 2],
            cancellationToken
        );
    }
}
