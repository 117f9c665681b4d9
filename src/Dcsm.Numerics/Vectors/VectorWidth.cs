using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dcsm.Numerics.Vectors;

/// <summary>How wide the vectors of long products are.</summary>
public static class VectorWidth
{
    /// <summary>The widest that the processor computes with, in bits.</summary>
    /// <remarks>
    /// .NET calls vectors of 512 bits not accelerated where using them slows down the clock. Long products are faster with them all
    /// the same (docs/performance.md).
    /// </remarks>
    public static int Widest { get; } =
        Vector512.IsHardwareAccelerated || Avx512F.IsSupported ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : 128;
}
