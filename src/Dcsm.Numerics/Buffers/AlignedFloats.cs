namespace Dcsm.Numerics.Buffers;

/// <summary>Zeroed floats that stay where they are, beginning at a cache line.</summary>
public sealed unsafe class AlignedFloats
{
    private const int Alignment = 64;

    /// <summary>Whence memory of so many floats is, with who owns it: an array, unless tests put it between pages of their own.</summary>
    internal static Func<long, (nint Start, object Owner)>? Source { get; set; }

    // Keeps the memory alive as long as this object is.
    private readonly object _memory;

    /// <summary>Makes room.</summary>
    /// <exception cref="OverflowException">An array cannot be that long.</exception>
    public AlignedFloats(long length)
    {
        Length = length;
        if (Source is { } source)
        {
            (nint first, _memory) = source(length);
            Pointer = (float*)first;
            return;
        }

        float[] array = GC.AllocateArray<float>(checked((int)length + (Alignment / sizeof(float))), pinned: true);
        _memory = array;
        fixed (float* start = array)
            Pointer = (float*)(((nint)start + Alignment - 1) & ~(nint)(Alignment - 1));
    }

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>The first one; good as long as this object is alive.</summary>
    public float* Pointer { get; }
}
