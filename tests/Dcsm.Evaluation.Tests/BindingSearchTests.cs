using Dcsm.Evaluation.Geometry;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Evaluation.Tests;

public class BindingSearchTests
{
    [Property(MaxTest = 15)]
    public Property Without_a_rest_there_is_no_way_out_whatever_the_width_and_the_number_of_concepts() =>
        Prop.ForAll(
            Gen.Choose(2, 24).Zip(Gen.Choose(2, 6)).Zip(Gen.Choose(1, 1000)).ToArbitrary(),
            own =>
            {
                ((int dimension, int concepts), int seed) = own;
                BindingCost found = BindingSearch.Search(dimension, concepts, 0, (ulong)seed);
                return Math.Abs(found.Gap) < 1e-12 && Math.Abs(found.LeastGap) < 1e-12;
            }
        );

    [Fact]
    public void The_longer_the_rest_the_larger_the_gap()
    {
        double[] gaps = [.. new[] { 0.01, 0.03, 0.1, 0.3 }.Select(rest => BindingSearch.Search(16, 4, rest).Gap)];
        Assert.Equal(gaps.Order(), gaps);
        // Where vectors that differ by 4e stand opposite: more cannot be had.
        Assert.InRange(gaps[0], 1e-5, 0.01);
        Assert.InRange(gaps[3], 0.05, 2);
        // The search climbs: what it finds is more than where it begins.
        Assert.True(gaps[2] > 10 * gaps[0]);
    }

    [Fact]
    public void The_same_seed_finds_the_same() => Assert.Equal(BindingSearch.Search(8, 3, 0.1, 7), BindingSearch.Search(8, 3, 0.1, 7));
}
