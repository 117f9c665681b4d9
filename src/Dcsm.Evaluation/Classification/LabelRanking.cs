using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Head;

namespace Dcsm.Evaluation.Classification;

/// <summary>Names pictures among given labels, the likeliest first; a DCSM head may say beside it what it takes for true.</summary>
public sealed class LabelRanking
{
    private readonly IPictureClassifier _classifier;
    private readonly double _scale;
    private readonly string[]? _prompts;
    private HeadClassifier? _head;

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

    /// <summary>Lets a head say what it thinks of the labels' prompts, whose scores are averaged label by label.</summary>
    /// <param name="head">The head.</param>
    /// <param name="classes">The labels.</param>
    /// <param name="templates">What they are asked with.</param>
    public void Add(DcsmHeadScorer head, IReadOnlyList<PictureClass> classes, PromptTemplates templates) =>
        _head = new HeadClassifier(head, classes, templates);

    /// <summary>Names pictures.</summary>
    /// <param name="names">What they are called.</param>
    /// <param name="images">Their embeddings.</param>
    /// <exception cref="InvalidDataException">A score is NaN.</exception>
    public IEnumerable<ClassifiedImage> Rank(IReadOnlyList<string> names, ImageEncoding images)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(images);
        for (int i = 0; i < names.Count; i++)
        {
            float[] scores = Score(_classifier, images, i);
            if (Array.Exists(scores, float.IsNaN))
                throw new InvalidDataException($"{names[i]}: a score is NaN; every score must be a number");
            yield return new ClassifiedImage(names[i], Rank(scores, _head is null ? null : Score(_head, images, i)));
        }
    }

    private static float[] Score(IPictureClassifier classifier, ImageEncoding images, int image)
    {
        float[] scores = new float[classifier.Classes.Count];
        classifier.Score(PictureEmbeddings.VectorOf(images, image, classifier.Features), scores);
        return scores;
    }

    private LabelGuess[] Rank(float[] scores, float[]? head)
    {
        double[] shares = ClassWeights.Probabilities(scores, _scale);
        ScoreCalibration? calibration = _head?.Calibration;
        double[]? headShares = head is null ? null : ClassWeights.Probabilities(head, calibration?.Temperature ?? 1);
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
                            HeadShare = headShares?[c],
                            HeadProbability = head is null ? null : calibration?.Probability(head[c]),
                        }
                ),
        ];
    }
}
