using System.Buffers.Binary;
using System.IO.Hashing;

namespace Dcsm.Fuzz;

/// <summary>Checksums of the chunks of a PNG.</summary>
internal static class PngSums
{
    private const int SignatureLength = 8,
        FrameLength = 12;

    /// <summary>The file with those that are right for what its chunks hold, as far as chunks follow one another.</summary>
    public static byte[] Mended(byte[] file)
    {
        for (int at = SignatureLength; at + FrameLength <= file.Length; )
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - FrameLength)
                break;
            int sum = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(sum), Crc32.HashToUInt32(file.AsSpan(at + 4, sum - at - 4)));
            at = sum + 4;
        }

        return file;
    }
}
