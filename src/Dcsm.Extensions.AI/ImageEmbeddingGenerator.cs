using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Scoring;
using Microsoft.Extensions.AI;

namespace Dcsm.Extensions.AI;

/// <summary>CLIP's embeddings of pictures.</summary>
/// <inheritdoc/>
public sealed class ImageEmbeddingGenerator : ClipEmbeddingGenerator<DataContent>
{
    /// <summary>Embeds with a scorer's CLIP, in its queue.</summary>
    /// <param name="scorer">The scorer; stays its owner's.</param>
    public ImageEmbeddingGenerator(DcsmScorer scorer)
        : base(scorer) { }

    private protected override (TokenEmbeddings Pooled, UsageDetails? Usage) Encode(
        DataContent[] values,
        CancellationToken cancellationToken
    )
    {
        var images = new ImageSource[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            string name = values[i].Name ?? $"picture {i}";
            images[i] = values[i].HasTopLevelMediaType("image")
                ? ImageSource.FromBytes(values[i].Data, name)
                : throw new ArgumentException($"{name}: is of the type {values[i].MediaType}, and no picture.", nameof(values));
        }
        return (Clip.EncodeImages(images, cancellationToken).Pooled, null);
    }
}
