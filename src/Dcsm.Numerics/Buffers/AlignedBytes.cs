namespace Dcsm.Numerics.Buffers;

/// <summary>Zeroed bytes that stay where they are, beginning at a cache line.</summary>
public sealed unsafe class AlignedBytes
{
    private readonly AlignedFloats _memory;

    /// <summary>Makes room.</summary>
    public AlignedBytes(long length)
    {
        Length = length;
        _memory = new AlignedFloats((length + sizeof(float) - 1) / sizeof(float));
    }

    /// <summary>Number of bytes.</summary>
    public long Length { get; }

    /// <summary>The first one; good as long as this object is alive.</summary>
    public byte* Pointer => (byte*)_memory.Pointer;
}
