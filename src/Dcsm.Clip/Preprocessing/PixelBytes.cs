using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dcsm.Clip.Preprocessing;

/// <summary>Pixels of 3 bytes from pixels of 4, and back.</summary>
internal static class PixelBytes
{
    /// <summary>Leaves out every fourth byte.</summary>
    public static void Pack(ReadOnlySpan<byte> quads, Span<byte> triples)
    {
        int count = quads.Length / 4;
        triples = triples[..(count * 3)];
        (int i, int to) = (0, 0);
        if (Vector128.IsHardwareAccelerated)
        {
            var places = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
            // Four zeros follow, which what comes next overwrites.
            for (; to + 16 <= triples.Length; i += 16, to += 12)
                Vector128.Shuffle(Vector128.Create(quads[i..]), places).CopyTo(triples[to..]);
        }
        for (; to < triples.Length; i += 4, to += 3)
            quads.Slice(i, 3).CopyTo(triples[to..]);
    }

    /// <summary>Puts a zero behind every third byte.</summary>
    public static void Spread(ReadOnlySpan<byte> triples, Span<byte> quads)
    {
        for (int from = 0, to = 0; from < triples.Length; from += 3, to += 4)
        {
            triples.Slice(from, 3).CopyTo(quads[to..]);
            quads[to + 3] = 0;
        }
    }

    /// <summary>Image.alpha_composite of Pillow on opaque white (src/libImaging/AlphaComposite.c), to the bit.</summary>
    public static void LayOnWhite(Span<byte> rgba)
    {
        for (int pixel = 0; pixel < rgba.Length; pixel += 4)
            LayOnWhite(rgba.Slice(pixel, 3), rgba[pixel + 3]);
    }

    /// <summary>The same of one pixel's red, green and blue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LayOnWhite(Span<byte> rgb, byte alpha)
    {
        const int Precision = 7;
        if (alpha == 255)
            return;
        int share = alpha << Precision;
        int white = (255 * ((255 * (1 << Precision)) - share)) + (0x80 << Precision);
        (int red, int green, int blue) = ((rgb[0] * share) + white, (rgb[1] * share) + white, (rgb[2] * share) + white);
        rgb[0] = (byte)((((red >> 8) + red) >> 8) >> Precision);
        rgb[1] = (byte)((((green >> 8) + green) >> 8) >> Precision);
        rgb[2] = (byte)((((blue >> 8) + blue) >> 8) >> Precision);
    }
}
