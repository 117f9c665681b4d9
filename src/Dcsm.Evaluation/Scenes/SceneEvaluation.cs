using Dcsm.Clip.Models;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Scenes;

/// <summary>
/// Judges scorers on opposite scenes: given an image, does the caption that is true of it score above the one that is true of
/// its opposite? Every picture and caption is encoded once, whatever the number of scorers on an encoder.
/// </summary>
public static class SceneEvaluation
{
    /// <summary>Scores all samples with all scorers.</summary>
    /// <param name="tests">The samples.</param>
    /// <param name="scorers">The scorers; in comparisons, earlier ones are what later ones are compared with.</param>
    /// <param name="options">How they are judged.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">There are no samples or scorers, or two scorers share a name.</exception>
    /// <exception cref="InvalidDataException">A score is NaN; the message names the sample.</exception>
    public static SceneEvaluationResult Run(
        SceneTestSet tests,
        IReadOnlyList<IScorer> scorers,
        SceneEvaluationOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new SceneEvaluationOptions();
        return Judge(tests, ScorerList.Describe(scorers), Score(tests, scorers, options, progress, cancellationToken), options);
    }

    /// <summary>All scores, without judging them.</summary>
    /// <inheritdoc cref="Run"/>
    /// <returns>[scorers][samples].</returns>
    public static SceneScores[][] Score(
        SceneTestSet tests,
        IReadOnlyList<IScorer> scorers,
        SceneEvaluationOptions options,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tests);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.BatchSamples, nameof(options));
        if (tests.Tests.Count == 0)
            throw new ArgumentException("There are no samples to judge by.", nameof(tests));
        ScorerList.Check(scorers);

        SceneScores[][] scores = [.. scorers.Select(_ => new SceneScores[tests.Tests.Count])];
        for (int first = 0; first < tests.Tests.Count; first += options.BatchSamples)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(options.BatchSamples, tests.Tests.Count - first);
            ScoreBatch(tests, first, count, scorers, scores, cancellationToken);
            progress?.Report(new WorkProgress(first + count, tests.Tests.Count, "scenes"));
        }

        return scores;
    }

    private static void ScoreBatch(
        SceneTestSet tests,
        int first,
        int count,
        IReadOnlyList<IScorer> scorers,
        SceneScores[][] scores,
        CancellationToken cancellationToken
    )
    {
        List<string> captions = [];
        var blocks = new ScoreBlock[count];
        for (int i = 0; i < count; i++)
        {
            SceneTest test = tests.Tests[first + i];
            blocks[i] = new ScoreBlock(2 * i, 2, captions.Count, 2 * test.Paraphrases);
            captions.AddRange(test.Captions);
            captions.AddRange(test.OppositeCaptions);
        }

        foreach (EncoderGroup group in EncoderGroup.Of(scorers))
        {
            ImageEncoding images = tests.Encode(group.Encoder, first, count, cancellationToken);
            foreach ((IReadOnlyList<int> sameTexts, TextEncoding texts) in group.EncodeTexts(_ => captions))
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (int s in sameTexts)
                {
                    IReadOnlyList<float[,]> blocksScores = scorers[s].ScoreBlocks(images, texts, blocks);
                    for (int i = 0; i < count; i++)
                        scores[s][first + i] = Arrange(tests.Tests[first + i], scorers[s].Name, blocksScores[i]);
                }
            }
        }
    }

    // [2 images, captions then opposite captions] to [paraphrases, 2 images, 2 captions].
    private static SceneScores Arrange(SceneTest test, string scorer, float[,] scores)
    {
        int paraphrases = test.Paraphrases;
        if (scores.GetLength(0) != 2 || scores.GetLength(1) != 2 * paraphrases)
        {
            throw new InvalidOperationException(
                $"{scorer} gave {scores.GetLength(0)} × {scores.GetLength(1)} scores for 2 images and {2 * paraphrases} captions."
            );
        }

        float[] arranged = new float[4 * paraphrases];
        for (int t = 0; t < paraphrases; t++)
        {
            for (int image = 0; image < 2; image++)
            {
                for (int caption = 0; caption < 2; caption++)
                    arranged[4 * t + 2 * image + caption] = scores[image, caption * paraphrases + t];
            }
        }

        return new SceneScores(test, scorer, arranged);
    }

    internal static SceneEvaluationResult Judge(
        SceneTestSet tests,
        IReadOnlyList<ScorerDescription> scorers,
        SceneScores[][] scores,
        SceneEvaluationOptions options
    )
    {
        List<SceneCell> cells = [];
        List<SceneComparison> comparisons = [];
        foreach (IGrouping<SplitPart, int> part in Enumerable.Range(0, tests.Tests.Count).GroupBy(i => tests.Tests[i].Part))
        {
            (SceneKind Kind, int[] Tests)[] kinds =
            [
                .. part.GroupBy(i => tests.Tests[i].Kind).OrderBy(g => g.Key).Select(g => (g.Key, g.ToArray())),
            ];
            (SceneKind? Kind, int[][] Strata)[] views =
            [
                .. kinds.Select(k => ((SceneKind?)k.Kind, new[] { k.Tests })),
                (null, [.. kinds.Select(k => k.Tests)]),
            ];
            for (int s = 0; s < scorers.Count; s++)
            {
                foreach ((SceneKind? kind, int[][]? strata) in views)
                    cells.Add(Cell(scorers[s].Name, part.Key, kind, strata, scores[s], options));
            }

            for (int s = 1; s < scorers.Count; s++)
            {
                for (int earlier = 0; earlier < s; earlier++)
                {
                    foreach ((SceneKind? kind, int[][]? strata) in views)
                    {
                        comparisons.Add(
                            Compare(scorers[s].Name, scorers[earlier].Name, part.Key, kind, strata, scores[s], scores[earlier], options)
                        );
                    }
                }
            }
        }

        return new SceneEvaluationResult(tests, scores)
        {
            Data = tests.Description,
            Options = options,
            Versions = SoftwareVersions.Current(),
            Scorers = scorers,
            Cells = cells,
            Comparisons = comparisons,
        };
    }

    private static SceneCell Cell(
        string scorer,
        SplitPart part,
        SceneKind? kind,
        int[][] strata,
        SceneScores[] scores,
        SceneEvaluationOptions options
    )
    {
        Estimate Share(Func<SceneScores, double> right, Func<SceneScores, double> of) =>
            Bootstrap.Share(
                [.. strata.Select(s => Sums(s, scores, right, of))],
                options.BootstrapSeed,
                options.Resamples,
                options.Confidence
            );

        return new SceneCell(
            scorer,
            part,
            kind,
            strata.Sum(s => s.Length),
            strata.Sum(s => s.Sum(i => scores[i].Items)),
            Share(s => s.CaptionsRight, s => s.Items),
            strata.Average(s => Sums(s, scores, x => x.CaptionsExpected, x => x.Items).Mean),
            strata.Sum(s => s.Sum(i => scores[i].Ties)),
            Share(s => s.ImagesRight, s => s.Items),
            Share(s => s.GroupsRight, s => s.Paraphrases)
        );
    }

    private static SceneComparison Compare(
        string first,
        string second,
        SplitPart part,
        SceneKind? kind,
        int[][] strata,
        SceneScores[] firstScores,
        SceneScores[] secondScores,
        SceneEvaluationOptions options
    )
    {
        ClusterSums[] differences =
        [
            .. strata.Select(s =>
                Sums(s, firstScores, x => x.CaptionsRight, x => x.Items).Minus(Sums(s, secondScores, x => x.CaptionsRight, x => x.Items))
            ),
        ];
        int onlyFirst = 0,
            onlySecond = 0;
        foreach (int i in strata.SelectMany(s => s))
        {
            bool firstRight = firstScores[i].CaptionsRight == firstScores[i].Items;
            bool secondRight = secondScores[i].CaptionsRight == secondScores[i].Items;
            if (firstRight && !secondRight)
                onlyFirst++;
            if (secondRight && !firstRight)
                onlySecond++;
        }

        return new SceneComparison(
            first,
            second,
            part,
            kind,
            Bootstrap.MacroMean(differences, options.BootstrapSeed, options.Resamples, options.Confidence),
            onlyFirst,
            onlySecond,
            McNemar.ExactP(onlyFirst, onlySecond)
        );
    }

    private static ClusterSums Sums(int[] tests, SceneScores[] scores, Func<SceneScores, double> sum, Func<SceneScores, double> count) =>
        new([.. tests.Select(i => sum(scores[i]))], [.. tests.Select(i => count(scores[i]))]);
}
