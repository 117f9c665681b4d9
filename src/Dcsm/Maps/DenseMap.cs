using Dcsm.FunctionalWords;
using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;

namespace Dcsm.Maps;

/// <summary>
/// The dense map of an image and a caption: the cosine of every image token with every text token, [imageTokens, textTokens],
/// row-major (paper section 4; <c>einsum("bqie,lpte->bpit")</c> in <c>training/train.py</c>).
/// </summary>
public static class DenseMap
{
    /// <summary>Computes the map of one image and one caption.</summary>
    /// <param name="imageTokens">Unit-length image tokens. [imageTokens, dimension]</param>
    /// <param name="textTokens">Unit-length text tokens. [textTokens, dimension]</param>
    /// <param name="dimension">Width of the joint space.</param>
    /// <param name="map">[imageTokens, textTokens]</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static unsafe void Compute(ReadOnlySpan<float> imageTokens, ReadOnlySpan<float> textTokens, int dimension, Span<float> map)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (imageTokens.Length % dimension != 0)
            throw new ArgumentException($"{imageTokens.Length} values are not whole tokens of {dimension}.", nameof(imageTokens));
        if (textTokens.Length % dimension != 0)
            throw new ArgumentException($"{textTokens.Length} values are not whole tokens of {dimension}.", nameof(textTokens));
        (int rows, int columns) = (imageTokens.Length / dimension, textTokens.Length / dimension);
        if (map.Length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"{rows} image tokens by {columns} text tokens need {(long)rows * columns} values, not {map.Length}.",
                nameof(map)
            );
        }

        PanelProduct product = PanelProduct.Widest;
        int panels = (columns + product.Columns - 1) / product.Columns,
            width = panels * product.Columns;
        var packed = new AlignedFloats((long)width * dimension);
        var products = new AlignedFloats((long)rows * width);
        fixed (
            float* image = imageTokens,
                text = textTokens
        )
        {
            Gemm.PackPanels(text, columns, dimension, product.Columns, packed.Pointer);
            product.Multiply(image, dimension, packed.Pointer, panels, products.Pointer, width, rows, dimension);
        }
        for (int row = 0; row < rows; row++)
            new ReadOnlySpan<float>(products.Pointer + ((nint)row * width), columns).CopyTo(map.Slice(row * columns, columns));
        // Only these objects keep the memory that the pointers point to.
        GC.KeepAlive(packed);
        GC.KeepAlive(products);
    }

    /// <summary>Puts functional rows where a layout says, moving columns where it says so.</summary>
    /// <param name="map">[imageTokens, textTokens]</param>
    /// <param name="layout">What stands in each column (<see cref="FunctionalWordList.Layout"/>).</param>
    /// <param name="rows">The constants. [words, imageTokens]</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a row is named that is not there.</exception>
    public static void PlaceRows(Span<float> map, ColumnLayout layout, ReadOnlySpan<float> rows)
    {
        ArgumentNullException.ThrowIfNull(layout);
        int imageTokens = CheckPlacement(map.Length, layout.Rows, rows.Length);
        int columns = layout.Rows.Length;
        float[] before = new float[columns];
        for (int i = 0; i < imageTokens; i++)
        {
            Span<float> values = map.Slice(i * columns, columns);
            values.CopyTo(before);
            for (int column = 0; column < columns; column++)
            {
                values[column] = layout.Rows[column] is var row && row >= 0 ? rows[(row * imageTokens) + i] : before[layout.Tokens[column]];
            }
        }
    }

    /// <summary>
    /// Brings a map, or many maps together as the DCSM code does (<c>standardize</c>), to mean 0 and standard deviation 1 over all the
    /// values, the deviation unbiased (N − 1). If all are the same they become zeros.
    /// </summary>
    /// <param name="values">The values, changed in place.</param>
    /// <exception cref="ArgumentException">A value is NaN or infinite.</exception>
    public static void Standardize(Span<float> values) => MapStatistics.Of(values, nameof(values)).Standardize(values);

    private static int CheckPlacement(int mapLength, ReadOnlySpan<int> placement, int rowValues)
    {
        if (placement.Length == 0 || mapLength % placement.Length != 0)
            throw new ArgumentException($"A map of {mapLength} values does not have {placement.Length} columns.", nameof(placement));
        int imageTokens = mapLength / placement.Length;
        if (imageTokens == 0 ? rowValues != 0 : rowValues % imageTokens != 0)
            throw new ArgumentException($"{rowValues} values are not whole rows of {imageTokens} image tokens.", nameof(rowValues));
        foreach (int row in placement)
        {
            if (row >= 0 && (long)(row + 1) * imageTokens > rowValues)
                throw new ArgumentException($"Row {row} is named; there are {rowValues / imageTokens}.", nameof(placement));
        }
        return imageTokens;
    }
}
