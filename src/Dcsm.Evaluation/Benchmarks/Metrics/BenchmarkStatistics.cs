using System.Globalization;
using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Judging;
using Dcsm.Evaluation.Benchmarks.Published;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>
/// Intervals of figures, and differences between two scorers. The bootstrap draws clusters: all items of a picture, or of a set of
/// pictures of the same objects (<see cref="ChoiceItem.SetKey"/>), come along together.
/// </summary>
internal static class BenchmarkStatistics
{
    /// <summary>Accuracy, accuracy of each group, macro average, and WhatsUp's pairs and sets, each with its interval.</summary>
    public static IReadOnlyList<FigureEstimate> Estimates(ChoiceResult result, BenchmarkStatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        options ??= new BenchmarkStatisticsOptions();
        return [.. Units(result, options).Select(units => Estimated(units, options))];
    }

    /// <summary>Each figure of a task, as a whole, by group and category, with its interval.</summary>
    public static IReadOnlyList<FigureEstimate> Estimates(MatchResult result, BenchmarkStatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        options ??= new BenchmarkStatisticsOptions();
        return
        [
            .. result.Units(options).Select(units => Estimated(units, options)),
            .. result
                .Ranked()
                .Select(figure => new FigureEstimate(
                    figure.Key,
                    Bootstrap.Figure(figure.Clusters, figure.Of, options.Seed, options.Resamples, options.Confidence),
                    figure.Clusters
                )),
        ];
    }

    /// <summary>Each recall with its interval.</summary>
    public static IReadOnlyList<FigureEstimate> Estimates(RetrievalResult result, BenchmarkStatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(result);
        options ??= new BenchmarkStatisticsOptions();
        return [.. Units(result, options).Select(units => Estimated(units, options))];
    }

    /// <summary>The figures of <paramref name="first"/> less those of <paramref name="second"/>, item by item.</summary>
    /// <exception cref="ArgumentException">The two are not of the same items.</exception>
    public static IReadOnlyList<FigureDifference> Compare(
        ChoiceResult first,
        ChoiceResult second,
        BenchmarkStatisticsOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        RequireSame(first.Benchmark.Name, first.Items.Select(item => item.Id), second.Benchmark.Name, second.Items.Select(item => item.Id));
        options ??= new BenchmarkStatisticsOptions();
        return [.. Units(first, options).Zip(Units(second, options), (one, other) => Differences(one, other, options))];
    }

    /// <summary>The figures of <paramref name="first"/> less those of <paramref name="second"/>, item by item.</summary>
    /// <exception cref="ArgumentException">The two are not of the same items.</exception>
    public static IReadOnlyList<FigureDifference> Compare(MatchResult first, MatchResult second, BenchmarkStatisticsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        RequireSame(first.Benchmark.Name, first.Items.Select(item => item.Id), second.Benchmark.Name, second.Items.Select(item => item.Id));
        options ??= new BenchmarkStatisticsOptions();
        return
        [
            .. first.Units(options).Zip(second.Units(options), (one, other) => Differences(one, other, options)),
            .. first
                .Ranked()
                .Zip(
                    second.Ranked(),
                    (one, other) =>
                        new FigureDifference(
                            one.Key,
                            one.Value,
                            other.Value,
                            Bootstrap.Figure(
                                one.Clusters,
                                weights => one.Of(weights) - other.Of(weights),
                                options.Seed,
                                options.Resamples,
                                options.Confidence
                            ),
                            null,
                            null,
                            null,
                            null
                        )
                ),
        ];
    }

    /// <summary>The recalls of <paramref name="first"/> less those of <paramref name="second"/>, query by query.</summary>
    /// <exception cref="ArgumentException">The two are not of the same captions and images, or not at the same k.</exception>
    public static IReadOnlyList<FigureDifference> Compare(
        RetrievalResult first,
        RetrievalResult second,
        BenchmarkStatisticsOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (
            first.Benchmark.Name != second.Benchmark.Name
            || !first.Benchmark.Captions.SequenceEqual(second.Benchmark.Captions)
            || !first
                .Benchmark.Images.Select(image => image.Name)
                .SequenceEqual(second.Benchmark.Images.Select(image => image.Name), StringComparer.Ordinal)
            || !first
                .Recalls.Select(recall => recall.Name)
                .SequenceEqual(second.Recalls.Select(recall => recall.Name), StringComparer.Ordinal)
        )
        {
            throw new ArgumentException(
                $"Only recalls at the same k of the same captions and images can be compared; these are of "
                    + $"{first.Benchmark.Name} and {second.Benchmark.Name}.",
                nameof(second)
            );
        }

        options ??= new BenchmarkStatisticsOptions();
        return [.. Units(first, options).Zip(Units(second, options), (one, other) => Differences(one, other, options))];
    }

    private static void RequireSame(string first, IEnumerable<string> firstItems, string second, IEnumerable<string> secondItems)
    {
        if (first == second && firstItems.SequenceEqual(secondItems, StringComparer.Ordinal))
            return;
        throw new ArgumentException(
            FormattableString.Invariant(
                $"Only results of the same items can be compared: {first} ({firstItems.Count()}), {second} ({secondItems.Count()})."
            ),
            nameof(second)
        );
    }

    private static FigureEstimate Estimated(JudgedUnits units, BenchmarkStatisticsOptions options)
    {
        if (units.IsMacro)
        {
            ClusteredGroups groups = units.Groups();
            return new FigureEstimate(units.Key, groups.MacroMean(options), groups.Clusters);
        }

        ClusterSums sums = units.Sums();
        return new FigureEstimate(units.Key, Bootstrap.Share([sums], options.Seed, options.Resamples, options.Confidence), sums.Clusters);
    }

    private static FigureDifference Differences(JudgedUnits first, JudgedUnits second, BenchmarkStatisticsOptions options)
    {
        int onlyFirst = 0,
            onlySecond = 0;
        for (int i = 0; i < first.Units.Count; i++)
        {
            if (first.Units[i].Right && !second.Units[i].Right)
                onlyFirst++;
            if (second.Units[i].Right && !first.Units[i].Right)
                onlySecond++;
        }

        if (first.IsMacro)
        {
            return new FigureDifference(
                first.Key,
                first.Groups().MacroMean(options with { Resamples = 1 }).Value,
                second.Groups().MacroMean(options with { Resamples = 1 }).Value,
                first.Groups(less: second).MacroMean(options),
                onlyFirst,
                onlySecond,
                null,
                null
            );
        }

        ClusterSums one = first.Sums(),
            other = second.Sums();
        return new FigureDifference(
            first.Key,
            one.Mean,
            other.Mean,
            Bootstrap.Difference(one, other, options.Seed, options.Resamples, options.Confidence),
            onlyFirst,
            onlySecond,
            McNemar.ExactP(onlyFirst, onlySecond),
            ClusterP(first, second)
        );
    }

    private static double ClusterP(JudgedUnits first, JudgedUnits second)
    {
        int[] leads =
        [
            .. first
                .Units.Zip(second.Units, (one, other) => (one.Cluster, Lead: (one.Right ? 1 : 0) - (other.Right ? 1 : 0)))
                .GroupBy(unit => unit.Cluster, StringComparer.Ordinal)
                .Select(cluster => cluster.Sum(unit => unit.Lead)),
        ];
        return McNemar.ExactP(leads.Count(lead => lead > 0), leads.Count(lead => lead < 0));
    }

    /// <summary>The figures of a benchmark of choices that are means.</summary>
    public static IEnumerable<JudgedUnits> Units(ChoiceResult result, BenchmarkStatisticsOptions options)
    {
        JudgedUnit[] items =
        [
            .. result.Items.Zip(
                result.Choices,
                (item, choice) =>
                    new JudgedUnit(
                        Cluster(item),
                        item.Group,
                        Credits.Of(choice, options.Ties),
                        IsRight(options.Ties == TieRule.First, choice),
                        item.Category
                    )
            ),
        ];
        foreach (JudgedUnits units in JudgedUnits.Of(options.ChoiceKey("")[..^1], "accuracy", items))
            yield return units;
        HashSet<string> large =
        [
            .. result.First.Groups.Where(group => group.Count >= PublishedRecords.LeastItems).Select(group => group.Group),
        ];
        // ARO leaves small groups out, and those who follow it.
        if (large.Count > 0 && (result.Benchmark.Name == BenchmarkNames.VgRelation || items.All(item => item.Category.Length == 0)))
        {
            yield return new JudgedUnits(
                options.ChoiceKey("macro_accuracy_25_items"),
                [.. items.Where(item => large.Contains(item.Group))],
                IsMacro: true
            );
        }

        if (result.Pairs is not { } pairs)
            yield break;
        string pairsKey = $"direct.pairs_and_sets.{options.Ties.ToString().ToLowerInvariant()}";
        yield return new JudgedUnits(pairsKey + ".pair_accuracy", Together(pairs.Pairs));
        yield return new JudgedUnits(pairsKey + ".set_accuracy", Together(pairs.Sets));

        JudgedUnit[] Together(IReadOnlyList<(string Key, int[] Items)> groups) =>
            [
                .. groups.Select(group => new JudgedUnit(
                    group.Key,
                    "",
                    group.Items.Aggregate(1.0, (all, i) => all * items[i].Value),
                    group.Items.All(i => items[i].Right)
                )),
            ];
    }

    private static bool IsRight(bool byPlace, Choice choice) => byPlace ? choice.Official : choice.Strict;

    private static IEnumerable<JudgedUnits> Units(RetrievalResult result, BenchmarkStatisticsOptions options)
    {
        string rule = options.RecallTies.ToString().ToLowerInvariant();
        foreach (Recall recall in result.Recalls)
        {
            string direction = recall.Direction == RecallDirection.TextToImage ? "text_to_image" : "image_to_text";
            IEnumerable<(int Image, double Credit)> values = result.Queries(recall.Direction, recall.K, options.RecallTies);
            RecallRule whole = options.RecallTies == RecallRule.Expected ? RecallRule.Strict : options.RecallTies;
            IEnumerable<(int Image, double Credit)> right = result.Queries(recall.Direction, recall.K, whole);
            yield return new JudgedUnits(
                string.Create(CultureInfo.InvariantCulture, $"direct.{rule}.{direction}_R@{recall.K}"),
                [
                    .. values.Zip(
                        right,
                        (value, hit) => new JudgedUnit(result.Benchmark.Images[value.Image].Name, "", value.Credit, hit.Credit == 1)
                    ),
                ]
            );
        }
    }

    private static string Cluster(ChoiceItem item) => item.SetKey ?? item.Image.Name;
}
