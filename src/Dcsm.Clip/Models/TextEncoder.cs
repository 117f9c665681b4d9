using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Encoders;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Models;

/// <summary>Captions through the text tower, in float32, batch by batch.</summary>
internal sealed class TextEncoder(OnnxGraph graph, TextLayout layout, ClipWeights weights, ClipConfig config, ClipOptions options)
    : IDisposable
{
    private readonly Lazy<OnnxTower> _tower = new(() => new OnnxTower(graph, "text", weights, config.ProjectionDim, options));

    private int Dimension => config.ProjectionDim;

    /// <summary>Tokenizes and encodes; see <see cref="ClipModel.EncodeTexts"/>.</summary>
    public TextEncoding Encode(IReadOnlyList<string> texts, int textTokens, TextTokenizer tokenizer, CancellationToken cancellationToken)
    {
        TextEncoding encoding = Encode(
            [
                .. texts.Select(text =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return tokenizer.Tokenize(text, textTokens);
                }),
            ],
            cancellationToken
        );

        // Pooled embeddings come from the whole caption; only captions that were cut need a second look.
        int contextLength = config.Text.ContextLength;
        IEnumerable<int> cut = Enumerable.Range(0, texts.Count).Where(i => encoding.Texts[i].Truncated && textTokens < contextLength);
        foreach (int[] batch in cut.Chunk(CaptionsAtOnce(contextLength)))
        {
            TokenizedText[] whole = [.. batch.Select(i => tokenizer.Tokenize(texts[i], contextLength))];
            Run(whole, whole.Max(layout.Needed), null, encoding.Pooled, i => batch[i], cancellationToken);
        }
        return encoding;
    }

    /// <summary>Encodes token ids; see <see cref="ClipModel.EncodeTokens"/>.</summary>
    public TextEncoding Encode(IReadOnlyList<TokenizedText> texts, CancellationToken cancellationToken)
    {
        int length = CheckedLength(texts);
        float[] tokens = new float[checked(texts.Count * length * Dimension)];
        var pooled = new TokenEmbeddings(new float[texts.Count * Dimension], texts.Count, 1, Dimension);
        int done = 0;
        foreach (TokenizedText[] batch in texts.Chunk(CaptionsAtOnce(length)))
        {
            int first = done;
            Memory<float> part = tokens.AsMemory(first * length * Dimension, batch.Length * length * Dimension);
            Run(batch, length, part, pooled, i => first + i, cancellationToken);
            done += batch.Length;
        }
        return new TextEncoding(new TokenEmbeddings(tokens, texts.Count, length, Dimension), pooled, texts);
    }

    public void Dispose()
    {
        if (_tower.IsValueCreated)
            _tower.Value.Dispose();
    }

    /// <summary>The number of ids of each caption, which must be ids of this CLIP.</summary>
    private int CheckedLength(IReadOnlyList<TokenizedText> texts)
    {
        int length = texts.Count == 0 ? 1 : texts[0].Ids.Count;
        if (length < 1 || length > config.Text.ContextLength)
        {
            throw new ArgumentException(
                $"{length} token ids are not from 1 to {config.Text.ContextLength}, the context length.",
                nameof(texts)
            );
        }

        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Ids.Count != length)
                throw new ArgumentException($"Caption {i} has {texts[i].Ids.Count} ids, but the first one has {length}.", nameof(texts));
            if (layout.Wrong([.. texts[i].Ids]) is { } wrong)
                throw new ArgumentException($"Caption {i} {wrong}", nameof(texts));
            foreach (int id in texts[i].Ids)
            {
                if (id < 0 || id >= config.Text.VocabularySize)
                {
                    throw new ArgumentException(
                        $"Caption {i} has the token id {id}; there are ids from 0 to {config.Text.VocabularySize - 1}.",
                        nameof(texts)
                    );
                }
            }
        }
        return length;
    }

    private int CaptionsAtOnce(int tokens) => RunSize.Items(layout.Places(tokens), config.Text.IntermediateSize, options.BatchSize);

    /// <param name="texts">Captions that go through the network together.</param>
    /// <param name="length">How many of their ids are given.</param>
    /// <param name="tokens">[texts, length, dimension], to be filled; null where only pooled embeddings are wanted.</param>
    /// <param name="pooled">Of all captions.</param>
    /// <param name="place">Where each caption stands in it.</param>
    private void Run(
        TokenizedText[] texts,
        int length,
        Memory<float>? tokens,
        TokenEmbeddings pooled,
        Func<int, int> place,
        CancellationToken cancellationToken
    )
    {
        int places = layout.Places(length);
        Memory<float> all = tokens is { } wanted && places == length ? wanted : new float[checked(texts.Length * places * Dimension)];
        (string[] names, OrtValue[] inputs) = TextInputs.Of(layout, texts, length);
        _tower.Value.Run(names, inputs, all, texts.Length * places, cancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            Span<float> caption = all.Span.Slice(i * places * Dimension, places * Dimension);
            if (tokens is { } given && places != length)
                caption[..(length * Dimension)].CopyTo(given.Span[(i * length * Dimension)..]);
            caption.Slice(layout.Pooled([.. texts[i].Ids]) * Dimension, Dimension).CopyTo(pooled.Buffer.AsSpan(place(i) * Dimension));
        }
    }
}
