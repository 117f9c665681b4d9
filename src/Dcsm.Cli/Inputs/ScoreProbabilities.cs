using Dcsm.Head;

namespace Dcsm.Cli.Inputs;

/// <summary>From scores to probabilities.</summary>
internal static class ScoreProbabilities
{
    /// <summary>Adds to each pair how likely it is true and, where asked for, its share among the captions of its picture.</summary>
    /// <param name="scores">Picture by picture.</param>
    /// <param name="head">Whose scores they are; null for none.</param>
    /// <param name="captions">How many captions each picture has; null where no shares are asked for.</param>
    /// <param name="probability">What makes probabilities of scores where there is no head; null where nothing can.</param>
    public static IEnumerable<ScoredPair> Add(
        IEnumerable<ScoredPair> scores,
        DcsmHead? head,
        int? captions,
        Func<double, double>? probability = null
    )
    {
        IEnumerable<ScoredPair> probable =
            head?.Config.Calibration is not null ? Probable(scores, head)
            : head is null && probability is not null ? scores.Select(pair => pair with { Probability = probability(pair.Score) })
            : scores;
        return captions is { } count ? probable.Chunk(count).SelectMany(picture => Shares(picture, head)) : probable;
    }

    private static IEnumerable<ScoredPair> Probable(IEnumerable<ScoredPair> scores, DcsmHead head)
    {
        var reasons = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (ScoredPair pair in scores)
        {
            if (!reasons.TryGetValue(pair.Caption, out string? reason))
                reasons[pair.Caption] = reason = head.Config.WhyNotJudged(pair.Caption);
            yield return reason is null ? pair with { Probability = head.Probability(pair.Score) } : pair with { NotJudged = reason };
        }
    }

    private static IEnumerable<ScoredPair> Shares(ScoredPair[] picture, DcsmHead? head)
    {
        double temperature = head?.Config.Calibration?.Temperature ?? 1,
            most = picture.Max(pair => pair.Score);
        double[] weights = [.. picture.Select(pair => Math.Exp(temperature * (pair.Score - most)))];
        double sum = weights.Sum();
        return picture.Select((pair, i) => pair with { Softmax = weights[i] / sum });
    }
}
