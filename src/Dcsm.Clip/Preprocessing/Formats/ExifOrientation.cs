using System.Buffers.Binary;
using SkiaSharp;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>The orientation in the EXIF of a PNG, which Skia does not look at and Pillow's <c>exif_transpose</c> does.</summary>
/// <remarks>Sources: PNG specification, third edition, 11.3.4.5 (eXIf); TIFF 6.0, section 2.</remarks>
internal static class ExifOrientation
{
    private const int EntryLength = 12;
    private const ushort Orientation = 0x0112,
        Short = 3;

    /// <summary>What the picture's chunk <c>eXIf</c> says; none where there is no such chunk, or it can't be read.</summary>
    public static SKEncodedOrigin OfPng(byte[] file)
    {
        var chunks = new PngChunks(file);
        while (chunks.MoveNext())
        {
            if (chunks.Is("eXIf"u8))
                return chunks.IsIntact ? Of(chunks.Data.Span) : SKEncodedOrigin.Default;
        }

        return SKEncodedOrigin.Default;
    }

    private static SKEncodedOrigin Of(ReadOnlySpan<byte> tiff)
    {
        bool isLittle = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || (!isLittle && !tiff.StartsWith("MM\0*"u8)))
            return SKEncodedOrigin.Default;
        uint directory = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory > tiff.Length - 2)
            return SKEncodedOrigin.Default;
        ReadOnlySpan<byte> entries = tiff[((int)directory + 2)..];
        for (int left = Number(tiff[(int)directory..]); left > 0 && entries.Length >= EntryLength; left--, entries = entries[EntryLength..])
        {
            if (Number(entries) == Orientation && Number(entries[2..]) == Short && Number(entries[8..]) is >= 1 and <= 8 and var origin)
                return (SKEncodedOrigin)origin;
        }

        return SKEncodedOrigin.Default;

        ushort Number(ReadOnlySpan<byte> bytes) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
