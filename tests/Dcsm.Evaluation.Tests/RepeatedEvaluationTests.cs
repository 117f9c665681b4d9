using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Repeats;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests;

public class RepeatedEvaluationTests
{
    private static readonly FakeEncoder Encoder = new();

    private static RepeatedScorer Perfect =>
        new("perfect", "knows all", 10, [FakeScorer.Perfect(Encoder, "p1"), FakeScorer.Perfect(Encoder, "p2")]);

    private static RepeatedScorer Mixed =>
        new("mixed", "one seed is as good as none", 2000, [FakeScorer.Perfect(Encoder, "m1"), FakeScorer.Wrong(Encoder, "m2")]);

    private static RepeatedScorer Fair =>
        new("fair", "three of four", 3, [FakeScorer.ThreeOfFour(Encoder, "f1"), FakeScorer.ThreeOfFour(Encoder, "f2")]);

    [Fact]
    public void Accuracy_is_the_mean_over_samples_and_seeds_and_difference_that_to_the_first()
    {
        var result = RepeatedEvaluation.Run(Objects.Tests(), [Perfect, Mixed, Fair]);
        Assert.Equal(3 * 2 * 5, result.Cells.Count);
        RepeatedCell mixed = result.Find("mixed", SplitPart.UnseenPairs, SceneKind.Spatial)!,
            fair = result.Find("fair", SplitPart.UnseenObjects)!;
        Assert.Equal((0.5, -0.5), (mixed.Accuracy.Value, mixed.Difference.Value));
        Assert.Equal([1.0, 0.0], mixed.Seeds);
        Assert.Equal(0.75, fair.Accuracy.Value, 12);
        Assert.Equal(-0.25, fair.Difference.Value, 12);
        Assert.Equal(0, result.Find("perfect", SplitPart.UnseenObjects)!.Difference.Value);
    }

    [Fact]
    public void Intervals_cover_seeds_as_well_as_samples()
    {
        var result = RepeatedEvaluation.Run(Objects.Tests(), [Perfect, Mixed, Fair]);
        // Two seeds, one all right and one all wrong: a draw of both from one of them comes in half of the cases.
        RepeatedCell mixed = result.Find("mixed", SplitPart.UnseenPairs)!,
            fair = result.Find("fair", SplitPart.UnseenPairs)!;
        Assert.Equal((0.0, 1.0), (mixed.Accuracy.Low, mixed.Accuracy.High));
        // Seeds that agree leave the samples' spread: 24 of them, three of four right; about ±0.17 by the binomial.
        Assert.InRange(fair.Accuracy.Low, 0.5, 0.65);
        Assert.InRange(fair.Accuracy.High, 0.85, 0.96);
        Assert.True(fair.Difference.High < 0);
    }

    [Fact]
    public void The_same_draws_serve_all_methods()
    {
        var result = RepeatedEvaluation.Run(
            Objects.Tests(),
            [Fair, Fair with { Name = "twin", Runs = [FakeScorer.ThreeOfFour(Encoder, "t1"), FakeScorer.ThreeOfFour(Encoder, "t2")] }]
        );
        Assert.All(
            result.Cells.Where(cell => cell.Name == "twin"),
            cell => Assert.Equal((0.0, 0.0, 0.0), (cell.Difference.Value, cell.Difference.Low, cell.Difference.High))
        );
        Assert.Equal(
            RepeatedEvaluation.Run(Objects.Tests(), [Fair]).Find("fair", SplitPart.UnseenPairs)!.Accuracy,
            result.Find("fair", SplitPart.UnseenPairs)!.Accuracy
        );
    }

    [Fact]
    public void Unequal_numbers_of_seeds_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            RepeatedEvaluation.Run(Objects.Tests(), [Perfect, Fair with { Runs = [FakeScorer.Perfect(Encoder, "one")] }])
        );
}
