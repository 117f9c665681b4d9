using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Statistics;
using static Dcsm.Evaluation.Tests.Benchmarks.SmallBenchmarks;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public class BenchmarkStatisticsTests
{
    private static readonly double[] Right = [1, 0];
    private static readonly double[] Wrong = [0, 1];

    [Fact]
    public void Estimates_are_the_figures_with_intervals_around_them()
    {
        ChoiceBenchmark benchmark = Choices(
            "vg-qa-1",
            Enumerable
                .Range(0, 60)
                .Select(i =>
                    Item($"{i}", 2, group: i % 3 == 0 ? "left" : "right") with
                    {
                        Options = ["it is on the left", "it is on the right"],
                    }
                )
        );
        var result = ChoiceResult.Of(benchmark, [.. Enumerable.Range(0, 60).Select(i => i % 4 == 0 ? Wrong : Right)]);
        IReadOnlyList<FigureEstimate> estimates = BenchmarkStatistics.Estimates(result);
        IReadOnlyList<BenchmarkFigure> figures = BenchmarkFigures.Of(result);
        Assert.Equal(
            [
                "direct.strict.accuracy",
                "direct.strict.by_group.left.accuracy",
                "direct.strict.by_group.right.accuracy",
                "direct.strict.macro_accuracy",
                "direct.strict.macro_accuracy_25_items",
            ],
            estimates.Select(estimate => estimate.Key)
        );
        Assert.All(
            estimates,
            estimate =>
            {
                Assert.Equal(figures.Single(figure => figure.Key == estimate.Key).Number!.Value, estimate.Estimate.Value, 12);
                Assert.True(
                    estimate.Estimate.Low < estimate.Estimate.Value && estimate.Estimate.Value < estimate.Estimate.High,
                    estimate.ToString()
                );
            }
        );
        Assert.Equal(60, estimates[0].Clusters);
        Assert.Equal(estimates, BenchmarkStatistics.Estimates(result));
        Assert.NotEqual(
            estimates[0].Estimate.Low,
            BenchmarkStatistics.Estimates(result, new BenchmarkStatisticsOptions { Confidence = 0.5 })[0].Estimate.Low
        );
    }

    [Fact]
    public void Items_of_one_picture_are_one_cluster_and_make_the_interval_wider()
    {
        // Pictures are all right or all wrong: four items of a picture say no more than one.
        double[][] scores = [.. Enumerable.Range(0, 80).Select(i => i / 4 % 2 == 0 ? Right : Wrong)];
        FigureEstimate shared = BenchmarkStatistics.Estimates(
            ChoiceResult.Of(Choices("any", Enumerable.Range(0, 80).Select(i => Item($"{i}", 2, image: $"{i / 4}"))), scores)
        )[0];
        FigureEstimate apart = BenchmarkStatistics.Estimates(
            ChoiceResult.Of(Choices("any", Enumerable.Range(0, 80).Select(i => Item($"{i}", 2))), scores)
        )[0];
        Assert.Equal((20, 80), (shared.Clusters, apart.Clusters));
        Assert.Equal(shared.Estimate.Value, apart.Estimate.Value);
        Assert.True(shared.Estimate.High - shared.Estimate.Low > 1.5 * (apart.Estimate.High - apart.Estimate.Low));
    }

    [Fact]
    public void WhatsUp_is_drawn_by_sets()
    {
        IEnumerable<ChoiceItem> Set(int set) =>
            ((string[])["left", "right", "on", "under"]).Select(relation =>
                Item(
                    $"{set}-{relation}",
                    2,
                    group: relation,
                    image: $"data/controlled_images/mug{set}_{relation}_table.jpeg",
                    set: $"mug{set} table"
                )
            );
        ChoiceBenchmark benchmark = Choices("whatsup-a", Enumerable.Range(0, 12).SelectMany(Set));
        var result = ChoiceResult.Of(benchmark, [.. benchmark.Items.Select((_, i) => i % 7 == 0 ? Wrong : Right)]);
        IReadOnlyList<FigureEstimate> estimates = BenchmarkStatistics.Estimates(result);
        FigureEstimate pairs = estimates.Single(estimate => estimate.Key == "direct.pairs_and_sets.strict.pair_accuracy");
        Assert.Equal(result.PairsAndSets(TieRule.Strict)!.PairAccuracy!.Value, pairs.Estimate.Value, 12);
        Assert.Equal(12, pairs.Clusters);
        Assert.Equal(12, estimates[0].Clusters);
        Assert.Contains(estimates, estimate => estimate.Key == "direct.pairs_and_sets.strict.set_accuracy");
    }

    [Fact]
    public void A_difference_is_paired()
    {
        ChoiceBenchmark benchmark = Choices("any", Enumerable.Range(0, 40).Select(i => Item($"{i}", 2, group: i % 2 == 0 ? "a" : "b")));
        var first = ChoiceResult.Of(benchmark, [.. Enumerable.Range(0, 40).Select(i => i < 30 ? Right : Wrong)]);
        var second = ChoiceResult.Of(benchmark, [.. Enumerable.Range(0, 40).Select(i => i is < 20 or 35 ? Right : Wrong)]);
        FigureDifference difference = BenchmarkStatistics.Compare(first, second)[0];
        Assert.Equal((0.75, 0.525), (difference.First, difference.Second));
        Assert.Equal(0.225, difference.Difference.Value, 12);
        Assert.Equal((10, 1), (difference.OnlyFirst, difference.OnlySecond));
        Assert.Equal(McNemar.ExactP(10, 1), difference.McNemarP!.Value);
        Assert.True(difference.Difference.Low > 0);

        FigureDifference backwards = BenchmarkStatistics.Compare(second, first)[0];
        Assert.Equal(-difference.Difference.Value, backwards.Difference.Value, 12);
        Assert.Equal((1, 10), (backwards.OnlyFirst, backwards.OnlySecond));

        FigureDifference macro = BenchmarkStatistics.Compare(first, second).Single(d => d.Key == "direct.strict.macro_accuracy");
        Assert.Null(macro.McNemarP);
        Assert.Equal(macro.First - macro.Second, macro.Difference.Value, 12);
        Assert.All(
            BenchmarkStatistics.Compare(first, first),
            d => Assert.Equal((0.0, 0.0, 0.0), (d.Difference.Value, d.Difference.Low, d.Difference.High))
        );
    }

    [Fact]
    public void Items_of_one_picture_count_once_in_the_test_by_picture()
    {
        // Ten pictures of four items; the first is right in all of two of them where the second is right in none.
        ChoiceBenchmark benchmark = Choices("any", Enumerable.Range(0, 40).Select(i => Item($"{i}", 2, image: $"{i / 4}")));
        var first = ChoiceResult.Of(benchmark, [.. Enumerable.Range(0, 40).Select(_ => Right)]);
        var second = ChoiceResult.Of(benchmark, [.. Enumerable.Range(0, 40).Select(i => i < 8 ? Wrong : Right)]);
        FigureDifference difference = BenchmarkStatistics.Compare(first, second)[0];
        Assert.Equal((McNemar.ExactP(8, 0), McNemar.ExactP(2, 0)), (difference.McNemarP!.Value, difference.ClusterP!.Value));
        Assert.Equal(difference.ClusterP, BenchmarkStatistics.Compare(second, first)[0].ClusterP);
        // Where each picture has one item the two are the same; where a picture is even it counts for none.
        ChoiceBenchmark single = Choices("any", Enumerable.Range(0, 40).Select(i => Item($"{i}", 2)));
        FigureDifference alone = BenchmarkStatistics.Compare(
            ChoiceResult.Of(single, [.. Enumerable.Range(0, 40).Select(i => i == 39 ? Wrong : Right)]),
            ChoiceResult.Of(single, [.. Enumerable.Range(0, 40).Select(i => i < 8 ? Wrong : Right)])
        )[0];
        Assert.Equal(alone.McNemarP, alone.ClusterP);
        ChoiceBenchmark even = Choices("any", Item("a", 2, image: "x"), Item("b", 2, image: "x"));
        (ChoiceResult one, ChoiceResult other) = (ChoiceResult.Of(even, [Right, Wrong]), ChoiceResult.Of(even, [Wrong, Right]));
        Assert.Equal(1, BenchmarkStatistics.Compare(one, other)[0].ClusterP);
    }

    [Fact]
    public void Recalls_have_intervals_and_differences_too()
    {
        int[] images = [.. Enumerable.Range(0, 24).Select(t => t / 2)];
        RetrievalBenchmark benchmark = Retrieval(12, images);
        double[][] Scores(int every) =>
            [
                .. images.Select(
                    (image, t) =>
                        Enumerable
                            .Range(0, 12)
                            .Select(i =>
                                i == image && t % every != 0 ? 1.0
                                : i == (image + 1) % 12 ? 0.5
                                : 0
                            )
                            .ToArray()
                ),
            ];
        RetrievalResult first = RetrievalResult.Of(benchmark, Scores(5)),
            second = RetrievalResult.Of(benchmark, Scores(2));
        FigureEstimate estimate = BenchmarkStatistics.Estimates(first)[0];
        Assert.Equal(("direct.strict.text_to_image_R@1", 12), (estimate.Key, estimate.Clusters));
        Assert.Equal(first.Recalls[0].Strict, estimate.Estimate.Value, 12);
        FigureDifference difference = BenchmarkStatistics.Compare(first, second)[0];
        Assert.Equal(first.Recalls[0].Strict - second.Recalls[0].Strict, difference.Difference.Value, 12);
        Assert.True(difference.OnlyFirst > difference.OnlySecond);
        FigureEstimate expected = BenchmarkStatistics.Estimates(first, new BenchmarkStatisticsOptions { RecallTies = RecallRule.Expected })[
            0
        ];
        Assert.Equal(first.Recalls[0].Expected, expected.Estimate.Value, 12);
    }

    [Fact]
    public void Results_of_other_items_are_not_compared()
    {
        ChoiceResult a = ChoiceResult.Of(Choices("any", Item("a", 2)), [Right]),
            b = ChoiceResult.Of(Choices("any", Item("b", 2)), [Right]);
        Assert.Throws<ArgumentException>(() => BenchmarkStatistics.Compare(a, b));
        RetrievalResult one = RetrievalResult.Of(Retrieval(2, 0, 1), [Right, Wrong]),
            other = RetrievalResult.Of(Retrieval(2, 0, 1), [Right, Wrong], [1]);
        Assert.Throws<ArgumentException>(() => BenchmarkStatistics.Compare(one, other));
    }
}
