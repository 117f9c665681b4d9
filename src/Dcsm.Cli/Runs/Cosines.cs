using Dcsm.Cli.Inputs;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Cli.Runs;

/// <summary>CLIP's own scores, in batches, so that memory does not grow with the input.</summary>
internal static class Cosines
{
    private const int BatchSize = 64;

    // The cosine looks at the pooled embeddings alone, so any number of dense tokens will do.
    private const int FewTokens = 2;

    public static float[] Of(ClipModel clip, ScoreInput input, CancellationToken cancellationToken) =>
        input.IsPairs ? OfPairs(clip, input, cancellationToken) : OfGrid(clip, input, cancellationToken);

    private static float[] OfGrid(ClipModel clip, ScoreInput input, CancellationToken cancellationToken)
    {
        var scorer = new ClipScorer(clip);
        TextEncoding captions = clip.EncodeTexts(input.Captions, FewTokens);
        var cosines = new List<float>();
        foreach (ImageEncoding images in clip.EncodeImageBatches([.. input.Images.Chunk(BatchSize)], cancellationToken))
            cosines.AddRange(scorer.Score(images, captions).Cast<float>());

        return [.. cosines];
    }

    private static float[] OfPairs(ClipModel clip, ScoreInput input, CancellationToken cancellationToken)
    {
        var scorer = new ClipScorer(clip);
        var cosines = new List<float>();
        foreach (
            (ImageEncoding images, string[] captions) in clip.EncodeImageBatches([.. input.Images.Chunk(BatchSize)], cancellationToken)
                .Zip(input.Captions.Chunk(BatchSize))
        )
        {
            float[,] all = scorer.Score(images, clip.EncodeTexts(captions, FewTokens));
            cosines.AddRange(Enumerable.Range(0, captions.Length).Select(i => all[i, i]));
        }

        return [.. cosines];
    }
}
