using Dcsm.Data.Classes;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Classification;

/// <summary>What a classifier says of pictures whose classes are known. Ties count as wrong.</summary>
public sealed class ClassJudgement
{
    private const int Few = 5;

    private readonly ClassifiedSet _set;
    private readonly int[] _chosen,
        _places;
    private readonly bool[] _right;

    private ClassJudgement(ClassifiedSet set, int[] chosen, int[] places, bool[] right, IReadOnlyList<double> averagePrecision) =>
        (_set, _chosen, _places, _right, AveragePrecision) = (set, chosen, places, right, averagePrecision);

    /// <summary>[pictures] the class with the highest score, the lowest place among tied ones.</summary>
    public IReadOnlyList<int> Chosen => _chosen;

    /// <summary>[pictures] the place of the best of a picture's classes in the order of scores, from 1; ties go against it.</summary>
    public IReadOnlyList<int> Places => _places;

    /// <summary>[pictures] whether the highest score is that of one of the picture's classes, and of no other.</summary>
    public IReadOnlyList<bool> Right => _right;

    /// <summary>
    /// [classes] average precision of each class over all pictures, as scikit-learn has it; NaN for a class without pictures, and empty
    /// where no picture has several classes.
    /// </summary>
    public IReadOnlyList<double> AveragePrecision { get; }

    /// <summary>Share of pictures that are right.</summary>
    public double Top1 => _right.Count(right => right) / (double)_right.Length;

    /// <summary>Share of pictures whose class is among the best five; null where there are fewer than five.</summary>
    public double? Top5 => _set.Classes.Count >= Few ? _places.Count(place => place <= Few) / (double)_places.Length : null;

    /// <summary>The mean over classes of the share of their pictures that are right (balanced accuracy).</summary>
    public double MeanPerClassRecall => Recalls().Average(own => own.Mean);

    /// <summary>The mean of <see cref="AveragePrecision"/>; null where there is none.</summary>
    public double? MeanAveragePrecision =>
        AveragePrecision.Count == 0 ? null : AveragePrecision.Where(precision => !double.IsNaN(precision)).Average();

    /// <summary>Asks a classifier of every picture.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="classifier">The classifier, of the classes of the set.</param>
    /// <exception cref="InvalidDataException">A score is NaN, or the classes are others.</exception>
    public static ClassJudgement Of(PictureEmbeddings pictures, IPictureClassifier classifier)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(classifier);
        ClassifiedSet set = pictures.Set;
        int count = set.Pictures.Count,
            classes = set.Classes.Count;
        if (classifier.Classes.Count != classes)
            throw new InvalidDataException($"{set.Source}: has {classes} classes, and the classifier {classifier.Classes.Count}");
        int[] chosen = new int[count],
            places = new int[count];
        bool[] right = new bool[count];
        float[]? all = set.HasSeveralLabels ? new float[(long)count * classes] : null;
        IO.Batches.ParallelItems.ForEach(
            count,
            0,
            i =>
            {
                float[] scores = new float[classes];
                classifier.Score(pictures[i], scores);
                IReadOnlyList<int> labels = set.Pictures[i].Labels;
                int best = labels.MaxBy(label => scores[label]);
                var choice = Choice.Of(scores, best, set.Pictures[i].Name);
                chosen[i] = choice.Chosen;
                // Classes of the picture that tie with one another do not make it wrong.
                right[i] = choice.RightIsBest && Enumerable.Range(0, classes).All(c => scores[c] < scores[best] || labels.Contains(c));
                places[i] = 1 + Enumerable.Range(0, classes).Count(c => c != best && scores[c] >= scores[best] && !labels.Contains(c));
                if (all is not null)
                    scores.CopyTo(all, i * classes);
            }
        );
        return new ClassJudgement(set, chosen, places, right, all is null ? [] : Precisions(set, all));
    }

    /// <summary>The figures with their intervals.</summary>
    /// <param name="name">What was asked with.</param>
    /// <param name="resamples">Draws of the bootstrap.</param>
    /// <param name="seed">Its seed.</param>
    public ClassFigures Figures(string name, int resamples = Bootstrap.DefaultResamples, ulong seed = 1)
    {
        int count = _right.Length;
        return new ClassFigures
        {
            Name = name,
            Top1 = Wilson.Interval(_right.Count(right => right), count),
            Top5 = Top5 is null ? null : Wilson.Interval(_places.Count(place => place <= Few), count),
            MeanPerClassRecall = Bootstrap.MacroMean(Recalls(), seed, resamples),
            MeanAveragePrecision = MeanAveragePrecision,
        };
    }

    /// <summary>By how much one judgement has more pictures right than the mean of others, paired by pictures.</summary>
    /// <param name="others">Judgements of the same pictures; at least one.</param>
    /// <param name="resamples">Draws of the bootstrap.</param>
    /// <param name="seed">Its seed.</param>
    public Estimate Gain(IReadOnlyList<ClassJudgement> others, int resamples = Bootstrap.DefaultResamples, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(others);
        double[] ones = new double[_right.Length],
            own = new double[_right.Length],
            mean = new double[_right.Length];
        for (int i = 0; i < own.Length; i++)
        {
            ones[i] = 1;
            own[i] = _right[i] ? 1 : 0;
            mean[i] = others.Count(other => other._right[i]) / (double)others.Count;
        }

        return Bootstrap.Difference(new ClusterSums(own, ones), new ClusterSums(mean, ones), seed, resamples);
    }

    /// <summary>How often pictures of a class were taken for each; [class, chosen], by each picture's first class.</summary>
    public int[,] Confusion()
    {
        int[,] counts = new int[_set.Classes.Count, _set.Classes.Count];
        for (int i = 0; i < _chosen.Length; i++)
            counts[_set.Pictures[i].Labels[0], _chosen[i]]++;
        return counts;
    }

    // A cluster a picture; classes without pictures are left out.
    private ClusterSums[] Recalls() =>
        [
            .. Enumerable
                .Range(0, _right.Length)
                .SelectMany(i => _set.Pictures[i].Labels.Select(label => (Label: label, Picture: i)))
                .GroupBy(pair => pair.Label)
                .OrderBy(own => own.Key)
                .Select(own =>
                {
                    double[] hits = [.. own.Select(pair => IsHit(pair.Picture, pair.Label) ? 1.0 : 0)];
                    return new ClusterSums(hits, [.. hits.Select(_ => 1.0)]);
                }),
        ];

    // With several classes a picture, only the chosen one is found.
    private bool IsHit(int picture, int label) =>
        _right[picture] && (_chosen[picture] == label || _set.Pictures[picture].Labels.Count == 1);

    private static double[] Precisions(ClassifiedSet set, float[] scores)
    {
        int classes = set.Classes.Count;
        double[] each = new double[set.Pictures.Count];
        Array.Fill(each, 1);
        return
        [
            .. Enumerable
                .Range(0, classes)
                .Select(c =>
                    new Ranking([
                        .. set.Pictures.Select((picture, i) => ((double)scores[(i * classes) + c], picture.Labels.Contains(c), i)),
                    ]).AveragePrecision(each)
                ),
        ];
    }
}
