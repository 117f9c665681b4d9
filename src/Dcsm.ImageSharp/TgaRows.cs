using System.Buffers.Binary;

namespace Dcsm.ImageSharp;

/// <summary>Whether a TGA has all its pixels; ImageSharp takes what is missing for black.</summary>
/// <remarks>Source: Truevision TGA file format specification, version 2.0.</remarks>
internal static class TgaRows
{
    private const int HeadLength = 18,
        RunLengthEncoded = 8;

    public static bool AreCut(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeadLength)
            return true;
        int colors = file[1] == 0 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(file[5..]) * ((file[7] + 7) / 8);
        long at = HeadLength + file[0] + colors;
        long pixels = (long)BinaryPrimitives.ReadUInt16LittleEndian(file[12..]) * BinaryPrimitives.ReadUInt16LittleEndian(file[14..]);
        int size = (file[16] + 7) / 8;
        if (file[2] < RunLengthEncoded)
            return at + (pixels * size) > file.Length;
        while (pixels > 0 && at < file.Length)
        {
            int count = (file[(int)at] & 127) + 1;
            at += 1 + (file[(int)at] > 127 ? size : count * size);
            pixels -= count;
        }

        return pixels > 0 || at > file.Length;
    }
}
