namespace Dcsm.Numerics.Buffers;

/// <summary>Zeroed floats that stay where they are, beginning at a cache line.</summary>
public sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;

    // Keeps the memory alive as long as this object is.
    private readonly float[] _memory;

    /// <summary>Makes room.</summary>
    /// <exception cref="OverflowException">An array cannot be that long.</exception>
    public AlignedFloats(long length)
    {
        Length = length;
        _memory = GC.AllocateArray<float>(checked((int)length + (Alignment / sizeof(float))), pinned: true);
        fixed (float* start = _memory)
            Pointer = (float*)(((nint)start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>The first one; good as long as this object is alive.</summary>
    public float* Pointer { get; }
}
