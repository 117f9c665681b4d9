using System.Runtime.CompilerServices;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Products;

/// <summary>
/// Matrix product with a right side of two vectors' width: C[rows, 2V] (+)= A[rows, depth] · B[depth, 2V]. Each value is summed
/// over the depth in order, tile by tile, so it is the same in whichever lane and beside whichever neighbors it is computed.
/// </summary>
public static unsafe class Gemm<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Six rows by two vectors are 12 sums in registers, enough to keep two multiply-add units busy, and fit in 16 registers.
    public const int TileRows = 6;

    // So deep that B's share stays in the nearest cache while A's rows pass.
    public const int TileDepth = 256;

    /// <summary>Whether there are 32 registers, enough for 24 sums: they come with vectors of 512 bits.</summary>
    public static bool HasManyRegisters => TVector.Count == 16;

    /// <summary>Multiplies.</summary>
    /// <param name="a">[rows, depth], rows <paramref name="aStride"/> apart.</param>
    /// <param name="b">[depth, 2V], contiguous.</param>
    /// <param name="c">[rows, 2V], rows <paramref name="cStride"/> apart.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    public static void Multiply(float* a, nint aStride, float* b, float* c, nint cStride, int rows, int depth, bool accumulate)
    {
        for (int from = 0; from < depth; from += TileDepth)
        {
            int length = Math.Min(TileDepth, depth - from);
            float* bFrom = b + ((nint)from * 2 * TVector.Count);
            for (int row = 0; row < rows; row += TileRows)
                Tile(a + from + (row * aStride), aStride, bFrom, c + (row * cStride), cStride, rows - row, length, accumulate || from > 0);
        }
    }

    /// <summary>Adds A · B to C, with A laid out in the order in which it is read, so that it streams from memory.</summary>
    /// <param name="a">[tiles, depth, <see cref="TileRows"/>]</param>
    /// <param name="b">[depth, 2V], contiguous.</param>
    /// <param name="c">[tiles · <see cref="TileRows"/>, 2V], contiguous.</param>
    public static void AddPacked(float* a, float* b, float* c, int tiles, int depth)
    {
        int v = TVector.Count;
        int tile = 0;
        for (; HasManyRegisters && tile <= tiles - 2; tile += 2, a += 2 * (nint)depth * TileRows, c += 4 * TileRows * v)
            AddTwoPacked(a, b, c, depth);
        for (; tile < tiles; tile++, c += TileRows * 2 * v)
        {
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
            float* from = b;
            for (int k = 0; k < depth; k++)
            {
                TVector b0 = TVector.Load(from);
                TVector b1 = TVector.Load(from + v);
                from += 2 * v;
                TVector x = TVector.Broadcast(a[0]);
                s00 = TVector.MultiplyAdd(x, b0, s00);
                s01 = TVector.MultiplyAdd(x, b1, s01);
                x = TVector.Broadcast(a[1]);
                s10 = TVector.MultiplyAdd(x, b0, s10);
                s11 = TVector.MultiplyAdd(x, b1, s11);
                x = TVector.Broadcast(a[2]);
                s20 = TVector.MultiplyAdd(x, b0, s20);
                s21 = TVector.MultiplyAdd(x, b1, s21);
                x = TVector.Broadcast(a[3]);
                s30 = TVector.MultiplyAdd(x, b0, s30);
                s31 = TVector.MultiplyAdd(x, b1, s31);
                x = TVector.Broadcast(a[4]);
                s40 = TVector.MultiplyAdd(x, b0, s40);
                s41 = TVector.MultiplyAdd(x, b1, s41);
                x = TVector.Broadcast(a[5]);
                s50 = TVector.MultiplyAdd(x, b0, s50);
                s51 = TVector.MultiplyAdd(x, b1, s51);
                a += TileRows;
            }

            Add(s00, s01, c);
            Add(s10, s11, c + (2 * v));
            Add(s20, s21, c + (4 * v));
            Add(s30, s31, c + (6 * v));
            Add(s40, s41, c + (8 * v));
            Add(s50, s51, c + (10 * v));
        }
    }

    /// <summary>Two tiles of <see cref="AddPacked"/> at once: the right side is fetched half as often.</summary>
    private static void AddTwoPacked(float* a, float* b, float* c, int depth)
    {
        int v = TVector.Count;
        float* aa = a + ((nint)depth * TileRows);

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
            s51,
            s60,
            s61,
            s70,
            s71,
            s80,
            s81,
            s90,
            s91,
            sa0,
            sa1,
            sb0,
            sb1;
        s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = TVector.Zero;
        s60 = s61 = s70 = s71 = s80 = s81 = s90 = s91 = sa0 = sa1 = sb0 = sb1 = TVector.Zero;
        for (int k = 0; k < depth; k++)
        {
            TVector b0 = TVector.Load(b),
                b1 = TVector.Load(b + v);
            b += 2 * v;
            TVector x = TVector.Broadcast(a[0]);
            s00 = TVector.MultiplyAdd(x, b0, s00);
            s01 = TVector.MultiplyAdd(x, b1, s01);
            x = TVector.Broadcast(a[1]);
            s10 = TVector.MultiplyAdd(x, b0, s10);
            s11 = TVector.MultiplyAdd(x, b1, s11);
            x = TVector.Broadcast(a[2]);
            s20 = TVector.MultiplyAdd(x, b0, s20);
            s21 = TVector.MultiplyAdd(x, b1, s21);
            x = TVector.Broadcast(a[3]);
            s30 = TVector.MultiplyAdd(x, b0, s30);
            s31 = TVector.MultiplyAdd(x, b1, s31);
            x = TVector.Broadcast(a[4]);
            s40 = TVector.MultiplyAdd(x, b0, s40);
            s41 = TVector.MultiplyAdd(x, b1, s41);
            x = TVector.Broadcast(a[5]);
            s50 = TVector.MultiplyAdd(x, b0, s50);
            s51 = TVector.MultiplyAdd(x, b1, s51);
            x = TVector.Broadcast(aa[0]);
            s60 = TVector.MultiplyAdd(x, b0, s60);
            s61 = TVector.MultiplyAdd(x, b1, s61);
            x = TVector.Broadcast(aa[1]);
            s70 = TVector.MultiplyAdd(x, b0, s70);
            s71 = TVector.MultiplyAdd(x, b1, s71);
            x = TVector.Broadcast(aa[2]);
            s80 = TVector.MultiplyAdd(x, b0, s80);
            s81 = TVector.MultiplyAdd(x, b1, s81);
            x = TVector.Broadcast(aa[3]);
            s90 = TVector.MultiplyAdd(x, b0, s90);
            s91 = TVector.MultiplyAdd(x, b1, s91);
            x = TVector.Broadcast(aa[4]);
            sa0 = TVector.MultiplyAdd(x, b0, sa0);
            sa1 = TVector.MultiplyAdd(x, b1, sa1);
            x = TVector.Broadcast(aa[5]);
            sb0 = TVector.MultiplyAdd(x, b0, sb0);
            sb1 = TVector.MultiplyAdd(x, b1, sb1);
            a += TileRows;
            aa += TileRows;
        }

        Add(s00, s01, c);
        Add(s10, s11, c + (2 * v));
        Add(s20, s21, c + (4 * v));
        Add(s30, s31, c + (6 * v));
        Add(s40, s41, c + (8 * v));
        Add(s50, s51, c + (10 * v));
        Add(s60, s61, c + (12 * v));
        Add(s70, s71, c + (14 * v));
        Add(s80, s81, c + (16 * v));
        Add(s90, s91, c + (18 * v));
        Add(sa0, sa1, c + (20 * v));
        Add(sb0, sb1, c + (22 * v));
    }

    // What is there already is added last: sums that begin at zero stay small, and round off less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(TVector low, TVector high, float* to)
    {
        TVector.Store(TVector.Add(TVector.Load(to), low), to);
        TVector.Store(TVector.Add(TVector.Load(to + TVector.Count), high), to + TVector.Count);
    }

    private static void Tile(float* a, nint aStride, float* b, float* c, nint cStride, int rows, int depth, bool accumulate)
    {
        // Of a tile that reaches over the end, the last row is computed, and written, more than once.
        int last = rows - 1;
        float* a0 = a,
            a1 = a + (Math.Min(1, last) * aStride),
            a2 = a + (Math.Min(2, last) * aStride);
        float* a3 = a + (Math.Min(3, last) * aStride),
            a4 = a + (Math.Min(4, last) * aStride),
            a5 = a + (Math.Min(5, last) * aStride);
        float* c0 = c,
            c1 = c + (Math.Min(1, last) * cStride),
            c2 = c + (Math.Min(2, last) * cStride);
        float* c3 = c + (Math.Min(3, last) * cStride),
            c4 = c + (Math.Min(4, last) * cStride),
            c5 = c + (Math.Min(5, last) * cStride);
        int v = TVector.Count;

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
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TVector.Load(b);
            TVector b1 = TVector.Load(b + v);
            b += 2 * v;
            TVector x = TVector.Broadcast(a0[k]);
            s00 = TVector.MultiplyAdd(x, b0, s00);
            s01 = TVector.MultiplyAdd(x, b1, s01);
            x = TVector.Broadcast(a1[k]);
            s10 = TVector.MultiplyAdd(x, b0, s10);
            s11 = TVector.MultiplyAdd(x, b1, s11);
            x = TVector.Broadcast(a2[k]);
            s20 = TVector.MultiplyAdd(x, b0, s20);
            s21 = TVector.MultiplyAdd(x, b1, s21);
            x = TVector.Broadcast(a3[k]);
            s30 = TVector.MultiplyAdd(x, b0, s30);
            s31 = TVector.MultiplyAdd(x, b1, s31);
            x = TVector.Broadcast(a4[k]);
            s40 = TVector.MultiplyAdd(x, b0, s40);
            s41 = TVector.MultiplyAdd(x, b1, s41);
            x = TVector.Broadcast(a5[k]);
            s50 = TVector.MultiplyAdd(x, b0, s50);
            s51 = TVector.MultiplyAdd(x, b1, s51);
        }

        // What is there already is added last: sums that begin at zero stay small, and round off less.
        if (accumulate)
        {
            (s00, s01) = (TVector.Add(TVector.Load(c0), s00), TVector.Add(TVector.Load(c0 + v), s01));
            (s10, s11) = (TVector.Add(TVector.Load(c1), s10), TVector.Add(TVector.Load(c1 + v), s11));
            (s20, s21) = (TVector.Add(TVector.Load(c2), s20), TVector.Add(TVector.Load(c2 + v), s21));
            (s30, s31) = (TVector.Add(TVector.Load(c3), s30), TVector.Add(TVector.Load(c3 + v), s31));
            (s40, s41) = (TVector.Add(TVector.Load(c4), s40), TVector.Add(TVector.Load(c4 + v), s41));
            (s50, s51) = (TVector.Add(TVector.Load(c5), s50), TVector.Add(TVector.Load(c5 + v), s51));
        }

        TVector.Store(s00, c0);
        TVector.Store(s01, c0 + v);
        TVector.Store(s10, c1);
        TVector.Store(s11, c1 + v);
        TVector.Store(s20, c2);
        TVector.Store(s21, c2 + v);
        TVector.Store(s30, c3);
        TVector.Store(s31, c3 + v);
        TVector.Store(s40, c4);
        TVector.Store(s41, c4 + v);
        TVector.Store(s50, c5);
        TVector.Store(s51, c5 + v);
    }

    /// <summary>
    /// Multiplies with two panels at once, of which the second lies behind the first, and so do their columns of C: each row's values are
    /// fetched half as often. For where <see cref="HasManyRegisters"/>. Results are those of <see cref="Multiply"/>.
    /// </summary>
    /// <param name="a">[rows, depth], rows <paramref name="aStride"/> apart.</param>
    /// <param name="b">[2, depth, 2V], contiguous.</param>
    /// <param name="c">[rows, 4V], rows <paramref name="cStride"/> apart.</param>
    public static void MultiplyTwo(float* a, nint aStride, float* b, float* c, nint cStride, int rows, int depth)
    {
        for (int from = 0; from < depth; from += TileDepth)
        {
            int length = Math.Min(TileDepth, depth - from);
            float* bFrom = b + ((nint)from * 2 * TVector.Count);
            for (int row = 0; row < rows; row += TileRows)
            {
                TwoTiles(
                    a + from + (row * aStride),
                    aStride,
                    bFrom,
                    bFrom + ((nint)depth * 2 * TVector.Count),
                    c + (row * cStride),
                    cStride,
                    rows - row,
                    length,
                    from > 0
                );
            }
        }
    }

    private static void TwoTiles(float* a, nint aStride, float* b, float* bb, float* c, nint cStride, int rows, int depth, bool accumulate)
    {
        // Of a tile that reaches over the end, the last row is computed more than once.
        int last = rows - 1;
        float* a0 = a,
            a1 = a + (Math.Min(1, last) * aStride),
            a2 = a + (Math.Min(2, last) * aStride);
        float* a3 = a + (Math.Min(3, last) * aStride),
            a4 = a + (Math.Min(4, last) * aStride),
            a5 = a + (Math.Min(5, last) * aStride);
        int v = TVector.Count;

        TVector s00,
            s01,
            s02,
            s03,
            s10,
            s11,
            s12,
            s13,
            s20,
            s21,
            s22,
            s23,
            s30,
            s31,
            s32,
            s33,
            s40,
            s41,
            s42,
            s43,
            s50,
            s51,
            s52,
            s53;
        s00 = s01 = s02 = s03 = TVector.Zero;
        s10 = s11 = s12 = s13 = TVector.Zero;
        s20 = s21 = s22 = s23 = TVector.Zero;
        s30 = s31 = s32 = s33 = TVector.Zero;
        s40 = s41 = s42 = s43 = TVector.Zero;
        s50 = s51 = s52 = s53 = TVector.Zero;
        for (nint k = 0; k < depth; k++)
        {
            TVector b0 = TVector.Load(b),
                b1 = TVector.Load(b + v),
                b2 = TVector.Load(bb),
                b3 = TVector.Load(bb + v);
            b += 2 * v;
            bb += 2 * v;
            TVector x = TVector.Broadcast(a0[k]);
            s00 = TVector.MultiplyAdd(x, b0, s00);
            s01 = TVector.MultiplyAdd(x, b1, s01);
            s02 = TVector.MultiplyAdd(x, b2, s02);
            s03 = TVector.MultiplyAdd(x, b3, s03);
            x = TVector.Broadcast(a1[k]);
            s10 = TVector.MultiplyAdd(x, b0, s10);
            s11 = TVector.MultiplyAdd(x, b1, s11);
            s12 = TVector.MultiplyAdd(x, b2, s12);
            s13 = TVector.MultiplyAdd(x, b3, s13);
            x = TVector.Broadcast(a2[k]);
            s20 = TVector.MultiplyAdd(x, b0, s20);
            s21 = TVector.MultiplyAdd(x, b1, s21);
            s22 = TVector.MultiplyAdd(x, b2, s22);
            s23 = TVector.MultiplyAdd(x, b3, s23);
            x = TVector.Broadcast(a3[k]);
            s30 = TVector.MultiplyAdd(x, b0, s30);
            s31 = TVector.MultiplyAdd(x, b1, s31);
            s32 = TVector.MultiplyAdd(x, b2, s32);
            s33 = TVector.MultiplyAdd(x, b3, s33);
            x = TVector.Broadcast(a4[k]);
            s40 = TVector.MultiplyAdd(x, b0, s40);
            s41 = TVector.MultiplyAdd(x, b1, s41);
            s42 = TVector.MultiplyAdd(x, b2, s42);
            s43 = TVector.MultiplyAdd(x, b3, s43);
            x = TVector.Broadcast(a5[k]);
            s50 = TVector.MultiplyAdd(x, b0, s50);
            s51 = TVector.MultiplyAdd(x, b1, s51);
            s52 = TVector.MultiplyAdd(x, b2, s52);
            s53 = TVector.MultiplyAdd(x, b3, s53);
        }

        Put(s00, s01, s02, s03, c, accumulate);
        if (last >= 1)
            Put(s10, s11, s12, s13, c + cStride, accumulate);
        if (last >= 2)
            Put(s20, s21, s22, s23, c + (2 * cStride), accumulate);
        if (last >= 3)
            Put(s30, s31, s32, s33, c + (3 * cStride), accumulate);
        if (last >= 4)
            Put(s40, s41, s42, s43, c + (4 * cStride), accumulate);
        if (last >= 5)
            Put(s50, s51, s52, s53, c + (5 * cStride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector s0, TVector s1, TVector s2, TVector s3, float* to, bool accumulate)
    {
        int v = TVector.Count;
        if (accumulate)
        {
            (s0, s1) = (TVector.Add(TVector.Load(to), s0), TVector.Add(TVector.Load(to + v), s1));
            (s2, s3) = (TVector.Add(TVector.Load(to + (2 * v)), s2), TVector.Add(TVector.Load(to + (3 * v)), s3));
        }
        TVector.Store(s0, to);
        TVector.Store(s1, to + v);
        TVector.Store(s2, to + (2 * v));
        TVector.Store(s3, to + (3 * v));
    }
}
