namespace Dcsm.Data.Benchmarks;

/// <summary>Cuts a box out of a picture as <c>Image.crop</c> of Pillow does, which the published loaders use.</summary>
public static class PillowCrop
{
    /// <summary>Pillow warns of more as a decompression bomb.</summary>
    private const double LargestPixelCount = 178_956_970;

    /// <summary>The edges in whole pixels; each is rounded by itself, halves to the even neighbor.</summary>
    /// <param name="box">The box; it may leave the picture.</param>
    /// <returns>The first column and row that are inside, and the first behind them.</returns>
    /// <exception cref="ArgumentException">A number is not finite, or the box has no pixels, or far too many.</exception>
    public static (int Left, int Top, int Right, int Bottom) Edges(CropBox box)
    {
        double left = Round(box.X);
        double top = Round(box.Y);
        double right = Round(box.X + box.Width);
        double bottom = Round(box.Y + box.Height);
        // Also catches NaN.
        if (!(right > left && bottom > top))
            throw new ArgumentException($"{Describe(box)} has no pixels.", nameof(box));
        if (
            !(
                (right - left) * (bottom - top) <= LargestPixelCount
                && Math.Abs(left) < int.MaxValue
                && Math.Abs(top) < int.MaxValue
                && right < int.MaxValue
                && bottom < int.MaxValue
            )
        )
        {
            throw new ArgumentException(
                $"{Describe(box)} is too large; at most {LargestPixelCount:F0} pixels can be cut out.",
                nameof(box)
            );
        }

        return ((int)left, (int)top, (int)right, (int)bottom);
    }

    /// <summary>Cuts the box out. What lies outside of the picture is black.</summary>
    /// <param name="rgb">[height, width, 3].</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Height of the picture.</param>
    /// <param name="box">The part to cut out.</param>
    /// <param name="croppedWidth">Width of the part.</param>
    /// <param name="croppedHeight">Height of the part.</param>
    /// <returns>[croppedHeight, croppedWidth, 3].</returns>
    /// <exception cref="ArgumentException">
    /// The bytes are not height · width · 3, or the box is as <see cref="Edges"/> refuses it.
    /// </exception>
    public static byte[] Apply(ReadOnlySpan<byte> rgb, int width, int height, CropBox box, out int croppedWidth, out int croppedHeight)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (rgb.Length != 3L * width * height)
            throw new ArgumentException($"{rgb.Length} bytes were given for a picture of {width} × {height} × 3.", nameof(rgb));
        (int left, int top, int right, int bottom) = Edges(box);
        (croppedWidth, croppedHeight) = (right - left, bottom - top);

        byte[] cropped = new byte[3 * croppedWidth * croppedHeight];
        int from = Math.Max(left, 0);
        int count = Math.Min(right, width) - from;
        for (int y = Math.Max(top, 0); y < Math.Min(bottom, height) && count > 0; y++)
            rgb.Slice(3 * ((y * width) + from), 3 * count).CopyTo(cropped.AsSpan(3 * (((y - top) * croppedWidth) + from - left)));
        return cropped;
    }

    /// <summary>A box in words.</summary>
    internal static string Describe(CropBox box) =>
        FormattableString.Invariant($"the box of {box.Width} × {box.Height} at ({box.X}, {box.Y})");

    private static double Round(double value) => Math.Round(value, MidpointRounding.ToEven);
}
