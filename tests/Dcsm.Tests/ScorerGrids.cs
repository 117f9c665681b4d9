using Dcsm.Clip.Preprocessing;
using Dcsm.Scoring;

namespace Dcsm.Tests;

/// <summary>All scores of files and captions at once, as numbers.</summary>
internal static class ScorerGrids
{
    /// <returns>[images, captions]</returns>
    internal static float[,] Grid(
        this DcsmScorer scorer,
        IReadOnlyList<string> pictures,
        IReadOnlyList<string> captions,
        Action<ImageResult>? told = null,
        CancellationToken cancellationToken = default
    )
    {
        float[,] scores = new float[pictures.Count, captions.Count];
        CaptionSet set = scorer.Encode(captions, cancellationToken);
        IAsyncEnumerable<ImageResult> results = scorer.ScoreAsync(ImageSource.FromFiles(pictures), set, cancellationToken);
        foreach (ImageResult result in results.ToBlockingEnumerable(CancellationToken.None))
        {
            result.ThrowIfFailed();
            told?.Invoke(result);
            for (int i = 0; i < captions.Count; i++)
                scores[result.Number, i] = result.Scores[i].Logit;
        }
        return scores;
    }

    /// <returns>[pairs]</returns>
    internal static float[] Pairs(
        this DcsmScorer scorer,
        IReadOnlyList<string> pictures,
        IReadOnlyList<string> captions,
        Action<ImageResult>? told = null
    )
    {
        float[] scores = new float[pictures.Count];
        foreach (ImageResult result in scorer.ScorePairsAsync(ImageSource.FromFiles(pictures), captions).ToBlockingEnumerable())
        {
            result.ThrowIfFailed();
            told?.Invoke(result);
            scores[result.Number] = Assert.Single(result.Scores).Logit;
        }
        return scores;
    }
}
