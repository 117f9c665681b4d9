using System.Buffers.Binary;
using System.IO.Hashing;

namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>Goes from chunk to chunk of a PNG.</summary>
internal sealed class PngChunks(byte[] file)
{
    private const int SignatureLength = 8,
        HeadLength = 8,
        SumLength = 4;

    private long _next = SignatureLength;
    private uint _length;

    /// <summary>Where the chunk begins in the file.</summary>
    public int Start { get; private set; }

    /// <summary>What it holds, as far as the file goes.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>Whether its checksum is right, or not there because the file ends before.</summary>
    public bool IsIntact =>
        _length <= int.MaxValue
        && (
            _next > file.Length
            || Crc32.HashToUInt32(file.AsSpan(Start + 4, 4 + (int)_length))
                == BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan((int)_next - SumLength))
        );

    /// <summary>Whether it can be passed over: it is intact, or by its name's first letter of no importance.</summary>
    public bool IsPassable => _length <= int.MaxValue && (IsIntact || (file[Start + 4] & 0x20) != 0);

    /// <summary>Whether the chunk has the name.</summary>
    public bool Is(ReadOnlySpan<byte> name) => file.AsSpan(Start + 4, 4).SequenceEqual(name);

    /// <summary>Goes to the first or next chunk.</summary>
    /// <returns>Whether there is one.</returns>
    public bool MoveNext()
    {
        if (_next > file.Length - HeadLength)
            return false;
        Start = (int)_next;
        _length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(Start));
        int data = Start + HeadLength;
        Data = file.AsMemory(data, (int)Math.Min(_length, file.Length - data));
        _next = data + (long)_length + SumLength;
        return true;
    }
}
