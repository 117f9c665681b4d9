using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dcsm.Numerics.Quantized;

/// <summary>
/// Product of unsigned bytes (activations, 0 … <see cref="Most"/>) and signed bytes (weights) into 32-bit integers, eight
/// output channels at a time. Exact: every way of computing it gives the same integers.
/// </summary>
/// <remarks>
/// AVX2 multiplies bytes in pairs and sums them in 16 bits. Four such sums are added before they are widened to 32 bits, so that
/// 128 products take five multiplications instead of eight. Nothing overflows, for the weights are made so: what an activation of
/// <see cref="Most"/> makes of the positive weights of a lane, or of the negative ones, stays below 2^15
/// (<see cref="LaneLimit"/>).
/// </remarks>
public static unsafe class Int8Kernel
{
    /// <summary>Output channels of a panel.</summary>
    public const int Channels = 8;

    /// <summary>Inputs that are summed in 16 bits, eight in each of a channel's two lanes.</summary>
    public const int Group = 16;

    /// <summary>The largest activation.</summary>
    public const int Most = 180;

    /// <summary>What the positive weights of a lane may sum up to, and the negative ones with their sign changed.</summary>
    public const int LaneLimit = short.MaxValue / Most;

    /// <summary>Inputs beyond which a sum of 32 bits might overflow.</summary>
    public const int MostInputs = int.MaxValue / (Most * sbyte.MaxValue) / Group * Group;

    /// <summary>Rows that are summed together: six sums, four weights and what is on its way fit in 16 registers.</summary>
    public const int TileRows = 6;

    private const int CacheLine = 64;

    /// <summary>Whether the processor has what the fast way needs: AVX2.</summary>
    public static bool IsAccelerated => Avx2.IsSupported;

    /// <summary>Where the weight of a channel of a panel for an input lies.</summary>
    public static int Place(int channel, int input) => (((input / 4 * Channels) + channel) * 4) + (input % 4);

    /// <summary>The 16-bit lane in which an input is summed: of its group of inputs the first or the second.</summary>
    internal static int Lane(int input) => (input / Group * 2) + (input % 4 / 2);

    /// <summary>Multiplies rows of activations with one panel of weights.</summary>
    /// <param name="a">[rows, 16 · groups], rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="panel">[16 · groups / 4, 8, 4], by <see cref="Place"/>.</param>
    /// <param name="sums">[rows, 8], contiguous.</param>
    /// <param name="rows">Rows of activations.</param>
    /// <param name="groups">Groups of 16 inputs.</param>
    /// <param name="accumulate">Whether to add to the sums instead of overwriting them.</param>
    /// <param name="following">As many weights, to be fetched meanwhile; null for none.</param>
    public static void Multiply(
        byte* a,
        nint stride,
        sbyte* panel,
        int* sums,
        int rows,
        int groups,
        bool accumulate,
        sbyte* following = null
    )
    {
        if (!IsAccelerated)
        {
            MultiplyPortably(a, stride, panel, sums, rows, groups, accumulate);
            return;
        }
        // A share with every tile.
        sbyte* end = following + (following is null ? 0 : (nint)groups * Group * Channels);
        nint share = (nint)groups * Group * Channels * TileRows / rows;
        for (int row = 0; row < rows; row += TileRows)
        {
            for (sbyte* limit = following + share; following < limit && following < end; following += CacheLine)
                Sse.Prefetch0(following);
            Tile(a + (row * stride), stride, panel, sums + (row * Channels), rows - row, groups, accumulate);
        }
    }

    /// <summary><see cref="Multiply"/> without AVX2.</summary>
    internal static void MultiplyPortably(byte* a, nint stride, sbyte* panel, int* sums, int rows, int groups, bool accumulate)
    {
        for (int row = 0; row < rows; row++, a += stride, sums += Channels)
        {
            // Of four channels each: sums of their even and of their odd pairs of inputs.
            Vector128<int> s0 = default,
                s1 = default,
                s2 = default,
                s3 = default;
            sbyte* w = panel;
            for (nint k = 0; k < (nint)groups * Group; k += 4, w += 32)
            {
                Vector128<short> x = Vector128.WidenLower(Vector128.Create(*(uint*)(a + k)).AsByte()).AsInt16();
                var low = Vector128.Load(w);
                var high = Vector128.Load(w + 16);
                // A product of two bytes fits in 16 bits: 255 · 127 < 2^15.
                s0 += Pairs(Vector128.WidenLower(low) * x);
                s1 += Pairs(Vector128.WidenUpper(low) * x);
                s2 += Pairs(Vector128.WidenLower(high) * x);
                s3 += Pairs(Vector128.WidenUpper(high) * x);
            }
            Add(s0, sums, accumulate);
            Add(s1, sums + 2, accumulate);
            Add(s2, sums + 4, accumulate);
            Add(s3, sums + 6, accumulate);
        }
    }

    private static Vector128<int> Pairs(Vector128<short> products) => ((products.AsInt32() << 16) >> 16) + (products.AsInt32() >> 16);

    private static void Add(Vector128<int> twoChannels, int* to, bool accumulate)
    {
        to[0] = (accumulate ? to[0] : 0) + twoChannels[0] + twoChannels[1];
        to[1] = (accumulate ? to[1] : 0) + twoChannels[2] + twoChannels[3];
    }

    private static void Tile(byte* a, nint stride, sbyte* w, int* sums, int rows, int groups, bool accumulate)
    {
        // Of a tile that reaches over the end, the last row is computed, and written, more than once.
        int last = rows - 1;
        byte* a0 = a,
            a1 = a + (Math.Min(1, last) * stride),
            a2 = a + (Math.Min(2, last) * stride);
        byte* a3 = a + (Math.Min(3, last) * stride),
            a4 = a + (Math.Min(4, last) * stride),
            a5 = a + (Math.Min(5, last) * stride);
        int* c0 = sums,
            c1 = sums + (Math.Min(1, last) * Channels),
            c2 = sums + (Math.Min(2, last) * Channels);
        int* c3 = sums + (Math.Min(3, last) * Channels),
            c4 = sums + (Math.Min(4, last) * Channels),
            c5 = sums + (Math.Min(5, last) * Channels);

        Vector256<int> s0,
            s1,
            s2,
            s3,
            s4,
            s5;
        s0 = s1 = s2 = s3 = s4 = s5 = Vector256<int>.Zero;
        if (accumulate)
        {
            (s0, s1, s2) = (Vector256.Load(c0), Vector256.Load(c1), Vector256.Load(c2));
            (s3, s4, s5) = (Vector256.Load(c3), Vector256.Load(c4), Vector256.Load(c5));
        }
        for (nint k = 0; k < (nint)groups * Group; k += Group)
        {
            var w0 = Vector256.Load(w);
            var w1 = Vector256.Load(w + 32);
            var w2 = Vector256.Load(w + 64);
            var w3 = Vector256.Load(w + 96);
            w += Group * Channels;
            s0 += Dot(a0 + k, w0, w1, w2, w3);
            s1 += Dot(a1 + k, w0, w1, w2, w3);
            s2 += Dot(a2 + k, w0, w1, w2, w3);
            s3 += Dot(a3 + k, w0, w1, w2, w3);
            s4 += Dot(a4 + k, w0, w1, w2, w3);
            s5 += Dot(a5 + k, w0, w1, w2, w3);
        }

        s0.Store(c0);
        s1.Store(c1);
        s2.Store(c2);
        s3.Store(c3);
        s4.Store(c4);
        s5.Store(c5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(byte* a, Vector256<sbyte> w0, Vector256<sbyte> w1, Vector256<sbyte> w2, Vector256<sbyte> w3)
    {
        Vector256<short> sum = (Pairs(a, w0) + Pairs(a + 4, w1)) + (Pairs(a + 8, w2) + Pairs(a + 12, w3));
        return Avx2.MultiplyAddAdjacent(sum, Vector256<short>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Pairs(byte* a, Vector256<sbyte> w) => Avx2.MultiplyAddAdjacent(Vector256.Create(*(uint*)a).AsByte(), w);
}
