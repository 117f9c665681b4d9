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
        const int Precision = 7;
        for (int pixel = 0; pixel < rgba.Length; pixel += 4)
        {
            byte alpha = rgba[pixel + 3];
            if (alpha == 255)
                continue;
            int share = alpha << Precision;
            int rest = (255 * (1 << Precision)) - share;
            for (int channel = 0; channel < 3; channel++)
            {
                int sum = (rgba[pixel + channel] * share) + (255 * rest) + (0x80 << Precision);
                rgba[pixel + channel] = (byte)((((sum >> 8) + sum) >> 8) >> Precision);
            }
        }
    }
}
