using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Scorers;
using FsCheck.Xunit;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public sealed class MatchResultTests
{
    [Fact]
    public void Items_that_share_pictures_are_drawn_together()
    {
        MatchBenchmark benchmark = Pairs(("a", "b"), ("b", "c"), ("d", "e"), ("f", "g"), ("g", "d"));
        var result = MatchResult.Of(benchmark, [.. benchmark.Items.Select(_ => new double[] { 1, 0, 0, 1 })]);
        Assert.All(BenchmarkStatistics.Estimates(result), estimate => Assert.Equal(2, estimate.Clusters));
    }

    [Fact]
    public void A_threshold_is_the_best_of_dev_and_judges_the_others()
    {
        // 3 of 4 are right above 0.25 as well as above 0.55: the lower one is taken.
        MatchBenchmark benchmark = Said(
            (0.2, false, true),
            (0.3, true, true),
            (0.5, false, true),
            (0.6, true, true),
            (0.25, false, false),
            (0.9, true, false)
        );
        var result = MatchResult.Of(benchmark, Scores(benchmark, 0.2, 0.3, 0.5, 0.6, 0.25, 0.9));
        Assert.Equal(0.25, result.Threshold!.Value, 12);
        Assert.Equal(1, result.Ties);
        Dictionary<string, double?> figures = Figures(result);
        Assert.Equal((0.5, 0.75), (figures["direct.strict.accuracy"], figures["direct.fractional.accuracy"]));
        Assert.Equal(1, figures["direct.auroc"]);
    }

    [Fact]
    public void Without_dev_there_is_no_accuracy()
    {
        MatchBenchmark benchmark = Said((0, true, false), (0, false, false));
        var result = MatchResult.Of(benchmark, Scores(benchmark, 0.4, 0.4));
        Assert.Null(result.Threshold);
        Assert.Equal("auroc", result.MainFigure);
        Dictionary<string, double?> figures = Figures(result);
        Assert.DoesNotContain("direct.strict.accuracy", figures.Keys);
        Assert.Equal(0.5, figures["direct.auroc"]);
    }

    [Theory]
    [InlineData(true, -0.9)]
    [InlineData(false, 1.2)]
    public void Where_dev_is_all_true_or_all_false_so_is_everything(bool isTrue, double threshold)
    {
        MatchBenchmark benchmark = Said((0, isTrue, true), (0, isTrue, true), (0, true, false));
        Assert.Equal(threshold, MatchResult.Of(benchmark, Scores(benchmark, 0.1, 0.2, 0.15)).Threshold!.Value, 12);
    }

    [Property]
    public void A_group_is_right_where_text_and_image_are(double a, double b, double c, double d)
    {
        if (!new[] { a, b, c, d }.All(double.IsFinite))
            return;
        Dictionary<string, double?> figures = Figures(
            MatchResult.Of(
                Pairs(("a", "b")),
                [
                    [a, b, c, d],
                ]
            )
        );
        Assert.Equal(figures["direct.strict.text_score"] * figures["direct.strict.image_score"], figures["direct.strict.group_score"]);
        Assert.Equal(a > b && d > c ? 1 : 0, figures["direct.strict.text_score"]);
        Assert.True(figures["direct.fractional.group_score"] >= figures["direct.strict.group_score"]);
    }

    [Fact]
    public void A_difference_is_paired_and_of_areas_too()
    {
        MatchBenchmark benchmark = Said([.. Enumerable.Range(0, 40).Select(i => (0.0, i % 2 == 0, false))]);
        double[] good = [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? 1.0 : 0)],
            bad = [.. good.Select((x, i) => i < 10 ? 1 - x : x)];
        MatchResult first = MatchResult.Of(benchmark, Scores(benchmark, good)),
            second = MatchResult.Of(benchmark, Scores(benchmark, bad));
        FigureDifference difference = BenchmarkStatistics.Compare(first, second).Single(d => d.Key == "direct.auroc");
        Assert.Equal(difference.First - difference.Second, difference.Difference.Value, 12);
        Assert.True(difference.Difference.Low > 0);
        Assert.Null(difference.OnlyFirst);
        Assert.All(
            BenchmarkStatistics.Compare(first, first),
            d => Assert.Equal((0.0, 0.0, 0.0), (d.Difference.Value, d.Difference.Low, d.Difference.High))
        );
    }

    [Fact]
    public void Scores_that_do_not_fit_are_refused()
    {
        MatchBenchmark benchmark = Pairs(("a", "b"));
        Assert.Contains(
            "item 'a b', pair 2: the score is NaN",
            Assert
                .Throws<InvalidDataException>(() =>
                    MatchResult.Of(
                        benchmark,
                        [
                            [1, 0, double.NaN, 1],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 4 scores",
            Assert
                .Throws<InvalidDataException>(() =>
                    MatchResult.Of(
                        benchmark,
                        [
                            [1, 0],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_result_says_its_items_and_what_decided()
    {
        MatchBenchmark benchmark = Pairs(("a", "b"), ("c", "d"));
        using var folder = new TemporaryFolder();
        var result = new MatchBenchmarkResult(
            new MatchScores(
                benchmark,
                [new ScorerDescription("one", new Dictionary<string, string>())],
                [
                    [
                        [1, 0, 0, 1],
                        [1, 1, 0, 2],
                    ],
                ],
                []
            )
        );
        Assert.Equal(("direct.strict.group_score", 1 / 6.0, 4), (result.MainFigure, result.Chance, result.Images));
        Assert.Contains("one: 1 item in which two scores are equal.", result.Notes);
        result.WriteItems(folder["items.csv"]);
        string[] lines = File.ReadAllLines(folder["items.csv"]);
        Assert.Equal("item,group,images,captions,matches,one scores,one text_score,one image_score,one group_score", lines[0]);
        Assert.EndsWith("1 0 0 1,1 1 0 2,0,1,0", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"direct.fractional.text_score\": 0.75", result.ToJson(), StringComparison.Ordinal);
    }

    private static Dictionary<string, double?> Figures(MatchResult result) =>
        BenchmarkFigures.Of(result).ToDictionary(figure => figure.Key, figure => figure.Number);

    private static MatchBenchmark Pairs(params (string First, string Second)[] pictures) =>
        new()
        {
            Name = "csv",
            AnnotationFiles = [],
            Task = MatchTask.Pairs,
            Items =
            [
                .. pictures.Select(pair => new MatchItem(
                    $"{pair.First} {pair.Second}",
                    [new BenchmarkImage(pair.First, pair.First, pair.First), new BenchmarkImage(pair.Second, pair.Second, pair.Second)],
                    ["x y", "y x"],
                    [true, false, false, true]
                )),
            ],
        };

    private static MatchBenchmark Said(params (double Score, bool IsTrue, bool IsDev)[] items) =>
        new()
        {
            Name = "csv",
            AnnotationFiles = [],
            Task = MatchTask.Statements,
            Items =
            [
                .. items.Select(
                    (item, i) =>
                        new MatchItem($"{i}", [new BenchmarkImage($"{i}", null, $"{i}")], ["x"], [item.IsTrue]) { IsDev = item.IsDev }
                ),
            ],
        };

    private static double[][] Scores(MatchBenchmark benchmark, params double[] scores)
    {
        Assert.Equal(benchmark.Items.Count, scores.Length);
        return [.. scores.Select(score => new[] { score })];
    }
}
