using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Scoring;

/// <summary>Fills the lanes of a workspace with maps, and standardizes them.</summary>
internal static unsafe class InterleavedMaps<TVector>
    where TVector : unmanaged, ISimd<TVector>
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

    /// <summary>Lays the tokens of one caption side by side. [panels, dimension, lanes]</summary>
    internal static void PackTokens(float* text, int tokens, int dimension, int lanes, float* packed)
    {
        int panels = (tokens + lanes - 1) / lanes;
        for (int first = 0; first < panels * lanes; first += 8)
        {
            float* to = packed + ((nint)(first / lanes) * dimension * lanes) + (first % lanes);
            float* from = text + ((nint)first * dimension);
            nint done = 0;
            if (Avx.IsSupported && first + 8 <= tokens)
            {
                for (; done <= dimension - 8; done += 8)
                    Transpose(from + done, dimension, to + (done * lanes), lanes);
            }
            for (int token = first; token < Math.Min(first + 8, panels * lanes); token++)
            {
                for (nint d = done; d < dimension; d++)
                    to[(d * lanes) + token - first] = token < tokens ? text[((nint)token * dimension) + d] : 0;
            }
        }
    }

    /// <summary>8 × 8 numbers, rows to columns.</summary>
    private static void Transpose(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector256<float> r0 = Vector256.Load(from),
            r1 = Vector256.Load(from + fromStride),
            r2 = Vector256.Load(from + (2 * fromStride)),
            r3 = Vector256.Load(from + (3 * fromStride));
        from += 4 * fromStride;
        Vector256<float> r4 = Vector256.Load(from),
            r5 = Vector256.Load(from + fromStride),
            r6 = Vector256.Load(from + (2 * fromStride)),
            r7 = Vector256.Load(from + (3 * fromStride));
        Vector256<float> a0 = Avx.UnpackLow(r0, r1),
            a1 = Avx.UnpackHigh(r0, r1),
            a2 = Avx.UnpackLow(r2, r3),
            a3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> a4 = Avx.UnpackLow(r4, r5),
            a5 = Avx.UnpackHigh(r4, r5),
            a6 = Avx.UnpackLow(r6, r7),
            a7 = Avx.UnpackHigh(r6, r7);
        const byte Low = 0x44,
            High = 0xEE,
            LowHalves = 0x20,
            HighHalves = 0x31;
        Vector256<float> b0 = Avx.Shuffle(a0, a2, Low),
            b1 = Avx.Shuffle(a0, a2, High),
            b2 = Avx.Shuffle(a1, a3, Low),
            b3 = Avx.Shuffle(a1, a3, High);
        Vector256<float> b4 = Avx.Shuffle(a4, a6, Low),
            b5 = Avx.Shuffle(a4, a6, High),
            b6 = Avx.Shuffle(a5, a7, Low),
            b7 = Avx.Shuffle(a5, a7, High);
        Vector256.Store(Avx.Permute2x128(b0, b4, LowHalves), to);
        Vector256.Store(Avx.Permute2x128(b1, b5, LowHalves), to + toStride);
        Vector256.Store(Avx.Permute2x128(b2, b6, LowHalves), to + (2 * toStride));
        Vector256.Store(Avx.Permute2x128(b3, b7, LowHalves), to + (3 * toStride));
        to += 4 * toStride;
        Vector256.Store(Avx.Permute2x128(b0, b4, HighHalves), to);
        Vector256.Store(Avx.Permute2x128(b1, b5, HighHalves), to + toStride);
        Vector256.Store(Avx.Permute2x128(b2, b6, HighHalves), to + (2 * toStride));
        Vector256.Store(Avx.Permute2x128(b3, b7, HighHalves), to + (3 * toStride));
    }

    /// <summary>One image against as many captions as there are lanes.</summary>
    /// <param name="image">[imageTokens, dimension]</param>
    /// <param name="packed">By <see cref="PackCaptions"/>.</param>
    internal static void FromCaptions(InterleavedShape shape, InterleavedWorkspace work, float* image, float* packed)
    {
        nint panel = (nint)shape.Dimension * shape.Lanes;
        // So many image tokens at a time that they stay in the second cache while all columns pass.
        for (nint first = 0; first < shape.ImageTokens; first += TokensTogether)
        {
            int tokens = (int)Math.Min(TokensTogether, shape.ImageTokens - first);
            nint column = 0;
            for (; Gemm<TVector>.HasManyRegisters && column <= shape.TextTokens - 2; column += 2)
            {
                Gemm<TVector>.MultiplyTwo(
                    image + (first * shape.Dimension),
                    shape.Dimension,
                    packed + (column * panel),
                    work.Inside + (first * shape.RowStride) + (column * shape.Lanes),
                    shape.RowStride,
                    tokens,
                    shape.Dimension
                );
            }
            for (; column < shape.TextTokens; column++)
            {
                Gemm<TVector>.Multiply(
                    image + (first * shape.Dimension),
                    shape.Dimension,
                    packed + (column * panel),
                    work.Inside + (first * shape.RowStride) + (column * shape.Lanes),
                    shape.RowStride,
                    tokens,
                    shape.Dimension,
                    accumulate: false
                );
            }
        }
    }

    /// <summary>One image and one caption into one lane.</summary>
    /// <param name="image">[imageTokens, dimension]</param>
    /// <param name="packed">By <see cref="PackTokens"/>.</param>
    internal static void FromPair(
        InterleavedShape shape,
        InterleavedWorkspace work,
        int lane,
        float* image,
        float* packed,
        ColumnLayout layout
    )
    {
        int lanes = shape.Lanes;
        float* inside = work.Inside + lane;
        for (int panel = 0; panel < shape.Panels; panel++)
        {
            Gemm<TVector>.Multiply(
                image,
                shape.Dimension,
                packed + ((nint)panel * shape.Dimension * lanes),
                work.Products,
                lanes,
                shape.ImageTokens,
                shape.Dimension,
                accumulate: false
            );
            for (nint column = 0; column < shape.TextTokens; column++)
            {
                int token = layout.Tokens[column] - (panel * lanes);
                if (layout.Rows[column] >= 0 || (uint)token >= (uint)lanes)
                    continue;
                float* to = inside + (column * lanes);
                for (nint i = 0; i < shape.ImageTokens; i++)
                    to[i * shape.RowStride] = work.Products[(i * lanes) + token];
            }
        }
    }

    /// <summary>A finished map into one lane.</summary>
    /// <param name="map">[imageTokens, textTokens]</param>
    internal static void FromMap(InterleavedShape shape, InterleavedWorkspace work, int lane, float* map)
    {
        float* inside = work.Inside + lane;
        for (nint i = 0; i < shape.ImageTokens; i++)
        {
            float* to = inside + (i * shape.RowStride);
            float* from = map + (i * shape.TextTokens);
            for (nint column = 0; column < shape.TextTokens; column++)
                to[column * shape.Lanes] = from[column];
        }
    }

    /// <summary>Puts functional rows into one lane.</summary>
    /// <param name="rows">[words, imageTokens]</param>
    internal static void PlaceRows(
        InterleavedShape shape,
        InterleavedWorkspace work,
        int lane,
        ColumnLayout layout,
        ReadOnlySpan<float> rows
    )
    {
        float* inside = work.Inside + lane;
        for (nint column = 0; column < shape.TextTokens; column++)
        {
            if (layout.Rows[column] < 0)
                continue;
            ReadOnlySpan<float> row = rows.Slice(layout.Rows[column] * shape.ImageTokens, shape.ImageTokens);
            float* to = inside + (column * shape.Lanes);
            for (int i = 0; i < row.Length; i++)
                to[(nint)i * shape.RowStride] = row[i];
        }
    }

    /// <summary>Count, mean and squared deviations of every lane's map. A row is summed in float, the rows in double.</summary>
    internal static void Measure(InterleavedShape shape, InterleavedWorkspace work)
    {
        long count = (long)shape.ImageTokens * shape.TextTokens;
        float* means = work.Scratch;
        Sum(shape, work, squaredFrom: null);
        for (int lane = 0; lane < shape.Lanes; lane++)
        {
            work.Statistics[lane] = new MapStatistics(count, work.Sums[lane] / count, 0);
            means[lane] = (float)work.Statistics[lane].Mean;
        }
        Sum(shape, work, squaredFrom: means);
        for (int lane = 0; lane < shape.Lanes; lane++)
        {
            // The deviations were taken from the rounded mean.
            double rounding = work.Statistics[lane].Mean - means[lane];
            double squares = Math.Max(0, work.Sums[lane] - (count * rounding * rounding));
            work.Statistics[lane] = work.Statistics[lane] with { SquaredDeviations = squares };
        }
    }

    /// <summary>Brings every lane's map to mean 0 and deviation 1 by the measured statistics.</summary>
    internal static void Standardize(InterleavedShape shape, InterleavedWorkspace work)
    {
        (int v, int lanes) = (TVector.Count, shape.Lanes);
        for (int lane = 0; lane < lanes; lane++)
        {
            work.Scratch[lane] = (float)work.Statistics[lane].Mean;
            work.Scratch[lanes + lane] = (float)work.Statistics[lane].Scale;
        }
        TVector mean0 = TVector.Load(work.Scratch);
        TVector mean1 = TVector.Load(work.Scratch + v);
        TVector scale0 = TVector.Load(work.Scratch + lanes);
        TVector scale1 = TVector.Load(work.Scratch + lanes + v);
        for (nint i = 0; i < shape.ImageTokens; i++)
        {
            float* at = work.Inside + (i * shape.RowStride);
            for (int column = 0; column < shape.TextTokens; column++, at += lanes)
            {
                TVector.Store(TVector.Multiply(TVector.Subtract(TVector.Load(at), mean0), scale0), at);
                TVector.Store(TVector.Multiply(TVector.Subtract(TVector.Load(at + v), mean1), scale1), at + v);
            }
        }
    }

    /// <summary>Sums every lane, or its squared distances from a number per lane, into the workspace's sums.</summary>
    private static void Sum(InterleavedShape shape, InterleavedWorkspace work, float* squaredFrom)
    {
        (int v, int lanes) = (TVector.Count, shape.Lanes);
        float* rowSums = work.Scratch + lanes;
        Array.Clear(work.Sums);
        for (nint i = 0; i < shape.ImageTokens; i++)
        {
            float* at = work.Inside + (i * shape.RowStride);
            TVector sum0 = TVector.Zero,
                sum1 = TVector.Zero;
            for (int column = 0; column < shape.TextTokens; column++, at += lanes)
            {
                TVector x0 = TVector.Load(at),
                    x1 = TVector.Load(at + v);
                if (squaredFrom == null)
                {
                    sum0 = TVector.Add(sum0, x0);
                    sum1 = TVector.Add(sum1, x1);
                }
                else
                {
                    x0 = TVector.Subtract(x0, TVector.Load(squaredFrom));
                    x1 = TVector.Subtract(x1, TVector.Load(squaredFrom + v));
                    sum0 = TVector.MultiplyAdd(x0, x0, sum0);
                    sum1 = TVector.MultiplyAdd(x1, x1, sum1);
                }
            }
            TVector.Store(sum0, rowSums);
            TVector.Store(sum1, rowSums + v);
            for (int lane = 0; lane < lanes; lane++)
                work.Sums[lane] += rowSums[lane];
        }
    }
}
