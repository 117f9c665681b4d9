using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Robustness;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Tests.Classification;

public sealed class ClassJudgementTests
{
    [Fact]
    public void Ties_are_wrong_and_count_against_the_place()
    {
        PictureEmbeddings pictures = Pictures(
            [
                [0],
                [1],
            ],
            [1, 1, 0, 0, 1, 0]
        );
        var judged = ClassJudgement.Of(pictures, new ClassWeights(["a", "b", "c"], [1, 0, 0, 0, 1, 0, 0, 0, 1], "x"));
        Assert.Equal([false, true], judged.Right);
        Assert.Equal([2, 1], judged.Places);
        Assert.Null(judged.Top5);
        Assert.Equal(0.5, judged.MeanPerClassRecall);
    }

    [Fact]
    public void Of_several_classes_of_a_picture_any_is_right()
    {
        PictureEmbeddings pictures = Pictures(
            [
                [0, 1],
                [2],
            ],
            [1, 1, 0, 0, 0, 1]
        );
        var judged = ClassJudgement.Of(pictures, new ClassWeights(["a", "b", "c"], [1, 0, 0, 0, 1, 0, 0, 0, 1], "x"));
        Assert.Equal([true, true], judged.Right);
        Assert.Equal([1.0, 1.0, 1.0], judged.AveragePrecision);
    }

    [Fact]
    public void A_picture_whose_embedding_is_NaN_is_named() =>
        Assert.Contains(
            "picture 1",
            Assert
                .Throws<InvalidDataException>(() =>
                    Pictures(
                        [
                            [0],
                            [1],
                        ],
                        [1, 0, 0, float.NaN, 1, 0]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData(0.4, 1.0)] // below the first point
    [InlineData(0.55, 1.4142135623730951)] // halfway from 1 to 2 in log2
    [InlineData(0.9, null)]
    public void Zero_shot_equals_shots_where_the_curve_reaches_it(double zeroShot, double? expected)
    {
        double? shots = FewShotPoint.ShotsThatEqual([(1, 0.5), (2, 0.6), (4, 0.7)], zeroShot);
        Assert.Equal(expected is null, shots is null);
        Assert.Equal(expected ?? 0, shots ?? 0, 1e-12);
    }

    [Theory]
    [InlineData(3.841458820694124, 1, 0.05)]
    [InlineData(5.991464547107979, 2, 0.05)]
    [InlineData(7.814727903251179, 3, 0.05)]
    [InlineData(18.46682695290317, 4, 0.001)]
    [InlineData(20.515005652432873, 5, 0.001)]
    public void The_chi_square_distribution_has_its_quantiles(double value, int freedom, double p) =>
        Assert.Equal(p, ChiSquare.Above(value, freedom), 1e-9);

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(1.959963984540054, 0.975)]
    [InlineData(-5.5, 1.8989562465887716e-8)]
    public void The_normal_distribution_is_the_inverse_of_its_quantile(double value, double p) =>
        Assert.Equal(p, NormalDistribution.Cumulative(value), p * 1e-10);

    [Fact]
    public void A_line_through_alike_models_is_refused() =>
        Assert.Throws<ArgumentException>(() => RobustnessFit.Of([new("a", 0.5, 0.4), new("b", 0.5, 0.3)], RobustnessAxes.Logit));

    private static PictureEmbeddings Pictures(int[][] labels, float[] values) =>
        new(
            new ClassifiedSet(
                "test",
                [new PictureClass("a", ["a"]), new PictureClass("b", ["b"]), new PictureClass("c", ["c"])],
                [.. labels.Select((own, i) => new ClassifiedPicture($"picture {i}", own, () => []))]
            ),
            values
        );
}
