using Dcsm.Evaluation.Statistics;
using Dcsm.Numerics.RandomNumbers;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Evaluation.Tests;

public class StatisticsTests
{
    [Theory]
    [InlineData(0.975, 1.959963984540054)]
    [InlineData(0.5, 0)]
    [InlineData(0.95, 1.6448536269514722)]
    [InlineData(0.995, 2.5758293035489004)]
    [InlineData(1e-10, -6.361340902404056)]
    public void Normal_quantiles_are_known(double probability, double expected) =>
        Assert.Equal(expected, NormalDistribution.Quantile(probability), 1e-12);

    // Values of R's prop.test(x, n, correct = FALSE) and of Brown, Cai and DasGupta 2001.
    [Theory]
    [InlineData(8, 10, 0.4901625, 0.9433178)]
    [InlineData(0, 10, 0, 0.2775328)]
    [InlineData(10, 10, 0.7224672, 1)]
    [InlineData(15, 50, 0.1910355, 0.4375035)]
    public void Wilson_intervals_are_known(int right, int count, double low, double high)
    {
        Estimate estimate = Wilson.Interval(right, count);
        Assert.Equal(right / (double)count, estimate.Value);
        Assert.Equal(low, estimate.Low, 5e-8);
        Assert.Equal(high, estimate.High, 5e-8);
    }

    [Fact]
    public void Wilson_without_items_is_NaN() => Assert.True(double.IsNaN(Wilson.Interval(0, 0).Value));

    [Fact]
    public void Wilson_asks_for_possible_counts()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Interval(1, 2, 1));
    }

    [Property]
    public Property Wilson_holds_the_share_and_narrows_with_more_items() =>
        Prop.ForAll(
            Gen.Choose(1, 500).SelectMany(n => Gen.Choose(0, n).Select(right => (right, n))).ToArbitrary(),
            x =>
            {
                Estimate few = Wilson.Interval(x.right, x.n),
                    many = Wilson.Interval(10 * x.right, 10 * x.n);
                return few.Low <= few.Value
                    && few.Value <= few.High
                    && few.Low >= 0
                    && few.High <= 1
                    && many.High - many.Low < few.High - few.Low;
            }
        );

    // 2 · (1 + 20 + 190 + 1140 + 4845 + 15504) / 2^20; 2 / 2^10.
    [Theory]
    [InlineData(5, 15, 0.041389465332031)]
    [InlineData(15, 5, 0.041389465332031)]
    [InlineData(0, 10, 0.001953125)]
    [InlineData(10, 10, 1)]
    [InlineData(0, 0, 1)]
    [InlineData(1, 2, 1)]
    public void McNemar_is_known(int onlyFirst, int onlySecond, double expected) =>
        Assert.Equal(expected, McNemar.ExactP(onlyFirst, onlySecond), 1e-12);

    [Fact]
    public void McNemar_is_exact_where_powers_of_two_leave_the_doubles()
    {
        // The normal approximation of a binomial with n = 4000: z = (1899.5 + 0.5 - 2000 + 0.5) / √1000.
        Assert.InRange(McNemar.ExactP(1900, 2100), 0.0015, 0.0018);
        Assert.InRange(McNemar.ExactP(0, 20_000), 0, 1e-300);
    }

    /// <summary>One item a cluster.</summary>
    private static ClusterSums Single(IEnumerable<double> values)
    {
        double[] sums = [.. values];
        return new ClusterSums(sums, [.. sums.Select(_ => 1.0)]);
    }

    [Fact]
    public void Bootstrap_is_the_same_for_the_same_seed()
    {
        ClusterSums clusters = Single(Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? 1.0 : 0));
        Estimate first = Bootstrap.Mean(clusters, 7),
            again = Bootstrap.Mean(clusters, 7),
            other = Bootstrap.Mean(clusters, 8);
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.Equal(0.34, first.Value, 1e-12);
        // Pinned: the interval must not move between machines or versions of .NET.
        Assert.Equal((0.24975, 0.43), (Math.Round(first.Low, 9), Math.Round(first.High, 9)));
    }

    [Fact]
    public void A_mean_as_a_figure_has_the_interval_of_the_mean()
    {
        ClusterSums clusters = new([1, 0, 2, 3], [1, 2, 2, 4]);
        Estimate mean = Bootstrap.Mean(clusters, 7);
        Estimate figure = Bootstrap.Figure(4, weights => Weighed(clusters.Sums, weights) / Weighed(clusters.Counts, weights), 7);
        Assert.Equal(mean.Value, figure.Value, 1e-12);
        Assert.Equal(mean.Low, figure.Low, 1e-12);
        Assert.Equal(mean.High, figure.High, 1e-12);

        static double Weighed(double[] values, double[] weights) => values.Select((value, i) => value * weights[i]).Sum();
    }

    [Fact]
    public void Draws_that_leave_a_figure_undefined_are_left_out()
    {
        Estimate estimate = Bootstrap.Figure(3, weights => weights[0] > 0 ? weights[0] : double.NaN, 1);
        Assert.Equal((1, 1, 3), (estimate.Value, estimate.Low, estimate.High));
        Assert.Equal(double.NaN, Bootstrap.Figure(3, _ => double.NaN, 1).Low);
    }

    [Fact]
    public void Bootstrap_covers_about_as_often_as_it_says()
    {
        const double Share = 0.8;
        int held = 0;
        const int Trials = 300;
        for (int trial = 0; trial < Trials; trial++)
        {
            ResamplingRandom random = new(99, (ulong)trial);
            double[] values = new double[150];
            for (int i = 0; i < values.Length; i++)
                values[i] = random.Next(1000) < 1000 * Share ? 1 : 0;
            Estimate estimate = Bootstrap.Mean(Single(values), 5, resamples: 400);
            if (estimate.Low <= Share && Share <= estimate.High)
                held++;
        }

        Assert.InRange(held / (double)Trials, 0.90, 0.985);
    }

    [Fact]
    public void Items_of_a_cluster_widen_the_interval()
    {
        // The same 400 answers: as 400 independent items, and as 100 clusters of four equal ones.
        double[] right = [.. Enumerable.Range(0, 100).Select(i => i % 4 == 0 ? 0.0 : 1)];
        Estimate clustered = Bootstrap.Mean(new ClusterSums([.. right.Select(r => 4 * r)], [.. right.Select(_ => 4.0)]), 1);
        Estimate single = Bootstrap.Mean(Single(right.SelectMany(r => Enumerable.Repeat(r, 4))), 1);
        Assert.Equal(single.Value, clustered.Value);
        Assert.InRange((clustered.High - clustered.Low) / (single.High - single.Low), 1.7, 2.3);
    }

    [Fact]
    public void A_paired_difference_uses_the_pairing()
    {
        // The second is right wherever the first is, and on ten items more.
        double[] first = [.. Enumerable.Range(0, 200).Select(i => i < 100 ? 1.0 : 0)];
        double[] second = [.. Enumerable.Range(0, 200).Select(i => i < 110 ? 1.0 : 0)];
        Estimate difference = Bootstrap.Difference(Single(second), Single(first), 1);
        Assert.Equal(0.05, difference.Value, 1e-12);
        Assert.True(difference.Low > 0.015 && difference.High < 0.09);
        Estimate unpaired = Bootstrap.Mean(Single(second), 1);
        Assert.True(difference.High - difference.Low < unpaired.High - unpaired.Low);
    }

    [Fact]
    public void Pairing_asks_for_the_same_clusters() => Assert.Throws<ArgumentException>(() => Single([1, 0]).Minus(Single([1, 0, 1])));

    [Fact]
    public void A_macro_mean_weighs_strata_alike()
    {
        ClusterSums small = Single([1, 1]),
            large = Single(Enumerable.Repeat(0.0, 1000));
        Assert.Equal(0.5, Bootstrap.MacroMean([small, large], 1).Value);
        Assert.Equal(1, Bootstrap.MacroMean([small, Single([])], 1).Value);
    }

    [Fact]
    public void All_right_still_has_an_interval()
    {
        ClusterSums all = new([4, 4, 4, 4, 4, 4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 4, 4, 4, 4, 4]);
        Estimate share = Bootstrap.Share([all], 1);
        Assert.Equal(1, share.Value);
        Assert.Equal(0.7224672, share.Low, 5e-8);
        Assert.Equal(1, share.High);
        Assert.Equal(1, Bootstrap.Mean(all, 1).Low);
    }

    [Fact]
    public void Auc_counts_pairs_with_ties_half()
    {
        Assert.Equal(0.625, RankStatistics.Auc([3, 1], [2, 1]));
        Assert.Equal(1, RankStatistics.Auc([3, 4], [2, 1, 0]));
        Assert.Equal(0.5, RankStatistics.Auc([1, 1], [1]));
        Assert.True(double.IsNaN(RankStatistics.Auc([], [1])));
        Assert.Throws<ArgumentException>(() => RankStatistics.Auc([1], [float.NaN]));
    }

    [Property]
    public Property Auc_of_exchanged_sides_adds_up_to_one() =>
        Prop.ForAll(
            Gen.Choose(-5, 5).Select(i => (float)i).ArrayOf().Two().ToArbitrary(),
            x =>
                x.Item1.Length == 0
                || x.Item2.Length == 0
                || Math.Abs(RankStatistics.Auc(x.Item1, x.Item2) + RankStatistics.Auc(x.Item2, x.Item1) - 1) < 1e-12
        );

    [Property]
    public Property McNemar_is_symmetric_and_a_probability() =>
        Prop.ForAll(
            Gen.Choose(0, 300).Two().ToArbitrary(),
            x => McNemar.ExactP(x.Item1, x.Item2) is >= 0 and <= 1 && McNemar.ExactP(x.Item1, x.Item2) == McNemar.ExactP(x.Item2, x.Item1)
        );
}
