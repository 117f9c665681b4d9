using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Json;
using Dcsm.IO.Progress;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Evaluation.Repeats;

/// <summary>
/// Compares methods that were trained with several seeds each, on opposite scenes. Intervals are of a percentile bootstrap that draws
/// seeds and, within each kind, samples, both with replacement, the same for all methods: they cover the luck of the test and, as far
/// as so few seeds can tell, that of training.
/// </summary>
public sealed class RepeatedEvaluation
{
    private RepeatedEvaluation(
        IReadOnlyList<RepeatedScorer> methods,
        IReadOnlyList<RepeatedCell> cells,
        SceneTestSet tests,
        SceneEvaluationOptions options
    )
    {
        (Cells, Options) = (cells, options);
        Methods = [.. methods.Select(method => new RepeatedMethod(method.Name, method.Description, method.Parameters, method.Runs.Count))];
        Data = tests.Description;
    }

    /// <summary>What is compared, the one that others are compared with first.</summary>
    public IReadOnlyList<RepeatedMethod> Methods { get; }

    /// <summary>Per method, part and kind; the mean over the kinds comes last.</summary>
    public IReadOnlyList<RepeatedCell> Cells { get; }

    /// <summary>Where the samples come from.</summary>
    public IReadOnlyDictionary<string, string> Data { get; }

    /// <summary>How they were judged.</summary>
    public SceneEvaluationOptions Options { get; }

    /// <summary>What computed it.</summary>
    public IReadOnlyDictionary<string, string> Versions { get; } = SoftwareVersions.Current();

    /// <summary>Scores and compares.</summary>
    /// <param name="tests">The samples.</param>
    /// <param name="methods">The methods, at least one, each of as many seeds; others are compared with the first one.</param>
    /// <param name="options">How they are judged.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">There are no methods, or not all have as many seeds.</exception>
    public static RepeatedEvaluation Run(
        SceneTestSet tests,
        IReadOnlyList<RepeatedScorer> methods,
        SceneEvaluationOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(tests);
        ArgumentNullException.ThrowIfNull(methods);
        options ??= new SceneEvaluationOptions();
        if (methods.Count == 0 || methods.Any(method => method.Runs.Count == 0 || method.Runs.Count != methods[0].Runs.Count))
            throw new ArgumentException("Every method needs the same number of seeds, at least one.", nameof(methods));
        SceneScores[][] scores = SceneEvaluation.Score(
            tests,
            [.. methods.SelectMany(method => method.Runs)],
            options,
            progress,
            cancellationToken
        );
        int seeds = methods[0].Runs.Count;
        double[][][] shares =
        [
            .. methods.Select(
                (_, m) =>
                    Enumerable
                        .Range(0, seeds)
                        .Select(seed => scores[(m * seeds) + seed].Select(score => (double)score.CaptionsRight / score.Items).ToArray())
                        .ToArray()
            ),
        ];

        var cells = new List<RepeatedCell>();
        foreach (IGrouping<SplitPart, int> part in Enumerable.Range(0, tests.Tests.Count).GroupBy(i => tests.Tests[i].Part))
        {
            (SceneKind Kind, int[] Tests)[] kinds =
            [
                .. part.GroupBy(i => tests.Tests[i].Kind).OrderBy(kind => kind.Key).Select(kind => (kind.Key, kind.ToArray())),
            ];
            // [kinds][methods][resamples]: means of each draw; the draws of seeds are the same for all kinds.
            double[][][] drawn = [.. kinds.Select((kind, k) => Draw(shares, kind.Tests, (ulong)k, options))];
            for (int m = 0; m < methods.Count; m++)
            {
                for (int k = 0; k < kinds.Length; k++)
                {
                    cells.Add(
                        Cell(
                            methods[m].Name,
                            part.Key,
                            kinds[k].Kind,
                            Means(shares[m], [kinds[k].Tests]),
                            Means(shares[0], [kinds[k].Tests]),
                            drawn[k][m],
                            drawn[k][0],
                            options
                        )
                    );
                }

                int[][] all = [.. kinds.Select(kind => kind.Tests)];
                cells.Add(
                    Cell(
                        methods[m].Name,
                        part.Key,
                        null,
                        Means(shares[m], all),
                        Means(shares[0], all),
                        Mean(drawn, m),
                        Mean(drawn, 0),
                        options
                    )
                );
            }
        }
        return new RepeatedEvaluation(methods, cells, tests, options);
    }

    /// <summary>The cell of a method, part and kind (null: the mean over the kinds); null when there is none.</summary>
    public RepeatedCell? Find(string name, SplitPart part, SceneKind? kind = null) =>
        Cells.FirstOrDefault(cell => cell.Name == name && cell.Part == part && cell.Kind == kind);

    /// <summary>As JSON: camelCase, invariant, shortest numbers that read back the same.</summary>
    public string ToJson() => ResultJson.Serialize(this);

    private static RepeatedCell Cell(
        string name,
        SplitPart part,
        SceneKind? kind,
        double[] seeds,
        double[] first,
        double[] draws,
        double[] firstDraws,
        SceneEvaluationOptions options
    ) =>
        new(
            name,
            part,
            kind,
            Interval(seeds.Average(), draws, options),
            Interval(seeds.Average() - first.Average(), [.. draws.Zip(firstDraws, (a, b) => a - b)], options),
            seeds
        );

    private static Estimate Interval(double value, double[] draws, SceneEvaluationOptions options)
    {
        double[] sorted = [.. draws.Order()];
        double tail = (1 - options.Confidence) / 2;
        return new Estimate(value, Bootstrap.Quantile(sorted, tail), Bootstrap.Quantile(sorted, 1 - tail));
    }

    /// <summary>[methods][resamples].</summary>
    private static double[][] Draw(double[][][] shares, int[] tests, ulong kind, SceneEvaluationOptions options)
    {
        int seeds = shares[0].Length;
        double[][] means = [.. shares.Select(_ => new double[options.Resamples])];
        var samples = new ResamplingRandom(options.BootstrapSeed, kind);
        var training = new ResamplingRandom(options.BootstrapSeed, ulong.MaxValue);
        int[] times = new int[tests.Length],
            runs = new int[seeds];
        for (int r = 0; r < options.Resamples; r++)
        {
            Array.Clear(times);
            Array.Clear(runs);
            for (int i = 0; i < times.Length; i++)
                times[samples.Next(times.Length)]++;
            for (int i = 0; i < seeds; i++)
                runs[training.Next(seeds)]++;
            for (int m = 0; m < shares.Length; m++)
            {
                double sum = 0;
                for (int seed = 0; seed < seeds; seed++)
                {
                    for (int i = 0; runs[seed] > 0 && i < times.Length; i++)
                        sum += runs[seed] * times[i] * shares[m][seed][tests[i]];
                }
                means[m][r] = sum / seeds / times.Length;
            }
        }
        return means;
    }

    /// <summary>The mean of each seed: of the kinds' means.</summary>
    private static double[] Means(double[][] seeds, int[][] kinds) =>
        [.. seeds.Select(shares => kinds.Average(tests => tests.Average(i => shares[i])))];

    private static double[] Mean(double[][][] drawn, int method) =>
        [.. Enumerable.Range(0, drawn[0][method].Length).Select(r => drawn.Average(kind => kind[method][r]))];
}
