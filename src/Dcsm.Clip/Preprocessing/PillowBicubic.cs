namespace Dcsm.Clip.Preprocessing;

/// <summary>Pillow's <c>Image.resize(BICUBIC)</c> of 8-bit pictures, to the bit.</summary>
public static class PillowBicubic
{
    /// <summary>Resizes a picture.</summary>
    /// <param name="pixels">
    /// [height, width, channels]; with four channels, the last one is alpha, by which the others are multiplied on the way.
    /// </param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 to 4.</param>
    /// <param name="newWidth">Width of the result.</param>
    /// <param name="newHeight">Height of the result.</param>
    /// <returns>[new height, new width, channels].</returns>
    /// <exception cref="ArgumentException">
    /// The number of bytes does not fit the size, or a size or the number of channels is out of range.
    /// </exception>
    public static byte[] Resize(byte[] pixels, int width, int height, int channels, int newWidth, int newHeight)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, 4);
        foreach (int size in (int[])[width, height, newWidth, newHeight])
            ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (pixels.LongLength != (Int128)width * height * channels)
        {
            throw new ArgumentException(
                $"{width} × {height} pixels of {channels} channels are {(Int128)width * height * channels} bytes, not {pixels.LongLength}.",
                nameof(pixels)
            );
        }

        return channels == 4
            ? PillowResize.ResizeRgba(pixels, width, height, newWidth, newHeight, ResampleFilter.Bicubic)
            : PillowResize.Resize(
                pixels,
                width,
                height,
                channels,
                newWidth,
                newHeight,
                new PixelWindow(0, 0, newWidth, newHeight),
                ResampleFilter.Bicubic
            );
    }
}
