using System.Buffers.Binary;
using System.IO.Compression;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>
/// PNG of 16-bit gray values, read as Pillow converts it to RGB: clipped at 255, not scaled down. Skia keeps the high
/// byte only, from which that can't be told.
/// </summary>
/// <remarks>Written by hand: no decoder at hand gives the 16 bits, and this kind of PNG takes a page.</remarks>
internal static class DeepGrayPng
{
    private const int BytesPerPixel = 2,
        HeaderLength = 33,
        ChunkFrame = 12;

    // Adam7: first column and row, and steps, of each pass.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
    [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];

    /// <summary>Whether a file is one: signature, then the header chunk with depth and color type.</summary>
    public static bool Is(ReadOnlySpan<byte> file) =>
        file.Length > HeaderLength
        && file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'])
        && file[24] == 16
        && file[25] == 0;

    /// <summary>The picture's pixels, [height, width, 3].</summary>
    public static byte[] ReadRgb(string path, byte[] file, int width, int height)
    {
        using var inflated = new ZLibStream(new MemoryStream(ImageData(file)), CompressionMode.Decompress);
        byte[] rgb = new byte[checked(width * height * 3)];
        try
        {
            foreach ((int x, int y, int stepX, int stepY) in file[28] == 1 ? Passes : [(0, 0, 1, 1)])
                ReadPass(inflated, rgb, width, height, x, y, stepX, stepY);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{path}: the picture is damaged or cut short: {e.Message}", e);
        }
        return rgb;
    }

    private static byte[] ImageData(byte[] file)
    {
        var data = new MemoryStream();
        for (int at = 8; at + ChunkFrame <= file.Length; )
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - ChunkFrame)
                break;
            if (file.AsSpan(at + 4, 4).SequenceEqual("IDAT"u8))
                data.Write(file.AsSpan(at + 8, (int)length));
            at += ChunkFrame + (int)length;
        }
        return data.ToArray();
    }

    private static void ReadPass(ZLibStream stream, byte[] rgb, int width, int height, int firstX, int firstY, int stepX, int stepY)
    {
        int columns = (width - firstX + stepX - 1) / stepX;
        if (columns <= 0)
            return;
        byte[] line = new byte[columns * BytesPerPixel];
        byte[] above = new byte[line.Length];
        for (int y = firstY; y < height; y += stepY)
        {
            int filter = stream.ReadByte();
            stream.ReadExactly(line);
            Unfilter(filter, line, above);
            for (int i = 0; i < columns; i++)
            {
                byte value = (byte)(line[i * BytesPerPixel] > 0 ? 255 : line[(i * BytesPerPixel) + 1]);
                rgb.AsSpan(((y * width) + firstX + (i * stepX)) * 3, 3).Fill(value);
            }
            (line, above) = (above, line);
        }
    }

    private static void Unfilter(int filter, byte[] line, byte[] above)
    {
        for (int i = 0; i < line.Length; i++)
        {
            int left = i < BytesPerPixel ? 0 : line[i - BytesPerPixel];
            int corner = i < BytesPerPixel ? 0 : above[i - BytesPerPixel];
            line[i] += (byte)(
                filter switch
                {
                    0 => 0,
                    1 => left,
                    2 => above[i],
                    3 => (left + above[i]) / 2,
                    4 => Paeth(left, above[i], corner),
                    _ => throw new InvalidDataException($"a row has the filter {filter}."),
                }
            );
        }
    }

    private static int Paeth(int left, int above, int corner)
    {
        (int a, int b, int c) = (Math.Abs(above - corner), Math.Abs(left - corner), Math.Abs(left + above - (2 * corner)));
        return a <= b && a <= c ? left
            : b <= c ? above
            : corner;
    }
}
