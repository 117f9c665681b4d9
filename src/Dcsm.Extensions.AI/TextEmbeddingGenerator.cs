using Dcsm.Clip.Models;
using Dcsm.Scoring;
using Microsoft.Extensions.AI;

namespace Dcsm.Extensions.AI;

/// <summary>CLIP's embeddings of texts, cut at its context length.</summary>
/// <inheritdoc/>
public sealed class TextEmbeddingGenerator : ClipEmbeddingGenerator<string>
{
    /// <summary>Embeds with a scorer's CLIP, in its queue.</summary>
    /// <param name="scorer">The scorer; stays its owner's.</param>
    public TextEmbeddingGenerator(DcsmScorer scorer)
        : base(scorer) { }

    private protected override (TokenEmbeddings Pooled, UsageDetails? Usage) Encode(string[] values, CancellationToken cancellationToken)
    {
        TextEncoding texts = Clip.EncodeTexts(values, Clip.Config.Text.ContextLength, cancellationToken);
        long tokens = texts.Texts.Sum(text => (long)text.Length);
        return (texts.Pooled, new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens });
    }
}
