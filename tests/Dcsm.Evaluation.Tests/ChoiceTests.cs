using Dcsm.Evaluation.Statistics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Evaluation.Tests;

public class ChoiceTests
{
    [Fact]
    public void The_highest_score_is_chosen()
    {
        var choice = Choice.Of([0.1f, 0.7f, 0.3f], 1, "item");
        Assert.Equal((1, true, true, 1.0, false), (choice.Chosen, choice.Official, choice.Strict, choice.Expected, choice.IsTie));
        Assert.False(Choice.Of([0.1f, 0.7f, 0.3f], 0, "item").Strict);
    }

    [Fact]
    public void A_tie_is_official_by_place_strictly_wrong_and_a_share_on_average()
    {
        Choice first = Choice.Of([0.5f, 0.5f, 0.5f, 0.1f], 0, "item"),
            second = Choice.Of([0.5f, 0.5f, 0.5f, 0.1f], 1, "item");
        Assert.True(first.Official);
        Assert.False(second.Official);
        Assert.False(first.Strict || second.Strict);
        Assert.Equal(1.0 / 3, first.Expected);
        Assert.Equal(1.0 / 3, second.Expected);
        Assert.Equal(3, first.Tied);
        Assert.Equal(0, Choice.Of([0.5f, 0.5f, 0.1f], 2, "item").Expected);
    }

    [Fact]
    public void NaN_is_an_error_that_names_the_item()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Choice.Of([0.5f, float.NaN], 0, "row 17"));
        Assert.Contains("row 17", error.Message, StringComparison.Ordinal);
        Assert.Contains("option 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Infinite_scores_are_ordered() => Assert.Equal(1, Choice.Of([float.NegativeInfinity, 0], 1, "item").Chosen);

    [Property]
    public Property Strict_is_never_more_than_expected_and_expected_adds_up_to_one() =>
        Prop.ForAll(
            Gen.Choose(0, 3).Select(i => (float)i).NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary(),
            scores =>
            {
                Choice[] all = [.. Enumerable.Range(0, scores.Length).Select(right => Choice.Of(scores, right, "item"))];
                return all.All(c => (c.Strict ? 1 : 0) <= c.Expected)
                    && Math.Abs(all.Sum(c => c.Expected) - 1) < 1e-12
                    && all.Count(c => c.Official) == 1;
            }
        );
}
