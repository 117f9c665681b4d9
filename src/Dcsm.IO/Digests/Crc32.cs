using System.Buffers.Binary;

namespace Dcsm.IO.Digests;

/// <summary>The checksum of zip archives, eight bytes at a time.</summary>
public static class Crc32
{
    private static readonly uint[][] RemainderTables = Tables();

    /// <summary>Goes on from the checksum of what came before; 0 to begin with.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        uint c = ~checksum;
        uint[][] t = RemainderTables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes) ^ c;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            c =
                t[7][(byte)low]
                ^ t[6][(byte)(low >> 8)]
                ^ t[5][(byte)(low >> 16)]
                ^ t[4][low >> 24]
                ^ t[3][(byte)high]
                ^ t[2][(byte)(high >> 8)]
                ^ t[1][(byte)(high >> 16)]
                ^ t[0][high >> 24];
        }
        foreach (byte value in bytes)
            c = t[0][(byte)(c ^ value)] ^ (c >> 8);
        return ~c;
    }

    private static uint[][] Tables()
    {
        uint[][] tables = new uint[8][];
        for (int k = 0; k < 8; k++)
            tables[k] = new uint[256];
        for (uint i = 0u; i < 256; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? (c >> 1) ^ 0xEDB88320 : c >> 1;
            tables[0][i] = c;
        }
        for (int k = 1; k < 8; k++)
        {
            for (int i = 0; i < 256; i++)
                tables[k][i] = tables[0][(byte)tables[k - 1][i]] ^ (tables[k - 1][i] >> 8);
        }
        return tables;
    }
}
