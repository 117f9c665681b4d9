using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Evaluation.Scorers;

/// <summary>CLIP's own scores of picture files, in batches, so that memory does not grow with their number.</summary>
public static class ClipCosines
{
    private const int BatchSize = 64;

    // The cosine looks at the pooled embeddings alone, so any number of dense tokens will do.
    private const int FewTokens = 2;

    /// <summary>Every picture with every caption, computed as they are asked for.</summary>
    /// <param name="clip">The CLIP.</param>
    /// <param name="images">Picture files.</param>
    /// <param name="captions">Captions.</param>
    /// <param name="failed">
    /// Told of each picture that can't be read, maybe by several threads, before its scores, which then mean nothing; null to throw.
    /// </param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>[pictures · captions], picture by picture.</returns>
    public static IEnumerable<float> All(
        ClipModel clip,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        Action<ImageSource, Exception>? failed = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(images);
        var scorer = new ClipScorer(clip);
        TextEncoding texts = clip.EncodeTexts(captions, FewTokens, cancellationToken);
        return clip.EncodeImageBatches(images.Chunk(BatchSize).Select(ImageSource.FromFiles), failed, cancellationToken)
            .SelectMany(batch => scorer.Score(batch, texts).Cast<float>());
    }

    /// <summary>Each picture with the caption beside it, computed as they are asked for.</summary>
    /// <inheritdoc cref="All"/>
    /// <returns>[pairs].</returns>
    public static IEnumerable<float> Pairs(
        ClipModel clip,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        Action<ImageSource, Exception>? failed = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        var scorer = new ClipScorer(clip);
        return clip.EncodeImageBatches(images.Chunk(BatchSize).Select(ImageSource.FromFiles), failed, cancellationToken)
            .Zip(captions.Chunk(BatchSize))
            .SelectMany(both =>
            {
                float[,] all = scorer.Score(both.First, clip.EncodeTexts(both.Second, FewTokens, cancellationToken));
                return Enumerable.Range(0, both.Second.Length).Select(i => all[i, i]);
            });
    }
}
