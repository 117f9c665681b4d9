using Dcsm.Clip.Models;

namespace Dcsm.Evaluation.Scorers;

/// <summary>CLIP's own scores of picture files, in batches, so that memory does not grow with their number.</summary>
public static class ClipCosines
{
    private const int BatchSize = 64;

    // The cosine looks at the pooled embeddings alone, so any number of dense tokens will do.
    private const int FewTokens = 2;

    /// <summary>Every picture with every caption.</summary>
    /// <returns>[pictures · captions], picture by picture.</returns>
    public static float[] All(
        ClipModel clip,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(images);
        var scorer = new ClipScorer(clip);
        TextEncoding texts = clip.EncodeTexts(captions, FewTokens);
        var cosines = new List<float>();
        foreach (ImageEncoding batch in clip.EncodeImageBatches([.. images.Chunk(BatchSize)], cancellationToken))
            cosines.AddRange(scorer.Score(batch, texts).Cast<float>());

        return [.. cosines];
    }

    /// <summary>Each picture with the caption beside it.</summary>
    /// <returns>[pairs].</returns>
    public static float[] Pairs(
        ClipModel clip,
        IReadOnlyList<string> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(captions);
        var scorer = new ClipScorer(clip);
        var cosines = new List<float>();
        foreach (
            (ImageEncoding batch, string[] texts) in clip.EncodeImageBatches([.. images.Chunk(BatchSize)], cancellationToken)
                .Zip(captions.Chunk(BatchSize))
        )
        {
            float[,] all = scorer.Score(batch, clip.EncodeTexts(texts, FewTokens));
            cosines.AddRange(Enumerable.Range(0, texts.Length).Select(i => all[i, i]));
        }

        return [.. cosines];
    }
}
