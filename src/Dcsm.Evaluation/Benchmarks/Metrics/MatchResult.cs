using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Judging;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>
/// What one scorer makes of pictures and captions whose every pair is known to match or not. A score ties with another where the two are
/// equal; that counts as wrong, or half where ties count in part.
/// </summary>
public sealed class MatchResult
{
    private readonly IReadOnlyList<double[]> _scores;
    private readonly string[] _clusters;

    private MatchResult(MatchBenchmark benchmark, IReadOnlyList<double[]> scores)
    {
        Benchmark = benchmark;
        (MatchItem Item, double[] Scores)[] judged = [.. benchmark.Items.Zip(scores).Where(both => !both.First.IsDev)];
        Items = [.. judged.Select(both => both.Item)];
        _scores = [.. judged.Select(both => both.Scores)];
        _clusters = PictureClusters.Of(Items);
        if (benchmark.Task == MatchTask.Statements)
        {
            Threshold = Chosen([
                .. benchmark
                    .Items.Zip(scores)
                    .Where(both => both.First.IsDev)
                    .Select(both => (both.Second[0], both.First.Matches[0] == true)),
            ]);
        }
    }

    /// <summary>Judges scores.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="scores">[items][images · captions] in the order of the items; higher is better.</param>
    /// <exception cref="InvalidDataException">
    /// A score is NaN or infinite, scores are missing or too many, or no item is left to be judged; the message says where.
    /// </exception>
    public static MatchResult Of(MatchBenchmark benchmark, IReadOnlyList<double[]> scores)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        ArgumentNullException.ThrowIfNull(scores);
        ScoreRows.Check(benchmark.Items, scores);
        if (benchmark.Items.All(item => item.IsDev))
            throw new InvalidDataException($"{benchmark.Name}: no item is left to be judged.");
        return new MatchResult(benchmark, scores);
    }

    /// <summary>Judges all scorers of a run.</summary>
    /// <param name="scores">The run.</param>
    /// <returns>[scorers]</returns>
    /// <exception cref="InvalidDataException">As <see cref="Of(MatchBenchmark, IReadOnlyList{double[]})"/> throws it.</exception>
    public static IReadOnlyList<MatchResult> Of(MatchScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        return [.. scores.Scores.Select(one => Of(scores.Benchmark, one))];
    }

    /// <summary>The benchmark.</summary>
    public MatchBenchmark Benchmark { get; }

    /// <summary>The items that are judged: those that a threshold is chosen on are not among them.</summary>
    public IReadOnlyList<MatchItem> Items { get; }

    /// <summary>
    /// Statements with a higher score are said to be true: what gives most right answers on the items to choose it on, halfway between two
    /// of their scores, the lowest of equally good ones. Null where there are none, and of other tasks.
    /// </summary>
    public double? Threshold { get; }

    /// <summary>The figure that stands for the benchmark: the last part of its key.</summary>
    public string MainFigure =>
        Benchmark.MainFigure
        ?? Benchmark.Task switch
        {
            MatchTask.Pairs => "group_score",
            MatchTask.AllAbove or MatchTask.Captions => "accuracy",
            MatchTask.Statements => Threshold is null ? "auroc" : "accuracy",
            MatchTask.Labels => "mean_average_precision",
            _ => throw new InvalidOperationException($"There is no task {Benchmark.Task}."),
        };

    /// <summary>What guessing gives for <see cref="MainFigure"/>.</summary>
    public double Chance =>
        Benchmark.Task switch
        {
            MatchTask.Pairs => MainFigure == "group_score" ? 1 / 6.0 : 0.25,
            MatchTask.AllAbove or MatchTask.Captions => Items.Average(AllAboveByChance),
            MatchTask.Labels => Labels().Average(label => label.Average(item => item.IsTrue ? 1.0 : 0)),
            _ => 0.5,
        };

    /// <summary>Items in which a tie decides; 0 of tasks where scores of many pictures are compared.</summary>
    public int Ties => Items.Where((_, i) => Comparisons(i).Any(figure => figure.Pairs.Any(pair => pair.Right == pair.Wrong))).Count();

    /// <summary>Labels of which no picture is asked that shows them, so that they are left out of the mean.</summary>
    public int LabelsLeftOut => Benchmark.Task == MatchTask.Labels ? Items[0].Captions.Count - Labels().Count() : 0;

    /// <summary>What an item counts for each of the figures that are means over items.</summary>
    /// <param name="item">Its place in <see cref="Items"/>.</param>
    /// <param name="rule">How ties count: in part, or as wrong.</param>
    internal IEnumerable<(string Figure, double Credit)> Credits(int item, TieRule rule) =>
        Comparisons(item).Select(figure => (figure.Name, figure.Pairs.Aggregate(1.0, (all, pair) => all * Credit(pair, rule))));

    /// <summary>How far an item is from being wrong: below 0 where it is. NaN of tasks that don't judge items by themselves.</summary>
    /// <param name="item">Its place in <see cref="Items"/>.</param>
    public double Margin(int item) =>
        Comparisons(item).SelectMany(figure => figure.Pairs).Select(pair => pair.Right - pair.Wrong).DefaultIfEmpty(double.NaN).Min();

    /// <summary>The figures that are means over items.</summary>
    internal IEnumerable<JudgedUnits> Units(BenchmarkStatisticsOptions options)
    {
        (string Figure, double Credit)[][] credits = [.. Items.Select((_, i) => Credits(i, options.Ties).ToArray())];
        (string Figure, double Credit)[][] whole =
            options.Ties == TieRule.Fractional ? [.. Items.Select((_, i) => Credits(i, TieRule.Strict).ToArray())] : credits;
        string prefix = options.ChoiceKey("")[..^1];
        for (int f = 0; f < credits[0].Length; f++)
        {
            JudgedUnit[] units =
            [
                .. Items.Select(
                    (item, i) => new JudgedUnit(_clusters[i], item.Group, credits[i][f].Credit, whole[i][f].Credit == 1, item.Category)
                ),
            ];
            foreach (JudgedUnits figure in JudgedUnits.Of(prefix, credits[0][f].Figure, units))
                yield return figure;
        }
    }

    /// <summary>The figures that all items decide together.</summary>
    internal IEnumerable<RankedFigure> Ranked()
    {
        if (Benchmark.Task == MatchTask.Labels)
        {
            Ranking[] labels = [.. Labels().Select(label => new Ranking(label))];
            yield return new RankedFigure(
                "direct.mean_average_precision",
                Items.Count,
                weights =>
                    labels.Select(label => label.AveragePrecision(weights)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()
            );
        }

        if (Benchmark.Task != MatchTask.Statements)
            yield break;
        foreach ((string key, Func<MatchItem, bool> isIn) in Parts())
        {
            int[] places = [.. Enumerable.Range(0, Items.Count).Where(i => isIn(Items[i]))];
            string[] clusters = [.. places.Select(i => _clusters[i]).Distinct(StringComparer.Ordinal)];
            var number = clusters.Select((name, c) => (name, c)).ToDictionary(both => both.name, both => both.c, StringComparer.Ordinal);
            var ranking = new Ranking([.. places.Select(i => (_scores[i][0], Items[i].Matches[0] == true, number[_clusters[i]]))]);
            yield return new RankedFigure($"direct.{key}auroc", clusters.Length, ranking.Auroc);
            if (key.Length == 0)
                yield return new RankedFigure("direct.average_precision", clusters.Length, ranking.AveragePrecision);
        }
    }

    /// <summary>The average precision of each label that is asked.</summary>
    internal IEnumerable<(string Label, double Precision)> Precisions()
    {
        double[] once = new double[Items.Count];
        Array.Fill(once, 1);
        return AskedLabels().Select(label => (Items[0].Captions[label.Caption], new Ranking(label.Items).AveragePrecision(once)));
    }

    private IEnumerable<(string Key, Func<MatchItem, bool> IsIn)> Parts()
    {
        IEnumerable<string> Names(Func<MatchItem, string> of) =>
            Items.Select(of).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        yield return ("", _ => true);
        foreach (string group in Names(item => item.Group))
            yield return ($"by_group.{group}.", item => item.Group == group);
        foreach (string category in Names(item => item.Category))
            yield return ($"by_category.{category}.", item => item.Category == category);
    }

    /// <summary>Of each figure the scores that have to be greater than others.</summary>
    private IEnumerable<(string Name, IReadOnlyList<(double Right, double Wrong)> Pairs)> Comparisons(int place)
    {
        MatchItem item = Items[place];
        double[] s = _scores[place];
        switch (Benchmark.Task)
        {
            case MatchTask.Pairs:
                (double, double)[] text = [(s[0], s[1]), (s[3], s[2])],
                    image = [(s[0], s[2]), (s[3], s[1])];
                return [("text_score", text), ("image_score", image), ("group_score", [.. text, .. image])];
            case MatchTask.AllAbove:
                int[] right = Places(item, match: true),
                    wrong = Places(item, match: false);
                (double, double)[][] above = [.. right.Select(r => wrong.Select(w => (s[r], s[w])).ToArray())];
                return
                [
                    ("accuracy", [.. above.SelectMany(own => own)]),
                    .. above.Select((own, r) => (FormattableString.Invariant($"caption_{r + 1}"), (IReadOnlyList<(double, double)>)own)),
                ];
            case MatchTask.Captions:
                return [("accuracy", [(s[0], s[1]), (s[0], s[2])])];
            case MatchTask.Statements when Threshold is { } threshold:
                return [("accuracy", [item.Matches[0] == true ? (s[0], threshold) : (threshold, s[0])])];
            default:
                return [];
        }
    }

    private static double Credit((double Right, double Wrong) pair, TieRule rule) =>
        pair.Right > pair.Wrong ? 1
        : pair.Right == pair.Wrong && rule == TieRule.Fractional ? 0.5
        : 0;

    private IEnumerable<IReadOnlyList<(double Score, bool IsTrue, int Cluster)>> Labels() => AskedLabels().Select(label => label.Items);

    private IEnumerable<(int Caption, IReadOnlyList<(double Score, bool IsTrue, int Cluster)> Items)> AskedLabels()
    {
        for (int c = 0; c < Items[0].Captions.Count; c++)
        {
            (double, bool IsTrue, int)[] asked =
            [
                .. Enumerable
                    .Range(0, Items.Count)
                    .Where(i => Items[i].Matches[c] is not null)
                    .Select(i => (_scores[i][c], Items[i].Matches[c] == true, i)),
            ];
            if (asked.Any(item => item.IsTrue))
                yield return (c, asked);
        }
    }

    private static int[] Places(MatchItem item, bool match) =>
        [.. Enumerable.Range(0, item.Matches.Count).Where(p => item.Matches[p] == match)];

    /// <summary>The chance that of so many in any order all that match come first: one over their binomial coefficient.</summary>
    private static double AllAboveByChance(MatchItem item)
    {
        int right = Places(item, match: true).Length,
            all = right + Places(item, match: false).Length;
        double chance = 1;
        for (int i = 0; i < right; i++)
            chance *= (i + 1) / (double)(all - i);
        return chance;
    }

    private static double? Chosen(IReadOnlyList<(double Score, bool IsTrue)> items)
    {
        if (items.Count == 0)
            return null;
        (double Score, bool IsTrue)[] sorted = [.. items.OrderBy(item => item.Score)];
        // Below all of them everything is said to be true.
        int right = sorted.Count(item => item.IsTrue),
            best = right;
        double threshold = sorted[0].Score - 1;
        for (int i = 0; i < sorted.Length; i++)
        {
            right += sorted[i].IsTrue ? -1 : 1;
            bool isLast = i + 1 == sorted.Length;
            if (right <= best || (!isLast && sorted[i + 1].Score == sorted[i].Score))
                continue;
            best = right;
            threshold = isLast ? sorted[i].Score + 1 : (sorted[i].Score + sorted[i + 1].Score) / 2;
        }

        return threshold;
    }
}
