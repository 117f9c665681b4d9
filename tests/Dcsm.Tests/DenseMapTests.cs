using Dcsm.Clip.Models;
using Dcsm.Maps;

namespace Dcsm.Tests;

public class DenseMapTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 3, 5)]
    [InlineData(65, 16, 128)]
    [InlineData(50, 77, 300)]
    public void A_map_holds_the_products(int imageTokens, int textTokens, int dimension)
    {
        TokenEmbeddings image = TestHeads.Embeddings(1, 1, imageTokens, dimension);
        TokenEmbeddings text = TestHeads.Embeddings(2, 1, textTokens, dimension);
        float[] map = new float[imageTokens * textTokens];
        DenseMap.Compute(image[0], text[0], dimension, map);
        float[] expected = new float[map.Length];
        for (int i = 0; i < imageTokens; i++)
        {
            for (int t = 0; t < textTokens; t++)
            {
                double sum = 0.0;
                for (int d = 0; d < dimension; d++)
                    sum += (double)image.Values[(i * dimension) + d] * text.Values[(t * dimension) + d];
                expected[(i * textTokens) + t] = (float)sum;
            }
        }
        Assert.InRange(Goldens.MaxDifference(expected, map), 0, 1e-6);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => DenseMap.Compute(new float[7], new float[4], 2, new float[6]));
        Assert.Throws<ArgumentException>(() => DenseMap.Compute(new float[6], new float[5], 2, new float[6]));
        Assert.Throws<ArgumentException>(() => DenseMap.Compute(new float[6], new float[4], 2, new float[5]));
        Assert.Throws<ArgumentException>(() => DenseMap.PlaceRows(new float[6], ColumnLayout.Replace([-1, 0, -1, -1]), new float[2]));
        Assert.Throws<ArgumentException>(() => DenseMap.PlaceRows(new float[6], ColumnLayout.Replace([-1, 1, -1]), new float[2]));
    }

    [Fact]
    public void Rows_replace_columns()
    {
        float[] map = [1, 2, 3, 4, 5, 6];
        DenseMap.PlaceRows(map, ColumnLayout.Replace([-1, 1, -1]), [10, 20, 30, 40]);
        Assert.Equal([1, 30, 3, 4, 40, 6], map);
    }

    [Fact]
    public void An_inserted_row_moves_the_columns_after_it()
    {
        float[] map = [1, 2, 3, 4, 5, 6];
        DenseMap.PlaceRows(map, new ColumnLayout([-1, 0, -1], [0, 1, 1]), [10, 20]);
        Assert.Equal([1, 10, 2, 4, 20, 5], map);
    }

    [Fact]
    public void A_constant_map_becomes_zeros()
    {
        float[] map = [.. Enumerable.Repeat(0.1f, 1000)];
        DenseMap.Standardize(map);
        Assert.All(map, value => Assert.Equal(0, value));
        float[] one = [3];
        DenseMap.Standardize(one);
        Assert.Equal([0], one);
        DenseMap.Standardize([]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void What_is_not_finite_is_refused_with_its_place(float value)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => DenseMap.Standardize(new float[] { 1, value, 2 }));
        Assert.Contains("Value 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standardizing_together_uses_one_mean_for_all()
    {
        float[] maps = [1, 2, 3, 11, 12, 13];
        DenseMap.Standardize(maps);
        double deviation = Math.Sqrt(((2 * 36) + (2 * 25) + (2 * 16)) / 5.0);
        Assert.Equal(-6 / deviation, maps[0], 1e-6);
        Assert.Equal(4 / deviation, maps[3], 1e-6);
    }
}
