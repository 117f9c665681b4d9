using System.Runtime.InteropServices;
using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.Reporting.Pictures;

/// <summary>Pixels to and from files and texts.</summary>
public static class Rasters
{
    // Beyond twice that, a picture is huge.
    private const int LongestDrawn = 2048;

    /// <summary>A PNG of a picture.</summary>
    public static byte[] ToPng(RgbImage picture)
    {
        using SKImage image = ToSkia(picture);
        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>A JPEG of a picture.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="quality">1 to 100.</param>
    internal static byte[] ToJpeg(RgbImage picture, int quality = 88)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        using SKImage image = ToSkia(picture);
        using SKData data = image.Encode(SKEncodedImageFormat.Jpeg, quality);
        return data.ToArray();
    }

    /// <summary>A picture as <c>data:image/…;base64,…</c>, to stand in an HTML file itself.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="jpeg">JPEG, which is smaller, instead of PNG, which is exact.</param>
    internal static string ToDataUri(RgbImage picture, bool jpeg = false) =>
        jpeg
            ? "data:image/jpeg;base64," + Convert.ToBase64String(ToJpeg(picture))
            : "data:image/png;base64," + Convert.ToBase64String(ToPng(picture));

    /// <summary>Scales a picture: smoothly when it grows, averaging pixels when it shrinks.</summary>
    internal static RgbImage Resize(RgbImage picture, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (picture.Width == width && picture.Height == height)
            return picture;
        using SKImage image = ToSkia(picture);
        using SKBitmap bitmap = new(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using SKPixmap pixmap = bitmap.PeekPixels();
        SKSamplingOptions sampling =
            width >= picture.Width ? new(SKCubicResampler.Mitchell) : new(SKFilterMode.Linear, SKMipmapMode.Linear);
        if (!image.ScalePixels(pixmap, sampling))
        {
            throw new InvalidOperationException(
                $"A picture of {picture.Width} × {picture.Height} could not be scaled to {width} × {height}."
            );
        }

        return FromSkia(bitmap);
    }

    /// <summary>A huge picture made small enough to be drawn: squares of pixels become one, their mean. Others stay as they are.</summary>
    internal static RgbImage ToDraw(RgbImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int step = Math.Max(picture.Width, picture.Height) / LongestDrawn;
        if (step < 2)
            return picture;
        (int width, int height) = (Math.Max(1, picture.Width / step), Math.Max(1, picture.Height / step));
        byte[] pixels = new byte[3 * width * height];
        for (int at = 0; at < pixels.Length; at++)
        {
            (int pixel, int channel) = Math.DivRem(at, 3);
            (int top, int left) = (pixel / width * step, pixel % width * step);
            (int right, int bottom) = (Math.Min(picture.Width, left + step), Math.Min(picture.Height, top + step));
            (long sum, long count) = (0, (long)(right - left) * (bottom - top));
            for (int y = top; y < bottom; y++)
            {
                for (int x = left; x < right; x++)
                    sum += picture.Pixels[3 * (y * picture.Width + x) + channel];
            }

            pixels[at] = (byte)((sum + count / 2) / count);
        }

        return new RgbImage(width, height, pixels);
    }

    internal static SKImage ToSkia(RgbImage picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        byte[] rgba = new byte[4 * picture.Width * picture.Height];
        for (int i = 0; i < picture.Width * picture.Height; i++)
        {
            rgba[4 * i] = picture.Pixels[3 * i];
            rgba[4 * i + 1] = picture.Pixels[3 * i + 1];
            rgba[4 * i + 2] = picture.Pixels[3 * i + 2];
            rgba[4 * i + 3] = 255;
        }

        return SKImage.FromPixelCopy(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), rgba);
    }

    internal static RgbImage FromSkia(SKBitmap bitmap)
    {
        byte[] pixels = new byte[3 * bitmap.Width * bitmap.Height];
        ReadOnlySpan<byte> all = MemoryMarshal.AsBytes(bitmap.GetPixelSpan());
        for (int y = 0; y < bitmap.Height; y++)
        {
            ReadOnlySpan<byte> row = all.Slice(y * bitmap.RowBytes, 4 * bitmap.Width);
            for (int x = 0; x < bitmap.Width; x++)
                row.Slice(4 * x, 3).CopyTo(pixels.AsSpan(3 * (y * bitmap.Width + x)));
        }

        return new RgbImage(bitmap.Width, bitmap.Height, pixels);
    }
}
