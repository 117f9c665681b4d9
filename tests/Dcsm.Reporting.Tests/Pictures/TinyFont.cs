using System.Buffers.Binary;
using System.Text;

namespace Dcsm.Reporting.Tests.Pictures;

/// <summary>TrueType files of one look: a full square for each of a range of letters.</summary>
internal static class TinyFont
{
    private const int Em = 1000;

    public static byte[] Of(int firstLetter, int lastLetter)
    {
        byte[] square = Words(1, 0, 0, Em, Em, 3, 0).Concat((byte[])[1, 1, 1, 1]).Concat(Words(0, Em, 0, -Em, 0, 0, Em, 0)).ToArray();
        (string Name, byte[] Bytes)[] tables =
        [
            ("cmap", [.. Words(0, 1, 3, 10, 0, 12, 12, 0), .. Longs(28, 0, 1, firstLetter, lastLetter, 1)]),
            ("glyf", square),
            ("head", [.. Longs(0x00010000, 0, 0, 0x5F0F3CF5), .. Words(0, Em), .. new byte[16], .. Words(0, 0, Em, Em, 0, 8, 2, 1, 0)]),
            ("hhea", [.. Longs(0x00010000), .. Words(Em, 0, 0, Em, 0, 0, Em, 1, 0, 0, 0, 0, 0, 0, 0, lastLetter - firstLetter + 2)]),
            ("hmtx", [.. Enumerable.Range(0, lastLetter - firstLetter + 2).SelectMany(_ => Words(Em, 0))]),
            ("loca", Longs([0, 0, .. Enumerable.Repeat(square.Length, lastLetter - firstLetter + 1)])),
            ("maxp", [.. Longs(0x00010000), .. Words(lastLetter - firstLetter + 2, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0)]),
        ];
        // Each letter has a glyph of its own, and only the first of them an outline.
        List<byte> file = [.. Longs(0x00010000), .. Words(tables.Length, 64, 2, 48)];
        int place = 12 + (16 * tables.Length);
        foreach ((string name, byte[] bytes) in tables)
        {
            file.AddRange([.. Encoding.ASCII.GetBytes(name), .. Longs(0, place, bytes.Length)]);
            place += (bytes.Length + 3) / 4 * 4;
        }

        foreach ((_, byte[] bytes) in tables)
            file.AddRange([.. bytes, .. new byte[((bytes.Length + 3) / 4 * 4) - bytes.Length]]);
        return [.. file];
    }

    private static byte[] Words(params int[] values) => [.. values.SelectMany(value => (byte[])[(byte)(value >> 8), (byte)value])];

    private static byte[] Longs(params int[] values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }
}
