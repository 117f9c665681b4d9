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
        ImageSource[] images = [.. values.Select(Source)];
        return (Clip.EncodeImages(images, cancellationToken).Pooled, null);
    }

    private static ImageSource Source(DataContent content, int number)
    {
        string name = content.Name ?? $"picture {number}";
        return content.HasTopLevelMediaType("image")
            ? ImageSource.FromBytes(content.Data, name)
            : throw new ArgumentException($"{name}: is of the type {content.MediaType}, and no picture.");
    }
}
