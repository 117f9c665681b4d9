using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.SkiaSharp;

/// <summary>Pictures of SkiaSharp that are in memory already.</summary>
public static class SkiaPictures
{
    /// <summary>Copies a picture, to be prepared and scored like one that was opened from a file.</summary>
    /// <param name="bitmap">The picture.</param>
    /// <param name="transparency">What becomes of transparent parts. Premultiplied ones have lost some of their colors.</param>
    /// <exception cref="ArgumentException">It has no pixels.</exception>
    /// <example><code>ImageSource image = ImageSource.FromImage(bitmap.ToRgbImage(), "upload");</code></example>
    public static RgbImage ToRgbImage(this SKBitmap bitmap, Transparency transparency = Transparency.OnWhite)
    {
        ArgumentNullException.ThrowIfNull(bitmap);
        using SKPixmap? pixels = bitmap.PeekPixels();
        return Copy(pixels, nameof(bitmap), transparency);
    }

    /// <inheritdoc cref="ToRgbImage(SKBitmap, Transparency)"/>
    /// <param name="image">The picture.</param>
    /// <param name="transparency">What becomes of transparent parts. Premultiplied ones have lost some of their colors.</param>
    public static RgbImage ToRgbImage(this SKImage image, Transparency transparency = Transparency.OnWhite)
    {
        ArgumentNullException.ThrowIfNull(image);
        using SKImage raster = image.ToRasterImage(ensurePixelData: true);
        using SKPixmap? pixels = raster.PeekPixels();
        return Copy(pixels, nameof(image), transparency);
    }

    private static unsafe RgbImage Copy(SKPixmap? pixels, string parameter, Transparency transparency)
    {
        if (pixels is null || pixels.Width < 1 || pixels.Height < 1)
            throw new ArgumentException("The picture has no pixels.", parameter);
        // In its own color space, so that values are copied, not converted.
        SKImageInfo info = pixels
            .Info.WithColorType(SKColorType.Rgba8888)
            .WithAlphaType(pixels.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        byte[] rgba = GC.AllocateUninitializedArray<byte>(checked(info.Width * info.Height * 4));
        fixed (byte* to = rgba)
        {
            if (!pixels.ReadPixels(info, (nint)to, info.RowBytes))
                throw new ArgumentException($"Pixels of {pixels.ColorType} can't be copied.", parameter);
        }
        return RgbImage.FromRgba(info.Width, info.Height, rgba, transparency);
    }
}
