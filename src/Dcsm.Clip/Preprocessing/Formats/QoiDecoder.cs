using System.Buffers.Binary;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>The Quite OK Image format.</summary>
/// <remarks>
/// Written by hand: SixLabors.ImageSharp has it from version 3 on only. Source: the specification, version 1.0 (qoiformat.org).
/// </remarks>
internal sealed class QoiDecoder : IPictureDecoder
{
    private const int HeaderLength = 14,
        Seen = 64;

    public string Formats => "QOI";

    public (int Width, int Height)? Measure(byte[] file)
    {
        ReadOnlySpan<byte> head = file;
        if (!head.StartsWith("qoif"u8) || head.Length < HeaderLength)
            return null;
        uint width = BinaryPrimitives.ReadUInt32BigEndian(head[4..]),
            height = BinaryPrimitives.ReadUInt32BigEndian(head[8..]);
        return width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue
            ? ((int)width, (int)height)
            : throw new InvalidDataException($"{width} × {height} pixels can't be");
    }

    public (int Width, int Height) Decode(byte[] file, Span<byte> rgba)
    {
        Span<uint> seen = stackalloc uint[Seen];
        Span<byte> pixel = [0, 0, 0, 255];
        int at = HeaderLength;
        for (int to = 0; to < rgba.Length; )
        {
            int run = 1;
            int tag = Next();
            switch (tag)
            {
                case 0xFE or 0xFF:
                    for (int channel = 0; channel < (tag == 0xFE ? 3 : 4); channel++)
                        pixel[channel] = (byte)Next();
                    break;
                case < 0x40:
                    BinaryPrimitives.WriteUInt32LittleEndian(pixel, seen[tag]);
                    break;
                case < 0x80:
                    for (int channel = 0; channel < 3; channel++)
                        pixel[channel] += (byte)(((tag >> (4 - (2 * channel))) & 3) - 2);
                    break;
                case < 0xC0:
                    (int green, int rest) = ((tag & 63) - 32, Next());
                    pixel[0] += (byte)(green - 8 + (rest >> 4));
                    pixel[1] += (byte)green;
                    pixel[2] += (byte)(green - 8 + (rest & 15));
                    break;
                default:
                    run = (tag & 63) + 1;
                    break;
            }

            seen[((pixel[0] * 3) + (pixel[1] * 5) + (pixel[2] * 7) + (pixel[3] * 11)) % Seen] = BinaryPrimitives.ReadUInt32LittleEndian(
                pixel
            );
            for (; run > 0 && to < rgba.Length; run--, to += 4)
                pixel.CopyTo(rgba[to..]);
        }

        return Measure(file)!.Value;

        int Next() => at < file.Length ? file[at++] : throw new InvalidDataException("it is cut short");
    }
}
