using System.Buffers.Binary;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>
/// Whether a JPEG of several scans, progressive or not, has all of them. Each scan goes over the whole picture, so that what is cut short
/// looks whole to a decoder, only coarser; Pillow refuses it.
/// </summary>
/// <remarks>Source: ITU-T T.81, annex B.</remarks>
internal static class JpegScans
{
    private const byte EndOfImage = 0xD9,
        StartOfScan = 0xDA;

    /// <summary>The mark behind the last scan.</summary>
    public static ReadOnlySpan<byte> End => [0xFF, EndOfImage];

    /// <summary>Whether a JPEG is of several scans for each component, all of which a decoder holds.</summary>
    public static bool IsProgressive(ReadOnlySpan<byte> file)
    {
        for (
            int at = 2;
            at + 4 <= file.Length && file[at] == 0xFF;
            at += 2 + Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]))
        )
        {
            if (file[at + 1] is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return (file[at + 1] & 3) == 2;
        }

        return true; // Odd enough to be reckoned with.
    }

    /// <summary>Whether the end is missing of a JPEG of several scans; false for other files.</summary>
    public static bool AreCut(ReadOnlySpan<byte> file)
    {
        if (file is not [0xFF, 0xD8, ..])
            return false;
        bool isProgressive = false;
        int components = 0;
        for (int at = 2; at + 1 < file.Length; )
        {
            // Fill bytes, then the marker; between scans coded data, in which 0xFF is followed by 0 or a restart's number.
            if (file[at] != 0xFF || file[at + 1] is 0xFF or 0 or (>= 0xD0 and <= 0xD7) or 1)
            {
                int next = file[(at + 1)..].IndexOf((byte)0xFF);
                if (next < 0)
                    return true;
                at += 1 + next;
                continue;
            }

            byte marker = file[at + 1];
            if (marker == EndOfImage)
                return false;
            if (at + 4 > file.Length)
                return true;
            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            ReadOnlySpan<byte> segment = file[(at + 4)..Math.Min(file.Length, at + 2 + Math.Max(2, length))];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && segment.Length > 5)
                (isProgressive, components) = ((marker & 3) == 2, segment[5]);
            else if (marker == StartOfScan && !isProgressive && segment.Length > 0 && segment[0] >= components)
                return false; // the one scan of a picture, of which the decoder knows its rows
            at += 2 + Math.Max(2, length);
        }

        return true;
    }
}
