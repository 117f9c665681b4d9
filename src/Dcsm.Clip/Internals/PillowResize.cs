namespace Dcsm.Clip.Internals;

/// <summary>
/// <c>Image.resize</c> of Pillow for 8-bit channels, to the bit (<c>src/libImaging/Resample.c</c>): two passes
/// with weights in fixed point.
/// </summary>
internal static class PillowResize
{
    private const int PrecisionBits = 32 - 8 - 2;

    /// <summary>Resizes [height, width, channels] and returns a window of the result, [window height, window width, channels].</summary>
    /// <remarks>Every byte of the result depends on its own weights only, so a window costs no more than itself.</remarks>
    public static byte[] Resize(byte[] pixels, int width, int height, int channels, int toWidth, int toHeight, PixelWindow window, ResampleFilter filter)
    {
        // Pillow leaves out a pass that changes nothing; here its weights are one 1 each.
        var vertical = Weights.Make(height, toHeight, window.Top, window.Height, filter);
        var horizontal = Weights.Make(width, toWidth, window.Left, window.Width, filter);
        if (VerticalFirst(width, height, toWidth, toHeight))
            return Horizontal(Vertical(pixels, width * channels, 0, vertical), width, channels, 0, window.Height, horizontal);
        var firstRow = vertical.First[0];
        var rows = vertical.First[^1] + vertical.Count[^1] - firstRow;
        return Vertical(Horizontal(pixels, width, channels, firstRow, rows, horizontal), window.Width * channels, firstRow, vertical);
    }

    // Pillow 13 (pull request 9549): vertically first where the height shrinks "significantly" more than the width.
    // The order shows in the last bit. Nothing that keeps its proportions, as CLIP's preparation does, comes near.
    private static bool VerticalFirst(int width, int height, int toWidth, int toHeight) =>
        toHeight < height && (double)height / toHeight > 2d * width / toWidth;

    /// <summary>Resizes [height, width, RGBA] as Pillow does: colours are multiplied by alpha before and divided by it after.</summary>
    public static byte[] ResizeRgba(byte[] pixels, int width, int height, int toWidth, int toHeight, ResampleFilter filter)
    {
        if (width == toWidth && height == toHeight)
            return pixels;
        var multiplied = (byte[])pixels.Clone();
        for (var i = 0; i < multiplied.Length; i++)
        {
            var product = (pixels[i] * pixels[i | 3]) + 128;
            if ((i & 3) != 3)
                multiplied[i] = (byte)(((product >> 8) + product) >> 8);
        }
        var result = Resize(multiplied, width, height, 4, toWidth, toHeight, new PixelWindow(0, 0, toWidth, toHeight), filter);
        for (var i = 0; i < result.Length; i++)
        {
            var alpha = result[i | 3];
            if ((i & 3) != 3 && alpha is not (0 or 255))
                result[i] = (byte)Math.Min(255, 255 * result[i] / alpha);
        }
        return result;
    }

    private static byte[] Horizontal(byte[] pixels, int width, int channels, int firstRow, int rows, Weights weights)
    {
        var toWidth = weights.First.Length;
        var result = new byte[rows * toWidth * channels];
        for (var row = 0; row < rows; row++)
        {
            var from = pixels.AsSpan((firstRow + row) * width * channels, width * channels);
            var to = result.AsSpan(row * toWidth * channels, toWidth * channels);
            for (var x = 0; x < toWidth; x++)
            {
                var window = from.Slice(weights.First[x] * channels, weights.Count[x] * channels);
                var factors = weights.Factors.AsSpan(x * weights.Stride, weights.Count[x]);
                if (channels == 3)
                {
                    int r = 1 << (PrecisionBits - 1), g = r, b = r;
                    for (int i = 0, p = 0; i < factors.Length; i++, p += 3)
                    {
                        var factor = factors[i];
                        r += window[p] * factor;
                        g += window[p + 1] * factor;
                        b += window[p + 2] * factor;
                    }
                    (to[x * 3], to[(x * 3) + 1], to[(x * 3) + 2]) = (Clip(r), Clip(g), Clip(b));
                    continue;
                }
                for (var channel = 0; channel < channels; channel++)
                {
                    var sum = 1 << (PrecisionBits - 1);
                    for (var i = 0; i < factors.Length; i++)
                        sum += window[(i * channels) + channel] * factors[i];
                    to[(x * channels) + channel] = Clip(sum);
                }
            }
        }
        return result;
    }

    private static byte[] Vertical(byte[] pixels, int rowLength, int firstRow, Weights weights)
    {
        var toHeight = weights.First.Length;
        var result = new byte[toHeight * rowLength];
        var sums = new int[rowLength];
        for (var y = 0; y < toHeight; y++)
        {
            Array.Fill(sums, 1 << (PrecisionBits - 1));
            for (var i = 0; i < weights.Count[y]; i++)
            {
                var factor = weights.Factors[(y * weights.Stride) + i];
                var row = pixels.AsSpan((weights.First[y] + i - firstRow) * rowLength, rowLength);
                for (var x = 0; x < row.Length; x++)
                    sums[x] += row[x] * factor;
            }
            var to = result.AsSpan(y * rowLength, rowLength);
            for (var x = 0; x < to.Length; x++)
                to[x] = Clip(sums[x]);
        }
        return result;
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> PrecisionBits, 0, 255);

    /// <summary>For each place of the result, which places of the source count, and how much.</summary>
    private sealed record Weights(int[] First, int[] Count, int[] Factors, int Stride)
    {
        // precompute_coeffs and normalize_coeffs_8bpc; the order of the operations matters.
        public static Weights Make(int size, int toSize, int from, int length, ResampleFilter filter)
        {
            if (size == toSize)
                return Same(from, length);
            var (support, function) = Filter(filter);
            var scale = (double)size / toSize;
            var filterScale = Math.Max(scale, 1);
            support *= filterScale;
            var stride = ((int)Math.Ceiling(support) * 2) + 1;
            var weights = new Weights(new int[length], new int[length], new int[checked(length * stride)], stride);
            var values = new double[stride];
            for (var place = 0; place < length; place++)
            {
                var center = (from + place + 0.5) * scale;
                var inverse = 1 / filterScale;
                var first = Math.Max(0, (int)(center - support + 0.5));
                var count = Math.Min(size, (int)(center + support + 0.5)) - first;
                var total = 0d;
                for (var i = 0; i < count; i++)
                    total += values[i] = function((i + first - center + 0.5) * inverse);
                for (var i = 0; i < count; i++)
                {
                    var value = total != 0 ? values[i] / total : values[i];
                    weights.Factors[(place * stride) + i] = (int)((value < 0 ? -0.5 : 0.5) + (value * (1 << PrecisionBits)));
                }
                (weights.First[place], weights.Count[place]) = (first, count);
            }
            return weights;
        }

        private static Weights Same(int from, int length)
        {
            var weights = new Weights([.. Enumerable.Range(from, length)], new int[length], new int[length], 1);
            Array.Fill(weights.Count, 1);
            Array.Fill(weights.Factors, 1 << PrecisionBits);
            return weights;
        }

        private static (double Support, Func<double, double> Function) Filter(ResampleFilter filter) => filter switch
        {
            ResampleFilter.Box => (0.5, x => x is > -0.5 and <= 0.5 ? 1 : 0),
            ResampleFilter.Bilinear => (1, x => Math.Max(0, 1 - Math.Abs(x))),
            ResampleFilter.Hamming => (1, Hamming),
            ResampleFilter.Bicubic => (2, Bicubic),
            ResampleFilter.Lanczos => (3, x => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(filter)),
        };

        private static double Bicubic(double x)
        {
            const double a = -0.5;
            x = Math.Abs(x);
            if (x < 1)
                return ((((a + 2) * x) - (a + 3)) * x * x) + 1;
            return x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * a : 0;
        }

        private static double Hamming(double x)
        {
            x = Math.Abs(x);
            if (x == 0)
                return 1;
            if (x >= 1)
                return 0;
            x *= Math.PI;
            return Math.Sin(x) / x * (0.54 + (0.46 * Math.Cos(x)));
        }

        private static double Sinc(double x)
        {
            if (x == 0)
                return 1;
            x *= Math.PI;
            return Math.Sin(x) / x;
        }
    }
}
