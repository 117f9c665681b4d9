using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dcsm.Clip.Preprocessing;

/// <summary>Both passes of a resize in AVX2. Pixels are 3 or 4 bytes; sums are those of <see cref="ScalarResize"/> to the bit.</summary>
/// <remarks>
/// There is a product of pairs of 16-bit numbers only, so each weight comes in two parts, whose sums are put together in the end.
/// </remarks>
internal static unsafe class VectorResize
{
    /// <summary>Shortest row that <see cref="Vertical"/> takes, in bytes.</summary>
    public const int ShortestRow = 16;

    // Groups of four pixels reach beyond a row's end, where weights are zero: three pixels of 4 bytes, or of 3 and 4 bytes more.
    public const int Overhang = 16;

    private const int RowsAtATime = 4;

    // Of four pixels to each channel's pairs of 16 bits: the first two pixels in the lower half, the others in the upper one.
    private static readonly Vector256<byte> PairsOf4 = Pairs(4),
        PairsOf3 = Pairs(3);

    // Of a group's four upper and four lower parts one kind: the first two to every place of the lower half, the others to the upper.
    private static readonly Vector256<byte> High = Vector256.Create(Vector128.Create(0x03020100), Vector128.Create(0x07060504)).AsByte(),
        Low = Vector256.Create(Vector128.Create(0x0B0A0908), Vector128.Create(0x0F0E0D0C)).AsByte();

    public static bool Takes(int channels, ResizeWeights horizontal, ResizeWeights vertical) =>
        Avx2.IsSupported && channels is 3 or 4 && horizontal.Taps is not null && vertical.Taps is not null;

    /// <summary>Resizes rows.</summary>
    /// <param name="pixels">[≥ firstRow + rows, width, channels]</param>
    /// <param name="width">Width of the source.</param>
    /// <param name="channels">3 or 4.</param>
    /// <param name="firstRow">First row of the source.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="weights">Weights of the columns.</param>
    /// <param name="result">[rows, length of the weights, 4], to be filled; of 3 channels, the fourth byte is 0.</param>
    public static void Horizontal(
        ReadOnlySpan<byte> pixels,
        int width,
        int channels,
        int firstRow,
        int rows,
        ResizeWeights weights,
        Span<byte> result
    )
    {
        int rowLength = width * channels,
            toLength = weights.First.Length * 4;
        if (result.Length < (long)rows * toLength || pixels.Length < (firstRow + (long)rows) * rowLength)
            throw new ArgumentException("A picture is smaller than it is said to be.");
        byte[]? padded = null;
        byte** from = stackalloc byte*[RowsAtATime];
        byte** to = stackalloc byte*[RowsAtATime];
        fixed (
            byte* source = pixels,
                target = result
        )
        {
            int whole = (pixels.Length - rowLength - Overhang) / rowLength;
            for (int row = 0; row < rows; row += RowsAtATime)
            {
                for (int i = 0; i < RowsAtATime; i++)
                {
                    // Where fewer than four are left, the last one is done again.
                    int own = Math.Min(row + i, rows - 1);
                    from[i] = source + ((firstRow + own) * rowLength);
                    to[i] = target + (own * toLength);
                }
                if (firstRow + Math.Min(row + RowsAtATime, rows) - 1 > whole || pixels.Length < rowLength + Overhang)
                {
                    padded ??= ArrayPool<byte>.Shared.Rent(RowsAtATime * (rowLength + Overhang));
                    fixed (byte* copy = padded)
                    {
                        for (int i = 0; i < RowsAtATime; i++)
                        {
                            int at = i * (rowLength + Overhang);
                            new ReadOnlySpan<byte>(from[i], rowLength).CopyTo(padded.AsSpan(at));
                            from[i] = copy + at;
                        }
                        FourRows(from, to, channels, weights);
                    }
                }
                else
                {
                    FourRows(from, to, channels, weights);
                }
            }
        }
        if (padded is not null)
            ArrayPool<byte>.Shared.Return(padded);
    }

    /// <summary>Resizes columns.</summary>
    /// <param name="pixels">Rows, from <paramref name="firstRow"/> of the source on. [rows, rowLength]</param>
    /// <param name="rowLength">Bytes of a row, at least <see cref="ShortestRow"/>.</param>
    /// <param name="firstRow">The source's row that <paramref name="pixels"/> begin with.</param>
    /// <param name="weights">Weights of the rows.</param>
    /// <param name="result">[length of the weights, rowLength], to be filled.</param>
    public static void Vertical(ReadOnlySpan<byte> pixels, int rowLength, int firstRow, ResizeWeights weights, Span<byte> result)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, ShortestRow);
        var half = Vector256.Create(ResizeWeights.Half);
        fixed (
            byte* source = pixels,
                target = result
        )
        fixed (short* taps = weights.Taps)
        {
            for (int y = 0; y < weights.First.Length; y++)
            {
                (int first, int count) = (weights.First[y] - firstRow, weights.Count[y]);
                if (first < 0 || pixels.Length < (first + (long)count) * rowLength || result.Length < (y + 1L) * rowLength)
                    throw new ArgumentException("A picture is smaller than it is said to be.");
                byte* top = source + (first * rowLength);
                short* rowTaps = taps + (y * weights.Groups * 2 * ResizeWeights.TapsInGroup);
                for (int column = 0; column < rowLength; column += 16)
                {
                    // The last bytes are done with those before, some for the second time.
                    column = Math.Min(column, rowLength - 16);
                    Vector256<int> highLeft = default,
                        highRight = default,
                        lowLeft = half,
                        lowRight = half;
                    byte* row = top + column;
                    for (int i = 0; i < count; i += 2, row += 2 * rowLength)
                    {
                        // Pairs of a group's weights; an odd one's partner is zero, whatever it is multiplied by.
                        int* pair = (int*)(rowTaps + (i / 4 * 8) + (i % 4));
                        Vector256<short> high = Vector256.Create(pair[0]).AsInt16(),
                            low = Vector256.Create(pair[2]).AsInt16();
                        var above = Vector128.Load(row);
                        Vector128<byte> below = i + 1 < count ? Vector128.Load(row + rowLength) : above;
                        Vector256<short> left = Avx2.ConvertToVector256Int16(Sse2.UnpackLow(above, below));
                        Vector256<short> right = Avx2.ConvertToVector256Int16(Sse2.UnpackHigh(above, below));
                        highLeft += Avx2.MultiplyAddAdjacent(left, high);
                        highRight += Avx2.MultiplyAddAdjacent(right, high);
                        lowLeft += Avx2.MultiplyAddAdjacent(left, low);
                        lowRight += Avx2.MultiplyAddAdjacent(right, low);
                    }
                    Vector256<int> sumLeft = ((highLeft << ResizeWeights.LowBits) + lowLeft) >> ResizeWeights.PrecisionBits;
                    Vector256<int> sumRight = ((highRight << ResizeWeights.LowBits) + lowRight) >> ResizeWeights.PrecisionBits;
                    Sse2.PackUnsignedSaturate(
                            Sse2.PackSignedSaturate(sumLeft.GetLower(), sumLeft.GetUpper()),
                            Sse2.PackSignedSaturate(sumRight.GetLower(), sumRight.GetUpper())
                        )
                        .Store(target + (y * rowLength) + column);
                }
            }
        }
    }

    private static void FourRows(byte** from, byte** to, int channels, ResizeWeights weights)
    {
        Vector256<byte> pairs = channels == 4 ? PairsOf4 : PairsOf3;
        Vector256<byte> pickHigh = High,
            pickLow = Low;
        byte* from0 = from[0],
            from1 = from[1],
            from2 = from[2],
            from3 = from[3];
        uint* to0 = (uint*)to[0],
            to1 = (uint*)to[1],
            to2 = (uint*)to[2],
            to3 = (uint*)to[3];
        var half = Vector128.Create(ResizeWeights.Half);
        (int length, int step) = (weights.First.Length, 4 * channels);
        fixed (
            int* first = weights.First,
                count = weights.Count
        )
        fixed (short* taps = weights.Taps)
        {
            for (int x = 0; x < length; x++)
            {
                Vector256<int> high0 = default,
                    high1 = default,
                    high2 = default,
                    high3 = default;
                Vector256<int> low0 = default,
                    low1 = default,
                    low2 = default,
                    low3 = default;
                nint at = (nint)first[x] * channels;
                short* group = taps + (x * weights.Groups * 2 * ResizeWeights.TapsInGroup);
                for (int left = count[x]; left > 0; left -= 4, at += step, group += 8)
                {
                    Vector256<byte> both = Avx2.BroadcastVector128ToVector256((byte*)group);
                    Vector256<short> high = Avx2.Shuffle(both, pickHigh).AsInt16(),
                        low = Avx2.Shuffle(both, pickLow).AsInt16();
                    Vector256<short> values = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from0 + at), pairs).AsInt16();
                    high0 += Avx2.MultiplyAddAdjacent(values, high);
                    low0 += Avx2.MultiplyAddAdjacent(values, low);
                    values = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from1 + at), pairs).AsInt16();
                    high1 += Avx2.MultiplyAddAdjacent(values, high);
                    low1 += Avx2.MultiplyAddAdjacent(values, low);
                    values = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from2 + at), pairs).AsInt16();
                    high2 += Avx2.MultiplyAddAdjacent(values, high);
                    low2 += Avx2.MultiplyAddAdjacent(values, low);
                    values = Avx2.Shuffle(Avx2.BroadcastVector128ToVector256(from3 + at), pairs).AsInt16();
                    high3 += Avx2.MultiplyAddAdjacent(values, high);
                    low3 += Avx2.MultiplyAddAdjacent(values, low);
                }
                Vector128<uint> bytes = Sse2.PackUnsignedSaturate(
                        Sse2.PackSignedSaturate(Sum(high0, low0, half), Sum(high1, low1, half)),
                        Sse2.PackSignedSaturate(Sum(high2, low2, half), Sum(high3, low3, half))
                    )
                    .AsUInt32();
                to0[x] = bytes.GetElement(0);
                to1[x] = bytes.GetElement(1);
                to2[x] = bytes.GetElement(2);
                to3[x] = bytes.GetElement(3);
            }
        }
    }

    private static Vector128<int> Sum(Vector256<int> high, Vector256<int> low, Vector128<int> half)
    {
        Vector256<int> sum = (high << ResizeWeights.LowBits) + low;
        return (sum.GetLower() + sum.GetUpper() + half) >> ResizeWeights.PrecisionBits;
    }

    private static Vector256<byte> Pairs(int channels)
    {
        Span<byte> places = stackalloc byte[32];
        // A place with its highest bit set gives zero.
        places.Fill(0x80);
        for (int pixel = 0; pixel < 4; pixel++)
        {
            for (int channel = 0; channel < channels; channel++)
                places[(pixel / 2 * 16) + (channel * 4) + (pixel % 2 * 2)] = (byte)((pixel * channels) + channel);
        }
        return Vector256.Create((ReadOnlySpan<byte>)places);
    }
}
