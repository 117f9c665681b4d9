using System.Runtime.InteropServices;
using SkiaSharp;

namespace Dcsm.Clip.Internals;

/// <summary>Decodes image files with Skia.</summary>
internal static class ImageDecoder
{
    /// <summary>Pillow refuses more as a decompression bomb too.</summary>
    private const long LargestPixelCount = 178_956_970;

    public static RgbImage Decode(string path, Transparency transparency)
    {
        var file = File.ReadAllBytes(path);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data) ?? throw new InvalidDataException($"{path}: not a picture that can be decoded (JPEG, PNG, WebP, GIF and BMP can).");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > LargestPixelCount)
            throw new InvalidDataException($"{path}: {width} × {height} pixels are too many; at most {LargestPixelCount} can be decoded.");
        return new RgbImage(width, height, DeepGrayPng.Is(file)
            ? DeepGrayPng.ReadRgb(path, file, width, height)
            : ToRgb(Pixels(path, codec), width * height, transparency));
    }

    private static byte[] Pixels(string path, SKCodec codec)
    {
        // No colour space: the stored values, not values converted to another space.
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul, null);
        var pixels = GC.AllocateUninitializedArray<byte>(checked((int)info.BytesSize64), pinned: true);
        var result = codec.GetPixels(info, Marshal.UnsafeAddrOfPinnedArrayElement(pixels, 0));
        return result == SKCodecResult.Success
            ? pixels
            : throw new InvalidDataException($"{path}: the picture is damaged or cut short ({result}).");
    }

    private static byte[] ToRgb(byte[] rgba, int count, Transparency transparency)
    {
        if (transparency == Transparency.OnWhite)
            return OnWhite(rgba, count);
        var rgb = new byte[count * 3];
        for (int i = 0, from = 0, to = 0; i < count; i++, from += 4, to += 3)
            rgba.AsSpan(from, 3).CopyTo(rgb.AsSpan(to));
        return rgb;
    }

    // Image.alpha_composite of Pillow on opaque white (src/libImaging/AlphaComposite.c), to the bit.
    private static byte[] OnWhite(ReadOnlySpan<byte> rgba, int count)
    {
        const int precision = 7;
        var rgb = new byte[count * 3];
        for (int i = 0, from = 0, to = 0; i < count; i++, from += 4, to += 3)
        {
            var alpha = rgba[from + 3];
            if (alpha == 255)
            {
                rgba.Slice(from, 3).CopyTo(rgb.AsSpan(to));
                continue;
            }
            var share = alpha << precision;
            var rest = (255 * (1 << precision)) - share;
            for (var channel = 0; channel < 3; channel++)
            {
                var sum = (rgba[from + channel] * share) + (255 * rest) + (0x80 << precision);
                rgb[to + channel] = (byte)((((sum >> 8) + sum) >> 8) >> precision);
            }
        }
        return rgb;
    }
}
