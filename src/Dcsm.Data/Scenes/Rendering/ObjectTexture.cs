namespace Dcsm.Data.Scenes.Rendering;

/// <summary>
/// The visible part of an object as premultiplied RGBA with halved copies. Premultiplied, because only then may
/// neighbors be averaged; the stretched luminance is premultiplied too, so a tint is linear in what is sampled.
/// </summary>
internal sealed class ObjectTexture
{
    private const int VisibleAlpha = 10;

    private ObjectTexture(int width, int height, Level[] levels)
    {
        Width = width;
        Height = height;
        Levels = levels;
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Level k has texels of 2^k × 2^k source pixels; the last texels may reach over the edge.</summary>
    public Level[] Levels { get; }

    /// <summary>One resolution, with a transparent border of one texel on each side.</summary>
    /// <param name="Stride">Texels a row, border included.</param>
    /// <param name="Width">Texels without border.</param>
    /// <param name="Height">Texel rows without border.</param>
    /// <param name="Rgba">[Height + 2, Stride, 4], premultiplied.</param>
    /// <param name="Luminance">[Height + 2, Stride], stretched and premultiplied.</param>
    internal sealed record Level(int Stride, int Width, int Height, byte[] Rgba, byte[] Luminance);

    /// <summary>Builds a texture from straight-alpha RGBA.</summary>
    /// <returns>Null where nothing is visible.</returns>
    public static ObjectTexture? Create(ReadOnlySpan<byte> rgba, int width, int height)
    {
        if (!FindVisibleBox(rgba, width, height, out int left, out int top, out int boxWidth, out int boxHeight))
            return null;

        (int low, int high) = LuminanceRange(rgba);
        var levels = new List<Level> { CreateBase(rgba, width, left, top, boxWidth, boxHeight, low, high) };
        while (Math.Max(levels[^1].Width, levels[^1].Height) > 4)
            levels.Add(Halve(levels[^1]));
        return new ObjectTexture(boxWidth, boxHeight, [.. levels]);
    }

    private static bool FindVisibleBox(
        ReadOnlySpan<byte> rgba,
        int width,
        int height,
        out int left,
        out int top,
        out int boxWidth,
        out int boxHeight
    )
    {
        int right = -1,
            bottom = -1;
        left = width;
        top = height;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = rgba.Slice(y * width * 4, width * 4);
            int first = 0;
            while (first < width && row[(first * 4) + 3] <= VisibleAlpha)
                first++;
            if (first == width)
                continue;
            int last = width - 1;
            while (row[(last * 4) + 3] <= VisibleAlpha)
                last--;
            left = Math.Min(left, first);
            right = Math.Max(right, last);
            top = Math.Min(top, y);
            bottom = y;
        }

        boxWidth = right - left + 1;
        boxHeight = bottom - top + 1;
        return right >= 0;
    }

    private static int LuminanceOf(byte red, byte green, byte blue) => ((77 * red) + (150 * green) + (29 * blue)) >> 8;

    /// <summary>The 3rd and 97th percentile of the visible pixels' luminance.</summary>
    private static (int Low, int High) LuminanceRange(ReadOnlySpan<byte> rgba)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        int visible = 0;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (rgba[i + 3] <= VisibleAlpha)
                continue;
            counts[LuminanceOf(rgba[i], rgba[i + 1], rgba[i + 2])]++;
            visible++;
        }

        return (Percentile(counts, visible * 3L / 100), Percentile(counts, visible * 97L / 100));
    }

    private static int Percentile(ReadOnlySpan<int> counts, long rank)
    {
        int value = 0;
        long below = (long)counts[0];
        while (below <= rank && value < 255)
            below += counts[++value];
        return value;
    }

    private static Level CreateBase(ReadOnlySpan<byte> source, int sourceWidth, int left, int top, int width, int height, int low, int high)
    {
        int stride = width + 2;
        byte[] rgba = new byte[stride * (height + 2) * 4];
        byte[] luminance = new byte[stride * (height + 2)];
        // A flat object has no range to stretch: it then counts as half bright.
        Span<byte> stretched = stackalloc byte[256];
        for (int i = 0; i < 256; i++)
            stretched[i] = high > low ? (byte)Math.Clamp((((i - low) * 255) + ((high - low) / 2)) / (high - low), 0, 255) : (byte)128;

        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> from = source.Slice((((top + y) * sourceWidth) + left) * 4, width * 4);
            int first = ((y + 1) * stride) + 1;
            for (int x = 0; x < width; x++)
            {
                int alpha = from[(x * 4) + 3];
                if (alpha == 0)
                    continue;
                byte red = from[x * 4],
                    green = from[(x * 4) + 1],
                    blue = from[(x * 4) + 2];
                int to = (first + x) * 4;
                rgba[to] = Premultiply(red, alpha);
                rgba[to + 1] = Premultiply(green, alpha);
                rgba[to + 2] = Premultiply(blue, alpha);
                rgba[to + 3] = (byte)alpha;
                luminance[first + x] = Premultiply(stretched[LuminanceOf(red, green, blue)], alpha);
            }
        }

        return new Level(stride, width, height, rgba, luminance);
    }

    private static byte Premultiply(byte value, int alpha) => (byte)(((value * alpha) + 127) / 255);

    private static Level Halve(Level source)
    {
        int width = (source.Width + 1) / 2;
        int height = (source.Height + 1) / 2;
        int stride = width + 2;
        byte[] rgba = new byte[stride * (height + 2) * 4];
        byte[] luminance = new byte[stride * (height + 2)];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                // Texel (x, y) without border is at (x + 1, y + 1); an odd last texel takes the border as its partner.
                int a = (((y * 2) + 1) * source.Stride) + (x * 2) + 1;
                int b = a + source.Stride;
                int to = ((y + 1) * stride) + x + 1;
                for (int c = 0; c < 4; c++)
                {
                    rgba[(to * 4) + c] = (byte)(
                        (
                            source.Rgba[(a * 4) + c]
                            + source.Rgba[(a * 4) + 4 + c]
                            + source.Rgba[(b * 4) + c]
                            + source.Rgba[(b * 4) + 4 + c]
                            + 2
                        ) >> 2
                    );
                }

                luminance[to] = (byte)(
                    (source.Luminance[a] + source.Luminance[a + 1] + source.Luminance[b] + source.Luminance[b + 1] + 2) >> 2
                );
            }
        }

        return new Level(stride, width, height, rgba, luminance);
    }
}
