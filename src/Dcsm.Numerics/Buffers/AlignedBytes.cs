namespace Dcsm.Numerics.Buffers;

/// <summary>Zeroed bytes that stay where they are, beginning at a cache line.</summary>
public sealed unsafe class AlignedBytes
{
    private readonly AlignedFloats _memory;

    public AlignedBytes(long length)
    {
        Length = length;
        _memory = new AlignedFloats((length + sizeof(float) - 1) / sizeof(float));
    }

    public long Length { get; }

    public byte* Pointer => (byte*)_memory.Pointer;
}
