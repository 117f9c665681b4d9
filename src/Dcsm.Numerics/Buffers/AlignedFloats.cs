namespace Dcsm.Numerics.Buffers;

/// <summary>Zeroed floats that stay where they are, beginning at a cache line.</summary>
public sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;

    // Keeps the memory alive as long as this object is.
    private readonly float[] _memory;

    public AlignedFloats(long length)
    {
        Length = length;
        _memory = GC.AllocateArray<float>(checked((int)length + (Alignment / sizeof(float))), pinned: true);
        fixed (float* start = _memory)
            Pointer = (float*)(((nint)start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    public long Length { get; }

    public float* Pointer { get; }
}
