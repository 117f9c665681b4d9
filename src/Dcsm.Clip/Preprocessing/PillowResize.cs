using System.Buffers;

namespace Dcsm.Clip.Preprocessing;

/// <summary>
/// <c>Image.resize</c> of Pillow for 8-bit channels, to the bit (<c>src/libImaging/Resample.c</c>): two passes
/// with weights in fixed point.
/// </summary>
/// <remarks>Written by hand: no library for .NET gives Pillow's bytes, and other bytes are other scores.</remarks>
internal static class PillowResize
{
    // Bytes of the rows that are decoded and resized at a time: they stay in a processor's own cache.
    private const int BandLength = 1 << 18;

    /// <summary>Resizes [height, width, channels] and returns a window of the result, [window height, window width, channels].</summary>
    /// <remarks>Every byte of the result depends on its own weights only, so a window costs no more than itself.</remarks>
    public static byte[] Resize(
        ReadOnlySpan<byte> pixels,
        int width,
        int height,
        int channels,
        int toWidth,
        int toHeight,
        PixelWindow window,
        ResampleFilter filter,
        bool vectors = true
    )
    {
        var vertical = ResizeWeights.For(height, toHeight, window.Top, window.Height, filter);
        var horizontal = ResizeWeights.For(width, toWidth, window.Left, window.Width, filter);
        bool verticalFirst = VerticalFirst(width, height, toWidth, toHeight);
        if (!vectors || !VectorResize.Takes(channels, horizontal, vertical))
            return Scalar(pixels, width, channels, horizontal, vertical, verticalFirst);
        int length = checked(window.Width * window.Height * 4);
        if (channels == 4)
        {
            byte[] result = new byte[length];
            Vectors(pixels, width, channels, horizontal, vertical, verticalFirst, result);
            return result;
        }
        byte[] quads = ArrayPool<byte>.Shared.Rent(length);
        byte[] rgb = new byte[length / 4 * 3];
        Vectors(pixels, width, channels, horizontal, vertical, verticalFirst, quads.AsSpan(0, length));
        PixelBytes.Pack(quads.AsSpan(0, length), rgb);
        ArrayPool<byte>.Shared.Return(quads);
        return rgb;
    }

    /// <summary>The same of 3 or 4 channels, as pixels of 4 bytes; of 3 channels, the fourth byte means nothing.</summary>
    /// <param name="pixels">[height, width, channels]</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    /// <param name="channels">3 or 4.</param>
    /// <param name="toWidth">Width that the picture is resized to.</param>
    /// <param name="toHeight">Height that the picture is resized to.</param>
    /// <param name="window">What of it is wanted.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="quads">[window height, window width, 4], to be filled.</param>
    /// <param name="vectors">Whether vectors are used where there are any.</param>
    public static void ResizeToQuads(
        ReadOnlySpan<byte> pixels,
        int width,
        int height,
        int channels,
        int toWidth,
        int toHeight,
        PixelWindow window,
        ResampleFilter filter,
        Span<byte> quads,
        bool vectors = true
    )
    {
        var vertical = ResizeWeights.For(height, toHeight, window.Top, window.Height, filter);
        var horizontal = ResizeWeights.For(width, toWidth, window.Left, window.Width, filter);
        bool verticalFirst = VerticalFirst(width, height, toWidth, toHeight);
        if (vectors && VectorResize.Takes(channels, horizontal, vertical))
        {
            Vectors(pixels, width, channels, horizontal, vertical, verticalFirst, quads);
            return;
        }
        byte[] result = Scalar(pixels, width, channels, horizontal, vertical, verticalFirst);
        if (channels == 4)
            result.CopyTo(quads);
        else
            PixelBytes.Spread(result, quads);
    }

    /// <summary>The same of a picture that <see cref="ImageDecoder.ComesInRows"/>, which is decoded meanwhile, some at a time.</summary>
    /// <returns>Whether it can be, with these sizes and on this processor; if not, nothing is done.</returns>
    /// <exception cref="InvalidDataException">The picture ends before.</exception>
    public static bool TryResizeRows(
        ImageDecoder decoder,
        int toWidth,
        int toHeight,
        PixelWindow window,
        ResampleFilter filter,
        Span<byte> quads,
        CancellationToken cancellationToken
    )
    {
        (int width, int height, int channels) = (decoder.Width, decoder.Height, decoder.Channels);
        var vertical = ResizeWeights.For(height, toHeight, window.Top, window.Height, filter);
        var horizontal = ResizeWeights.For(width, toWidth, window.Left, window.Width, filter);
        if (VerticalFirst(width, height, toWidth, toHeight) || !VectorResize.Takes(channels, horizontal, vertical))
            return false;
        if (!decoder.TryBeginRows())
            return false;
        (int firstRow, int rows) = Rows(vertical);
        int columns = horizontal.First.Length,
            atATime = Math.Clamp(BandLength / (width * channels) & ~3, 4, Math.Max(rows, 4)),
            bandLength = checked(atATime * width * channels) + VectorResize.Overhang;
        using var narrow = new DecodedPicture(columns, rows, 4, false, bandLength + decoder.HeldByDecoder, cancellationToken);
        byte[] band = ArrayPool<byte>.Shared.Rent(bandLength);
        decoder.SkipRows(firstRow, cancellationToken);
        for (int row = 0; row < rows; row += atATime)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int own = Math.Min(atATime, rows - row);
            decoder.ReadRows(band, own, cancellationToken);
            VectorResize.Horizontal(band, width, channels, 0, own, horizontal, narrow.Pixels[(row * columns * 4)..]);
        }

        // A file that ends in the rows below is cut short, too; skipping to the end would not show it.
        if (height - firstRow - rows is > 0 and int below)
        {
            decoder.SkipRows(below - 1, cancellationToken);
            decoder.ReadRows(band, 1, cancellationToken);
        }

        Vertical(narrow.Pixels, columns * 4, firstRow, vertical, quads);
        ArrayPool<byte>.Shared.Return(band);
        return true;
    }

    /// <summary>Resizes [height, width, RGBA] as Pillow does: colors are multiplied by alpha before and divided by it after.</summary>
    public static byte[] ResizeRgba(byte[] pixels, int width, int height, int toWidth, int toHeight, ResampleFilter filter)
    {
        if (width == toWidth && height == toHeight)
            return pixels;
        byte[] multiplied = (byte[])pixels.Clone();
        for (int i = 0; i < multiplied.Length; i++)
        {
            int product = (pixels[i] * pixels[i | 3]) + 128;
            if ((i & 3) != 3)
                multiplied[i] = (byte)(((product >> 8) + product) >> 8);
        }
        byte[] result = Resize(multiplied, width, height, 4, toWidth, toHeight, new PixelWindow(0, 0, toWidth, toHeight), filter);
        for (int i = 0; i < result.Length; i++)
        {
            byte alpha = result[i | 3];
            if ((i & 3) != 3 && alpha is not (0 or 255))
                result[i] = (byte)Math.Min(255, 255 * result[i] / alpha);
        }
        return result;
    }

    // Pillow 13 (pull request 9549): vertically first where the height shrinks "significantly" more than the width.
    // The order shows in the last bit. Nothing that keeps its proportions, as CLIP's preparation does, comes near.
    private static bool VerticalFirst(int width, int height, int toWidth, int toHeight) =>
        toHeight < height && (double)height / toHeight > 2d * width / toWidth;

    // Pillow leaves out a pass that changes nothing; here its weights are one 1 each.
    private static byte[] Scalar(
        ReadOnlySpan<byte> pixels,
        int width,
        int channels,
        ResizeWeights horizontal,
        ResizeWeights vertical,
        bool verticalFirst
    )
    {
        if (verticalFirst)
        {
            return ScalarResize.Horizontal(
                ScalarResize.Vertical(pixels, width * channels, 0, vertical),
                width,
                channels,
                0,
                vertical.First.Length,
                horizontal
            );
        }

        (int firstRow, int rows) = Rows(vertical);
        return ScalarResize.Vertical(
            ScalarResize.Horizontal(pixels, width, channels, firstRow, rows, horizontal),
            horizontal.First.Length * channels,
            firstRow,
            vertical
        );
    }

    private static void Vectors(
        ReadOnlySpan<byte> pixels,
        int width,
        int channels,
        ResizeWeights horizontal,
        ResizeWeights vertical,
        bool verticalFirst,
        Span<byte> quads
    )
    {
        int rows = vertical.First.Length;
        int rowLength = width * channels;
        if (verticalFirst && rowLength >= VectorResize.ShortestRow)
        {
            byte[] low = ArrayPool<byte>.Shared.Rent(checked(rows * rowLength));
            VectorResize.Vertical(pixels, rowLength, 0, vertical, low);
            VectorResize.Horizontal(low, width, channels, 0, rows, horizontal, quads);
            ArrayPool<byte>.Shared.Return(low);
            return;
        }
        if (verticalFirst)
        {
            VectorResize.Horizontal(ScalarResize.Vertical(pixels, rowLength, 0, vertical), width, channels, 0, rows, horizontal, quads);
            return;
        }
        (int firstRow, rows) = Rows(vertical);
        byte[] narrow = ArrayPool<byte>.Shared.Rent(checked(rows * horizontal.First.Length * 4));
        VectorResize.Horizontal(pixels, width, channels, firstRow, rows, horizontal, narrow);
        int narrowLength = horizontal.First.Length * 4;
        Vertical(narrow.AsSpan(0, rows * narrowLength), narrowLength, firstRow, vertical, quads);
        ArrayPool<byte>.Shared.Return(narrow);
    }

    private static void Vertical(ReadOnlySpan<byte> narrow, int rowLength, int firstRow, ResizeWeights vertical, Span<byte> quads)
    {
        if (rowLength >= VectorResize.ShortestRow)
            VectorResize.Vertical(narrow, rowLength, firstRow, vertical, quads);
        else
            ScalarResize.Vertical(narrow, rowLength, firstRow, vertical).CopyTo(quads);
    }

    private static (int First, int Count) Rows(ResizeWeights vertical)
    {
        int first = vertical.First[0];
        return (first, vertical.First[^1] + vertical.Count[^1] - first);
    }
}
