using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring.Engines;

/// <summary>Fills the lanes of a workspace with the maps of pairs.</summary>
internal static unsafe class InterleavedPairs
{
    private const int TokensTogether = 66;

    /// <summary>Lays captions side by side. Columns in which a row will stand are left zero.</summary>
    /// <param name="texts">As many captions as there are lanes. [lanes][textTokens, dimension]</param>
    /// <param name="layouts">[lanes]</param>
    /// <param name="packed">[textTokens, dimension, lanes]</param>
    internal static void PackCaptions(InterleavedShape shape, ReadOnlySpan<nint> texts, ReadOnlySpan<ColumnLayout> layouts, float* packed)
    {
        (int lanes, int dimension) = (shape.Lanes, shape.Dimension);
        for (int column = 0; column < shape.TextTokens; column++)
        {
            float* to = packed + ((nint)column * dimension * lanes);
            for (int lane = 0; lane < lanes; lane++)
            {
                if (layouts[lane].Rows[column] >= 0)
                {
                    for (nint d = 0; d < dimension; d++)
                        to[(d * lanes) + lane] = 0;
                    continue;
                }
                float* from = (float*)texts[lane] + ((nint)layouts[lane].Tokens[column] * dimension);
                for (nint d = 0; d < dimension; d++)
                    to[(d * lanes) + lane] = from[d];
            }
        }
    }

    /// <summary>One image against as many captions as there are lanes.</summary>
    /// <param name="image">[imageTokens, dimension]</param>
    /// <param name="packed">By <see cref="PackCaptions"/>.</param>
    internal static void FromCaptions<TVector>(InterleavedShape shape, InterleavedMaps maps, float* image, float* packed)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        // So many image tokens at a time that they stay in the second cache while all columns pass.
        for (nint first = 0; first < shape.ImageTokens; first += TokensTogether)
        {
            Gemm.Multiply<TVector>(
                image + (first * shape.Dimension),
                shape.Dimension,
                packed,
                shape.TextTokens,
                maps.Inside + (first * shape.RowStride),
                shape.RowStride,
                (int)Math.Min(TokensTogether, shape.ImageTokens - first),
                shape.Dimension
            );
        }
    }

    /// <summary>One image and one caption into one lane.</summary>
    /// <param name="image">[imageTokens, dimension]</param>
    /// <param name="packed">The caption's tokens, by <see cref="Gemm.PackPanels"/>.</param>
    internal static void FromPair<TVector>(
        InterleavedShape shape,
        InterleavedWorkspace work,
        int lane,
        float* image,
        float* packed,
        ColumnLayout layout
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int lanes = shape.Lanes;
        for (int panel = 0; panel < shape.Panels; panel++)
        {
            Gemm.Multiply<TVector>(
                image,
                shape.Dimension,
                packed + ((nint)panel * shape.Dimension * lanes),
                1,
                work.Products,
                lanes,
                shape.ImageTokens,
                shape.Dimension
            );
            for (int column = 0; column < shape.TextTokens; column++)
            {
                int token = layout.Tokens[column] - (panel * lanes);
                if (layout.Rows[column] < 0 && (uint)token < (uint)lanes)
                    work.Maps.SetColumn(lane, column, work.Products + token, lanes);
            }
        }
    }

    /// <summary>Puts functional rows into one lane.</summary>
    /// <param name="rows">[words, imageTokens]</param>
    internal static void PlaceRows(InterleavedMaps maps, int lane, ColumnLayout layout, ReadOnlySpan<float> rows)
    {
        for (int column = 0; column < maps.Columns; column++)
        {
            if (layout.Rows[column] is var row && row >= 0)
                maps.SetColumn(lane, column, rows.Slice(row * maps.Rows, maps.Rows));
        }
    }
}
