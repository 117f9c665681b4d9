using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Tests.Statements;

public class RankingTests
{
    // True .9, false .8, true .7, false .6: three of four pairs; precision 1 and 2/3 where recall grows.
    [Fact]
    public void Ranks_give_area_and_average_precision()
    {
        var ranking = new Ranking([(0.6, false, 0), (0.7, true, 1), (0.9, true, 2), (0.8, false, 3)]);
        Assert.Equal(0.75, ranking.Auroc(Once(4)), 1e-12);
        Assert.Equal((1 + (2 / 3.0)) / 2, ranking.AveragePrecision(Once(4)), 1e-12);
    }

    // Above the tie one true, in it one of each, below one false.
    [Fact]
    public void A_tie_counts_half_and_shares_a_threshold()
    {
        foreach (bool first in (bool[])[true, false])
        {
            var ranking = new Ranking([(0.5, first, 1), (0.8, true, 0), (0.5, !first, 1), (0.1, false, 2)]);
            Assert.Equal(3.5 / 4, ranking.Auroc(Once(3)), 1e-12);
            Assert.Equal((1 + (2 / 3.0)) / 2, ranking.AveragePrecision(Once(3)), 1e-12);
        }
    }

    [Fact]
    public void A_cluster_that_counts_twice_is_as_one_that_is_there_twice()
    {
        (double, bool, int)[] items = [(0.9, true, 0), (0.6, false, 0), (0.7, true, 1), (0.8, false, 1), (0.7, false, 2)];
        var weighted = new Ranking(items);
        var repeated = new Ranking([.. items.Where(item => item.Item3 != 2), .. items.Where(item => item.Item3 == 1)]);
        Assert.Equal(repeated.Auroc(Once(3)), weighted.Auroc([1, 2, 0]), 1e-12);
        Assert.Equal(repeated.AveragePrecision(Once(3)), weighted.AveragePrecision([1, 2, 0]), 1e-12);
    }

    [Fact]
    public void Without_one_of_the_sides_there_is_no_figure()
    {
        var ranking = new Ranking([(0.9, true, 0), (0.1, false, 1)]);
        Assert.Equal(double.NaN, ranking.Auroc([1, 0]));
        Assert.Equal(double.NaN, ranking.AveragePrecision([0, 1]));
        Assert.Throws<ArgumentException>(() => new Ranking([(double.NaN, true, 0)]));
    }

    private static double[] Once(int clusters) => [.. Enumerable.Repeat(1.0, clusters)];
}
