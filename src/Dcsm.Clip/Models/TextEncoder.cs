using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Onnx;
using Dcsm.Clip.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Models;

/// <summary>Captions through the text tower, in float32, batch by batch.</summary>
internal sealed class TextEncoder(OnnxGraph graph, ClipWeights weights, ClipConfig config, ClipOptions options) : IDisposable
{
    private readonly Lazy<OnnxTower> _tower = new(() => new OnnxTower(graph, "text", weights, config, options));

    private int Dimension => config.ProjectionDim;

    /// <summary>Tokenizes and encodes; see <see cref="ClipModel.EncodeTexts"/>.</summary>
    public TextEncoding Encode(IReadOnlyList<string> texts, int textTokens, ClipTokenizer tokenizer, CancellationToken cancellationToken)
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
            // What follows the pooled token can't reach it, attention being causal.
            int length = whole.Max(text => PooledToken(text.Ids)) + 1;
            float[] tokens = new float[batch.Length * length * Dimension];
            Run(whole, length, tokens, cancellationToken);
            for (int i = 0; i < batch.Length; i++)
                Pool(tokens, (i * length) + PooledToken(whole[i].Ids), encoding.Pooled, batch[i]);
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
            Run(batch, length, tokens.AsMemory(done * length * Dimension, batch.Length * length * Dimension), cancellationToken);
            done += batch.Length;
        }
        for (int i = 0; i < texts.Count; i++)
            Pool(tokens, (i * length) + PooledToken(texts[i].Ids), pooled, i);
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
        int length = texts.Count == 0 ? 1 : texts[0].Ids.Length;
        if (length < 1 || length > config.Text.ContextLength)
        {
            throw new ArgumentException(
                $"{length} token ids are not from 1 to {config.Text.ContextLength}, the context length.",
                nameof(texts)
            );
        }

        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Ids.Length != length)
                throw new ArgumentException($"Caption {i} has {texts[i].Ids.Length} ids, but the first one has {length}.", nameof(texts));
            if (config.Text.EndToken != ClipTextConfig.LargestToken && !texts[i].Ids.Contains(config.Text.EndToken))
                throw new ArgumentException($"Caption {i} has no end token ({config.Text.EndToken}) to be pooled at.", nameof(texts));
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

    private int CaptionsAtOnce(int tokens) => RunSize.Items(tokens, config.Text.IntermediateSize, options.BatchSize);

    private void Run(TokenizedText[] texts, int length, Memory<float> embeddings, CancellationToken cancellationToken)
    {
        long[] ids = new long[texts.Length * length];
        float[] mask = new float[texts.Length * length * length];
        mask.AsSpan().Fill(float.MinValue);
        for (int i = 0; i < texts.Length; i++)
        {
            for (int query = 0; query < length; query++)
            {
                ids[(i * length) + query] = texts[i].Ids[query];
                // Causal, and no one attends to padding, not even padding itself.
                mask.AsSpan(((i * length) + query) * length, Math.Min(query + 1, Math.Max(1, texts[i].Length))).Clear();
            }
        }
        OrtValue[] inputs =
        [
            OrtValue.CreateTensorValueFromMemory(ids, [texts.Length, length]),
            OrtValue.CreateTensorValueFromMemory(mask, [texts.Length, 1, length, length]),
        ];
        _tower.Value.Run([ClipGraphs.Ids, ClipGraphs.Mask], inputs, embeddings, texts.Length * length, cancellationToken);
    }

    // transformers, CLIPTextTransformer.forward: with the eos_token_id 2 of old files, at the largest id.
    private int PooledToken(int[] ids) =>
        config.Text.EndToken == ClipTextConfig.LargestToken ? Array.IndexOf(ids, ids.Max()) : Array.IndexOf(ids, config.Text.EndToken);

    private void Pool(float[] tokens, int token, TokenEmbeddings pooled, int caption) =>
        tokens.AsSpan(token * Dimension, Dimension).CopyTo(pooled.Values.AsSpan(caption * Dimension));
}
