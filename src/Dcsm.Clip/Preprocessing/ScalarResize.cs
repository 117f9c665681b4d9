namespace Dcsm.Clip.Preprocessing;

/// <summary>Both passes of a resize value by value: on every processor, and what the vectors are tested against.</summary>
internal static class ScalarResize
{
    /// <summary>Resizes rows. Result: [rows, length of the weights, channels]</summary>
    public static byte[] Horizontal(ReadOnlySpan<byte> pixels, int width, int channels, int firstRow, int rows, ResizeWeights weights)
    {
        int toWidth = weights.First.Length;
        byte[] result = new byte[checked(rows * toWidth * channels)];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<byte> from = pixels.Slice((firstRow + row) * width * channels, width * channels);
            Span<byte> to = result.AsSpan(row * toWidth * channels, toWidth * channels);
            for (int x = 0; x < toWidth; x++)
            {
                ReadOnlySpan<byte> window = from.Slice(weights.First[x] * channels, weights.Count[x] * channels);
                Span<int> factors = weights.Factors.AsSpan(x * weights.Stride, weights.Count[x]);
                if (channels == 3)
                {
                    int r = ResizeWeights.Half,
                        g = r,
                        b = r;
                    for (int i = 0, p = 0; i < factors.Length; i++, p += 3)
                    {
                        int factor = factors[i];
                        r += window[p] * factor;
                        g += window[p + 1] * factor;
                        b += window[p + 2] * factor;
                    }
                    (to[x * 3], to[(x * 3) + 1], to[(x * 3) + 2]) = (Clip(r), Clip(g), Clip(b));
                    continue;
                }
                for (int channel = 0; channel < channels; channel++)
                {
                    int sum = ResizeWeights.Half;
                    for (int i = 0; i < factors.Length; i++)
                        sum += window[(i * channels) + channel] * factors[i];
                    to[(x * channels) + channel] = Clip(sum);
                }
            }
        }
        return result;
    }

    /// <summary>Resizes columns. Result: [length of the weights, rowLength]</summary>
    public static byte[] Vertical(ReadOnlySpan<byte> pixels, int rowLength, int firstRow, ResizeWeights weights)
    {
        int toHeight = weights.First.Length;
        byte[] result = new byte[checked(toHeight * rowLength)];
        int[] sums = new int[rowLength];
        for (int y = 0; y < toHeight; y++)
        {
            Array.Fill(sums, ResizeWeights.Half);
            for (int i = 0; i < weights.Count[y]; i++)
            {
                int factor = weights.Factors[(y * weights.Stride) + i];
                ReadOnlySpan<byte> row = pixels.Slice((weights.First[y] + i - firstRow) * rowLength, rowLength);
                for (int x = 0; x < row.Length; x++)
                    sums[x] += row[x] * factor;
            }
            Span<byte> to = result.AsSpan(y * rowLength, rowLength);
            for (int x = 0; x < to.Length; x++)
                to[x] = Clip(sums[x]);
        }
        return result;
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> ResizeWeights.PrecisionBits, 0, 255);
}
