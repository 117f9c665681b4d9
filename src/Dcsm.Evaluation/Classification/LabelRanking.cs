using Dcsm.Clip.Models;
using Dcsm.Head;

namespace Dcsm.Evaluation.Classification;

/// <summary>
/// Names pictures among given labels, the likeliest first; a scorer of pairs (a DCSM head, ITM) may say beside it what it takes for true.
/// </summary>
public sealed class LabelRanking
{
    private readonly IPictureClassifier _classifier;
    private readonly double _scale;
    private readonly string[]? _prompts;
    private PromptScores? _pairs;

    /// <param name="classifier">What gives the labels scores.</param>
    /// <param name="scale">What scores are multiplied by before the softmax; above 0.</param>
    /// <param name="prompts">The one prompt of each label, to be shown; null where there are several.</param>
    /// <exception cref="ArgumentException">The scale is not above 0.</exception>
    public LabelRanking(IPictureClassifier classifier, double scale, IReadOnlyList<string>? prompts = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (!(scale > 0) || !double.IsFinite(scale))
            throw new ArgumentException("The temperature has to be above 0.", nameof(scale));
        (_classifier, _scale, _prompts) = (classifier, scale, prompts?.ToArray());
    }

    /// <summary>Lets a scorer of pairs say what it thinks of the labels' prompts.</summary>
    /// <param name="pairs">The scorer with the prompts.</param>
    public void Add(PromptScores pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        _pairs = pairs;
    }

    /// <summary>Names pictures.</summary>
    /// <param name="names">What they are called.</param>
    /// <param name="images">Their embeddings.</param>
    /// <param name="read">The same as the scorer of pairs reads them, where its encoder is another one.</param>
    /// <param name="cancellationToken">Stops between pictures, and between batches of pairs.</param>
    /// <exception cref="InvalidDataException">A score is NaN.</exception>
    public IEnumerable<ClassifiedImage> Rank(
        IReadOnlyList<string> names,
        ImageEncoding images,
        ImageEncoding? read = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(images);
        for (int i = 0; i < names.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] scores = Score(names[i], _classifier, PictureEmbeddings.VectorOf(images, i, _classifier.Features));
            float[]? pairs = _pairs is null ? null : Score(names[i], _pairs.Ensemble, _pairs.Of(read ?? images, i, cancellationToken));
            yield return new ClassifiedImage(names[i], Rank(scores, pairs));
        }
    }

    private static float[] Score(string image, IPictureClassifier classifier, float[] vector)
    {
        float[] scores = new float[classifier.Classes.Count];
        classifier.Score(vector, scores);
        return Array.Exists(scores, float.IsNaN)
            ? throw new InvalidDataException($"{image}: a score is NaN; every score must be a number")
            : scores;
    }

    private LabelGuess[] Rank(float[] scores, float[]? pairs)
    {
        double[] shares = ClassWeights.Probabilities(scores, _scale);
        ScoreCalibration? calibration = _pairs?.Scorer.Calibration;
        double[]? pairShares = pairs is null ? null : ClassWeights.Probabilities(pairs, calibration?.Temperature ?? 1);
        return
        [
            .. Enumerable
                .Range(0, scores.Length)
                .OrderByDescending(c => scores[c])
                .ThenBy(c => c)
                .Select(
                    (c, rank) =>
                        new LabelGuess(rank + 1, _classifier.Classes[c], shares[c], scores[c])
                        {
                            Prompt = _prompts?[c],
                            HeadShare = pairShares?[c],
                            HeadProbability = pairs is null ? null : calibration?.Probability(pairs[c]),
                        }
                ),
        ];
    }
}
