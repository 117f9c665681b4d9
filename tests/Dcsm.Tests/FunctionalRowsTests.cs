using Dcsm.FunctionalWords;

namespace Dcsm.Tests;

public class FunctionalRowsTests
{
    [Fact]
    public void Rows_are_unit_vectors_plus_one_over_three()
    {
        float[] rows = FunctionalRows.Create(11, 197, 5);
        Assert.Equal(11 * 197, rows.Length);
        for (int word = 0; word < 11; word++)
        {
            double[] signature = rows.AsSpan(word * 197, 197).ToArray().Select(value => (3.0 * value) - 1).ToArray();
            Assert.Equal(1, Math.Sqrt(signature.Sum(value => value * value)), 1e-5);
            Assert.InRange(signature.Sum(), -4, 4);
        }
    }

    [Fact]
    public void Rows_are_spread_like_the_official_ones()
    {
        float[] official = Goldens.Tensor("functional_rows.safetensors", "functional_rows");
        float[] ours = FunctionalRows.Create(11, 197, 0);
        Assert.Equal(official.Average(value => (double)value), ours.Average(value => (double)value), 2e-3);
        Assert.Equal(Spread(official), Spread(ours), 2e-3);

        static double Spread(float[] rows) => Math.Sqrt(rows.Average(value => Math.Pow(value - (1.0 / 3), 2)));
    }

    [Fact]
    public void A_seed_gives_the_same_rows_for_ever()
    {
        Assert.Equal(FunctionalRows.Create(3, 50, 7), FunctionalRows.Create(3, 50, 7));
        Assert.NotEqual(FunctionalRows.Create(3, 50, 7), FunctionalRows.Create(3, 50, 8));
        // Pinned, so that a seed in a paper stays good.
        float[] pinned = PinnedRow;
        Assert.InRange(Goldens.MaxDifference(pinned, FunctionalRows.Create(1, 4, 1)), 0, 1e-7);
    }

    [Fact]
    public void More_words_only_add_rows() =>
        Assert.Equal(FunctionalRows.Create(11, 197, 3), FunctionalRows.Create(17, 197, 3).AsSpan(0, 11 * 197).ToArray());

    private static readonly float[] PinnedRow = [0.4354847f, 0.027649118f, 0.2617433f, 0.2874178f];
}
