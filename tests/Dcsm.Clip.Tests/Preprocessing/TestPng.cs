using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Dcsm.Clip.Tests.Preprocessing;

/// <summary>PNGs of every kind, chunk by chunk.</summary>
internal sealed record TestPng(int Width, int Height, int Depth, int Type, bool IsInterlaced = false)
{
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

    public static byte[] Signature => [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A];

    public static byte[] End => Chunk("IEND", []);

    public byte[] Header
    {
        get
        {
            byte[] header = new byte[13];
            BinaryPrimitives.WriteInt32BigEndian(header, Width);
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
            (header[8], header[9], header[12]) = ((byte)Depth, (byte)Type, (byte)(IsInterlaced ? 1 : 0));
            return Chunk("IHDR", header);
        }
    }

    private int Samples =>
        Type switch
        {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };

    public static byte[] Chunk(string name, byte[] data, bool isIntact = true)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        byte[] length = new byte[4],
            sum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(body) ^ (isIntact ? 0 : 1u));
        return [.. length, .. body, .. sum];
    }

    public static byte[] Pack(byte[] rows)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows);
        return packed.ToArray();
    }

    /// <summary>A whole file.</summary>
    public byte[] File(Func<int, int, int, int> sample, Func<int, int>? filter = null, params byte[][] beforeData) =>
        [.. Signature, .. Header, .. beforeData.SelectMany(chunk => chunk), .. Chunk("IDAT", Pack(Rows(sample, filter))), .. End];

    /// <summary>The rows of all passes, each behind the number of its filter.</summary>
    /// <param name="sample">Value of column, row and channel.</param>
    /// <param name="filter">The filter of a row; null for none.</param>
    public byte[] Rows(Func<int, int, int, int> sample, Func<int, int>? filter = null)
    {
        var rows = new MemoryStream();
        foreach ((int left, int top, int stepX, int stepY) in IsInterlaced ? Passes : [(0, 0, 1, 1)])
        {
            int columns = (Width - left + stepX - 1) / stepX;
            byte[] above = new byte[((columns * Samples * Depth) + 7) / 8];
            for (int y = top; y < Height && columns > 0; y += stepY)
            {
                byte[] row = new byte[above.Length];
                for (int i = 0; i < columns * Samples; i++)
                {
                    int value = sample(left + (i / Samples * stepX), y, i % Samples);
                    int bit = i * Depth;
                    if (Depth == 16)
                        BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(bit / 8), (ushort)value);
                    else
                        row[bit / 8] |= (byte)((value & ((1 << Depth) - 1)) << (8 - Depth - (bit % 8)));
                }
                int own = filter?.Invoke(y) ?? 0;
                rows.WriteByte((byte)own);
                rows.Write(Filter(own, row, above));
                above = row;
            }
        }

        return rows.ToArray();
    }

    private byte[] Filter(int filter, byte[] row, byte[] above)
    {
        int pixel = Math.Max(1, Samples * Depth / 8);
        byte[] filtered = new byte[row.Length];
        for (int i = 0; i < row.Length; i++)
        {
            (int left, int corner) = i < pixel ? (0, 0) : (row[i - pixel], above[i - pixel]);
            int predicted = filter switch
            {
                1 => left,
                2 => above[i],
                3 => (left + above[i]) / 2,
                4 => new[] { left, above[i], corner }.MinBy(value => Math.Abs(left + above[i] - corner - value)),
                _ => 0,
            };
            filtered[i] = (byte)(row[i] - predicted);
        }

        return filtered;
    }
}
