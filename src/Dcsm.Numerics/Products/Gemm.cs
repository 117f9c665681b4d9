using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Products;

/// <summary>
/// Matrix products whose right side is cut in panels of two vectors' width: C[rows, 2V] = A[rows, depth] · B[depth, 2V]. Each value is
/// summed over the depth in order, tile by tile, so it is the same in vectors of any width, in whichever lane and beside whichever
/// neighbors it is computed.
/// </summary>
public static unsafe class Gemm
{
    /// <summary>
    /// Rows that are summed together: six by two vectors are 12 sums in registers, enough to keep two multiply-add units busy, and fit in
    /// 16.
    /// </summary>
    public const int TileRows = 6;

    // So deep that B's share stays in the nearest cache while A's rows pass.
    private const int TileDepth = 256;

    /// <summary>What becomes of C.</summary>
    internal enum Update
    {
        /// <summary>C = A · B.</summary>
        Overwrite,

        /// <summary>C += A · B. What is there already is added last: sums that begin at zero stay small, and round off less.</summary>
        Add,

        /// <summary>C = A · B where C is above 0, else 0: gradients behind a ReLU in place of what came out of it.</summary>
        Gate,
    }

    /// <summary>Columns of a panel.</summary>
    public static int Columns<TVector>()
        where TVector : unmanaged, IFloatVector<TVector> => 2 * TVector.Count;

    /// <summary>Multiplies.</summary>
    /// <param name="a">[rows, depth], rows <paramref name="aStride"/> apart.</param>
    /// <param name="aStride">Floats from row to row.</param>
    /// <param name="b">[panels, depth, 2V], contiguous, as <see cref="PackPanels"/> makes it.</param>
    /// <param name="panels">Number of panels.</param>
    /// <param name="c">[rows, panels · 2V], rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Floats from row to row.</param>
    /// <param name="rows">Rows of A and of C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    public static void Multiply<TVector>(
        float* a,
        nint aStride,
        float* b,
        int panels,
        float* c,
        nint cStride,
        int rows,
        int depth,
        bool accumulate = false
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        nint columns = 2 * TVector.Count,
            panelLength = depth * columns;
        for (int panel = 0; panel < panels; b += panelLength, c += columns, panel++)
        {
            // Two panels at once fetch each row's values half as often.
            bool two = HasManyRegisters<TVector>() && panel < panels - 1;
            for (int from = 0; from < depth; from += TileDepth)
            {
                int length = Math.Min(TileDepth, depth - from);
                float* bFrom = b + (from * columns);
                Update update = accumulate || from > 0 ? Update.Add : Update.Overwrite;
                for (int row = 0; row < rows; row += TileRows)
                {
                    float* aRow = a + from + (row * aStride),
                        cRow = c + (row * cStride);
                    if (two)
                    {
                        TwoTiles<TVector>(
                            aRow,
                            aStride,
                            1,
                            0,
                            bFrom,
                            bFrom + panelLength,
                            cRow,
                            cStride,
                            columns,
                            rows - row,
                            length,
                            update
                        );
                    }
                    else
                    {
                        Tile<TVector>(aRow, aStride, 1, bFrom, cRow, cStride, rows - row, length, update);
                    }
                }
            }
            if (two)
            {
                panel++;
                b += panelLength;
                c += columns;
            }
        }
    }

    /// <summary>Adds A · B to C, with A laid out in the order in which it is read, so that it streams from memory.</summary>
    /// <param name="a">[tiles, depth, <see cref="TileRows"/>]</param>
    /// <param name="b">[depth, 2V], contiguous.</param>
    /// <param name="c">[tiles · <see cref="TileRows"/>, 2V], contiguous.</param>
    /// <param name="tiles">Number of tiles.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    public static void AddPacked<TVector>(float* a, float* b, float* c, int tiles, int depth)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        nint columns = 2 * TVector.Count,
            aTile = (nint)depth * TileRows,
            cTile = TileRows * columns;
        int tile = 0;
        // Two tiles at once fetch the right side half as often.
        for (; HasManyRegisters<TVector>() && tile <= tiles - 2; tile += 2, a += 2 * aTile, c += 2 * cTile)
            TwoTiles<TVector>(a, 1, TileRows, aTile, b, b, c, columns, cTile, TileRows, depth, Update.Add);
        for (; tile < tiles; tile++, a += aTile, c += cTile)
            Tile<TVector>(a, 1, TileRows, b, c, columns, TileRows, depth, Update.Add);
    }

    /// <summary>Lays the rows of a matrix out as columns of panels: what <see cref="Multiply"/> reads as its right side.</summary>
    /// <param name="matrix">[rows, depth], contiguous.</param>
    /// <param name="rows">Rows; they become columns.</param>
    /// <param name="depth">Values of a row.</param>
    /// <param name="columns">Columns of a panel: two vectors' width.</param>
    /// <param name="panels">[panels, depth, columns], the last panel filled up with zeros.</param>
    public static void PackPanels(float* matrix, int rows, int depth, int columns, float* panels)
    {
        for (int first = 0; first < rows; first += columns, panels += (nint)depth * columns)
        {
            int row = 0;
            if (Avx.IsSupported)
            {
                for (; row <= Math.Min(columns, rows - first) - 8; row += 8)
                {
                    float* from = matrix + ((nint)(first + row) * depth);
                    nint done = 0;
                    for (; done <= depth - 8; done += 8)
                        Transpose(from + done, depth, panels + row + (done * columns), columns);
                    for (; done < depth; done++)
                    {
                        for (int i = 0; i < 8; i++)
                            panels[(done * columns) + row + i] = from[((nint)i * depth) + done];
                    }
                }
            }
            for (; row < columns; row++)
            {
                float* from = first + row < rows ? matrix + ((nint)(first + row) * depth) : null;
                for (nint k = 0; k < depth; k++)
                    panels[(k * columns) + row] = from == null ? 0 : from[k];
            }
        }
    }

    /// <summary>Whether there are 32 registers, enough for 24 sums: they come with vectors of 512 bits.</summary>
    internal static bool HasManyRegisters<TVector>()
        where TVector : unmanaged, IFloatVector<TVector> => TVector.Count == 16;

    /// <summary>Six rows of A by two vectors of B, over some depth; or over several stretches of it.</summary>
    /// <param name="a">The first row's first value.</param>
    /// <param name="rowStride">Floats from row to row of A.</param>
    /// <param name="depthStride">Floats from one value of a row to the next.</param>
    /// <param name="b">[depth, 2V]</param>
    /// <param name="c">[rows, 2V], rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Floats from row to row of C.</param>
    /// <param name="rows">Rows that there are; beyond six they are left alone.</param>
    /// <param name="depth">Values that are summed.</param>
    /// <param name="update">What becomes of C.</param>
    /// <param name="stretches">How often.</param>
    /// <param name="aStretch">Floats from one stretch of A to the next.</param>
    /// <param name="bStretch">Floats from one stretch of B to the next.</param>
    // Long because every sum is a local of its own, which is how it stays in a register.
    internal static void Tile<TVector>(
        float* a,
        nint rowStride,
        nint depthStride,
        float* b,
        float* c,
        nint cStride,
        int rows,
        int depth,
        Update update,
        int stretches = 1,
        nint aStretch = 0,
        nint bStretch = 0
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        // Of a tile that reaches over the end, the last row is computed more than once.
        int v = TVector.Count,
            last = rows - 1;
        float* a0 = a,
            a1 = a + (Math.Min(1, last) * rowStride),
            a2 = a + (Math.Min(2, last) * rowStride);
        float* a3 = a + (Math.Min(3, last) * rowStride),
            a4 = a + (Math.Min(4, last) * rowStride),
            a5 = a + (Math.Min(5, last) * rowStride);
        TVector s00,
            s01,
            s10,
            s11,
            s20,
            s21,
            s30,
            s31,
            s40,
            s41,
            s50,
            s51;
        s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = TVector.Zero;
        nint end = depth * depthStride;
        for (; stretches > 0; stretches--, b += bStretch)
        {
            float* from = b;
            for (nint at = 0; at < end; at += depthStride)
            {
                TVector b0 = TVector.Load(from),
                    b1 = TVector.Load(from + v);
                from += 2 * v;
                TVector x = TVector.Broadcast(a0[at]);
                s00 = TVector.MultiplyAdd(x, b0, s00);
                s01 = TVector.MultiplyAdd(x, b1, s01);
                x = TVector.Broadcast(a1[at]);
                s10 = TVector.MultiplyAdd(x, b0, s10);
                s11 = TVector.MultiplyAdd(x, b1, s11);
                x = TVector.Broadcast(a2[at]);
                s20 = TVector.MultiplyAdd(x, b0, s20);
                s21 = TVector.MultiplyAdd(x, b1, s21);
                x = TVector.Broadcast(a3[at]);
                s30 = TVector.MultiplyAdd(x, b0, s30);
                s31 = TVector.MultiplyAdd(x, b1, s31);
                x = TVector.Broadcast(a4[at]);
                s40 = TVector.MultiplyAdd(x, b0, s40);
                s41 = TVector.MultiplyAdd(x, b1, s41);
                x = TVector.Broadcast(a5[at]);
                s50 = TVector.MultiplyAdd(x, b0, s50);
                s51 = TVector.MultiplyAdd(x, b1, s51);
            }
            a0 += aStretch;
            a1 += aStretch;
            a2 += aStretch;
            a3 += aStretch;
            a4 += aStretch;
            a5 += aStretch;
        }

        Put(s00, s01, c, update);
        if (last >= 1)
            Put(s10, s11, c + cStride, update);
        if (last >= 2)
            Put(s20, s21, c + (2 * cStride), update);
        if (last >= 3)
            Put(s30, s31, c + (3 * cStride), update);
        if (last >= 4)
            Put(s40, s41, c + (4 * cStride), update);
        if (last >= 5)
            Put(s50, s51, c + (5 * cStride), update);
    }

    /// <summary>
    /// Two tiles at once, for where <see cref="HasManyRegisters"/>: the second one has other values of A, or of B. Results are those of
    /// <see cref="Tile"/>.
    /// </summary>
    /// <remarks>
    /// Two tiles beside each other are for processors with two units of 512 bits, to keep both busy (made on a Cascade Lake); on an EPYC of
    /// the fourth generation, which has one, maps take 0.99 of the time of one tile, packed products 0.98 to 1.00.
    /// </remarks>
    /// <param name="a">The first row's first value.</param>
    /// <param name="rowStride">Floats from row to row of A.</param>
    /// <param name="depthStride">Floats from one value of a row to the next.</param>
    /// <param name="aSecond">Floats from A's values of the first tile to those of the second.</param>
    /// <param name="b">[depth, 2V] of the first tile.</param>
    /// <param name="bb">[depth, 2V] of the second tile.</param>
    /// <param name="c">[rows, 2V], rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Floats from row to row of C.</param>
    /// <param name="cSecond">Floats from C's values of the first tile to those of the second.</param>
    /// <param name="rows">Rows that there are in either tile; beyond six they are left alone.</param>
    /// <param name="depth">Values that are summed.</param>
    /// <param name="update">What becomes of C.</param>
    // Long because every sum is a local of its own, which is how it stays in a register.
    private static void TwoTiles<TVector>(
        float* a,
        nint rowStride,
        nint depthStride,
        nint aSecond,
        float* b,
        float* bb,
        float* c,
        nint cStride,
        nint cSecond,
        int rows,
        int depth,
        Update update
    )
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int v = TVector.Count,
            last = rows - 1;
        float* a0 = a,
            a1 = a + (Math.Min(1, last) * rowStride),
            a2 = a + (Math.Min(2, last) * rowStride);
        float* a3 = a + (Math.Min(3, last) * rowStride),
            a4 = a + (Math.Min(4, last) * rowStride),
            a5 = a + (Math.Min(5, last) * rowStride);
        TVector s00,
            s01,
            s10,
            s11,
            s20,
            s21,
            s30,
            s31,
            s40,
            s41,
            s50,
            s51;
        s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = TVector.Zero;
        TVector t00,
            t01,
            t10,
            t11,
            t20,
            t21,
            t30,
            t31,
            t40,
            t41,
            t50,
            t51;
        t00 = t01 = t10 = t11 = t20 = t21 = t30 = t31 = t40 = t41 = t50 = t51 = TVector.Zero;
        nint end = depth * depthStride;
        for (nint at = 0, second = aSecond; at != end; at += depthStride, second += depthStride)
        {
            TVector b0 = TVector.Load(b),
                b1 = TVector.Load(b + v),
                b2 = TVector.Load(bb),
                b3 = TVector.Load(bb + v);
            b += 2 * v;
            bb += 2 * v;
            TVector x = TVector.Broadcast(a0[at]);
            s00 = TVector.MultiplyAdd(x, b0, s00);
            s01 = TVector.MultiplyAdd(x, b1, s01);
            x = TVector.Broadcast(a0[second]);
            t00 = TVector.MultiplyAdd(x, b2, t00);
            t01 = TVector.MultiplyAdd(x, b3, t01);
            x = TVector.Broadcast(a1[at]);
            s10 = TVector.MultiplyAdd(x, b0, s10);
            s11 = TVector.MultiplyAdd(x, b1, s11);
            x = TVector.Broadcast(a1[second]);
            t10 = TVector.MultiplyAdd(x, b2, t10);
            t11 = TVector.MultiplyAdd(x, b3, t11);
            x = TVector.Broadcast(a2[at]);
            s20 = TVector.MultiplyAdd(x, b0, s20);
            s21 = TVector.MultiplyAdd(x, b1, s21);
            x = TVector.Broadcast(a2[second]);
            t20 = TVector.MultiplyAdd(x, b2, t20);
            t21 = TVector.MultiplyAdd(x, b3, t21);
            x = TVector.Broadcast(a3[at]);
            s30 = TVector.MultiplyAdd(x, b0, s30);
            s31 = TVector.MultiplyAdd(x, b1, s31);
            x = TVector.Broadcast(a3[second]);
            t30 = TVector.MultiplyAdd(x, b2, t30);
            t31 = TVector.MultiplyAdd(x, b3, t31);
            x = TVector.Broadcast(a4[at]);
            s40 = TVector.MultiplyAdd(x, b0, s40);
            s41 = TVector.MultiplyAdd(x, b1, s41);
            x = TVector.Broadcast(a4[second]);
            t40 = TVector.MultiplyAdd(x, b2, t40);
            t41 = TVector.MultiplyAdd(x, b3, t41);
            x = TVector.Broadcast(a5[at]);
            s50 = TVector.MultiplyAdd(x, b0, s50);
            s51 = TVector.MultiplyAdd(x, b1, s51);
            x = TVector.Broadcast(a5[second]);
            t50 = TVector.MultiplyAdd(x, b2, t50);
            t51 = TVector.MultiplyAdd(x, b3, t51);
        }

        Put(s00, s01, c, update);
        Put(t00, t01, c + cSecond, update);
        if (last >= 1)
        {
            Put(s10, s11, c + cStride, update);
            Put(t10, t11, c + cStride + cSecond, update);
        }
        if (last >= 2)
        {
            Put(s20, s21, c + (2 * cStride), update);
            Put(t20, t21, c + (2 * cStride) + cSecond, update);
        }
        if (last >= 3)
        {
            Put(s30, s31, c + (3 * cStride), update);
            Put(t30, t31, c + (3 * cStride) + cSecond, update);
        }
        if (last >= 4)
        {
            Put(s40, s41, c + (4 * cStride), update);
            Put(t40, t41, c + (4 * cStride) + cSecond, update);
        }
        if (last >= 5)
        {
            Put(s50, s51, c + (5 * cStride), update);
            Put(t50, t51, c + (5 * cStride) + cSecond, update);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TVector>(TVector low, TVector high, float* to, Update update)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        if (update == Update.Add)
        {
            low = TVector.Add(TVector.Load(to), low);
            high = TVector.Add(TVector.Load(to + TVector.Count), high);
        }
        else if (update == Update.Gate)
        {
            low = TVector.Gate(low, TVector.Load(to));
            high = TVector.Gate(high, TVector.Load(to + TVector.Count));
        }
        TVector.Store(low, to);
        TVector.Store(high, to + TVector.Count);
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
}
