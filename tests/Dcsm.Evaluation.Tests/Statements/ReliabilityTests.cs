using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Tests.Statements;

public class ReliabilityTests
{
    // Two of probability .1, one true: off by .4. Two of .95 and 1, both true: off by .025.
    private static readonly Reliability Four = new([(0.1, false, 0), (0.1, true, 1), (0.95, true, 0), (1, true, 1)]);

    [Fact]
    public void The_error_is_the_mean_distance_in_bins() => Assert.Equal(((2 * 0.4) + (2 * 0.025)) / 4, Four.ExpectedError([1, 1]), 1e-12);

    [Fact]
    public void The_Brier_score_is_the_mean_squared_distance() => Assert.Equal((0.01 + 0.81 + 0.0025 + 0) / 4, Four.Brier([1, 1]), 1e-12);

    [Fact]
    public void Clusters_count_as_often_as_is_said()
    {
        Assert.Equal((0.1 + 0.05) / 2, Four.ExpectedError([3, 0]), 1e-12);
        Assert.Equal((0.81 + 0) / 2, Four.Brier([0, 2]), 1e-12);
    }

    [Fact]
    public void Fifteen_bins_are_equally_wide_and_one_belongs_to_the_last()
    {
        (double Items, double Probability, double True)[] bins = Four.Sums([1, 1]);
        Assert.Equal(15, bins.Length);
        Assert.Equal((2, 0.2, 1), (bins[1].Items, bins[1].Probability, bins[1].True));
        Assert.Equal((2, 1.95, 2), (bins[14].Items, bins[14].Probability, bins[14].True));
        Assert.Equal(4, bins.Sum(bin => bin.Items));
    }
}
