using System.Runtime.InteropServices;
using Dcsm.IO.Files;
using SkiaSharp;

namespace Dcsm.Data.Pictures;

/// <summary>Pictures as files. A file appears whole or not at all: it is written beside its place and then renamed.</summary>
public static class PictureFile
{
    /// <summary>Endings of picture files, with their dots.</summary>
    public static IReadOnlyList<string> Endings { get; } =
    [".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".tga", ".pbm", ".pgm", ".ppm", ".pnm", ".qoi"];

    /// <summary>Whether a file is called as pictures are.</summary>
    public static bool HasEndingOfPicture(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes a PNG.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="rgb">[height, width, 3], red, green, blue.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="compression">0 … 9. On noisy pictures 1 is six times as fast as 6 and makes files an eighth larger.</param>
    /// <exception cref="ArgumentException">The span does not hold width × height × 3 bytes, or the compression is out of range.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static void WritePng(string path, ReadOnlySpan<byte> rgb, int width, int height, int compression = 6)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(compression);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compression, 9);
        SKPngEncoderFilterFlags filters = compression < 4 ? SKPngEncoderFilterFlags.Paeth : SKPngEncoderFilterFlags.AllFilters;
        Write(path, rgb, width, height, pixels => pixels.Encode(new SKPngEncoderOptions(filters, compression)));
    }

    /// <summary>Writes a JPEG.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="rgb">[height, width, 3], red, green, blue.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="quality">1 … 100.</param>
    /// <exception cref="ArgumentException">The span does not hold width × height × 3 bytes, or the quality is out of range.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public static void WriteJpeg(string path, ReadOnlySpan<byte> rgb, int width, int height, int quality = 92)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, 100);
        Write(path, rgb, width, height, pixels => pixels.Encode(SKEncodedImageFormat.Jpeg, quality));
    }

    private static void Write(string path, ReadOnlySpan<byte> rgb, int width, int height, Func<SKPixmap, SKData?> encode)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        if (rgb.Length != (Int128)width * height * 3)
            throw new ArgumentException($"{rgb.Length} bytes were given for a picture of {width} × {height} × 3.", nameof(rgb));

        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int y = 0; y < height; y++)
        {
            Span<uint> row = MemoryMarshal.Cast<byte, uint>(pixels.Slice(y * bitmap.RowBytes, width * 4));
            ReadOnlySpan<byte> from = rgb.Slice(y * width * 3, width * 3);
            for (int x = 0; x < width; x++)
                row[x] = from[x * 3] | ((uint)from[(x * 3) + 1] << 8) | ((uint)from[(x * 3) + 2] << 16) | 0xFF000000u;
        }

        using SKPixmap picture = bitmap.PeekPixels();
        using SKData data =
            encode(picture) ?? throw new InvalidOperationException($"{path}: the picture of {width} × {height} could not be encoded.");
        AtomicFile.Write(path, data.AsSpan(), oneOfMany: true);
    }
}
