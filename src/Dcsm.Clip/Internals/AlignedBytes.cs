namespace Dcsm.Clip.Internals;

/// <summary>Zeroed bytes that stay where they are, beginning at a cache line.</summary>
internal sealed unsafe class AlignedBytes
{
    private readonly AlignedFloats memory;

    internal AlignedBytes(long length)
    {
        Length = length;
        memory = new AlignedFloats((length + sizeof(float) - 1) / sizeof(float));
    }

    internal long Length { get; }

    internal byte* Pointer => (byte*)memory.Pointer;
}
