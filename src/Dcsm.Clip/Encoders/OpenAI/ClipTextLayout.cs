using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;

namespace Dcsm.Clip.Encoders.OpenAI;

/// <summary>A CLIP's: each token sees those before it, but no one sees padding; pooled at the end token.</summary>
internal sealed class ClipTextLayout(ClipTextConfig config) : TextLayout
{
    private bool IsAtLargest => config.EndToken == ClipTextConfig.LargestToken;

    // What follows the pooled token can't reach it, attention being causal.
    public override int Needed(TokenizedText text) => Pooled([.. text.Ids]) + 1;

    // transformers, CLIPTextTransformer.forward: with the eos_token_id 2 of old files, at the largest id.
    public override int Pooled(ReadOnlySpan<int> ids)
    {
        if (!IsAtLargest)
            return ids.IndexOf(config.EndToken);
        int largest = 0;
        for (int i = 1; i < ids.Length; i++)
            largest = ids[i] > ids[largest] ? i : largest;
        return largest;
    }

    public override string? Wrong(ReadOnlySpan<int> ids) =>
        IsAtLargest || ids.Contains(config.EndToken) ? null : $"has no end token ({config.EndToken}) to be pooled at.";

    public override void Fill(TokenizedText text, int given, Span<long> ids, Span<float> mask)
    {
        Put(text, given, ids, config.EndToken);
        for (int query = 0; query < given; query++)
        {
            // Causal, and no one attends to padding, not even padding itself.
            mask.Slice(query * given, Math.Min(query + 1, Math.Max(1, text.Length))).Clear();
        }
    }
}
