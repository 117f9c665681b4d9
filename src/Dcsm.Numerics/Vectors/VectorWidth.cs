using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dcsm.Numerics.Vectors;

/// <summary>
/// The width of the vectors that a kernel computes with. Every width that kernels are compiled for is listed here, and chosen here alone;
/// tests run each one that the processor has.
/// </summary>
public abstract class VectorWidth
{
    private protected VectorWidth() { }

    /// <summary>Those that the processor has, the widest first; the last one is a single float, which every processor has.</summary>
    /// <remarks>
    /// .NET calls vectors of 512 bits not accelerated where using them slows down the clock. Long products are faster with them all
    /// the same (docs/performance.md).
    /// </remarks>
    public static IReadOnlyList<VectorWidth> Available { get; } =
        new (bool Supported, VectorWidth Width)[]
        {
            (Vector512.IsHardwareAccelerated || Avx512F.IsSupported, new VectorWidth<FloatVector512>()),
            (Vector256.IsHardwareAccelerated, new VectorWidth<FloatVector256>()),
            (Vector128.IsHardwareAccelerated, new VectorWidth<FloatVector128>()),
            (true, new VectorWidth<FloatScalar>()),
        }
            .Where(candidate => candidate.Supported)
            .Select(candidate => candidate.Width)
            .ToArray();

    /// <summary>The widest that the processor has.</summary>
    public static VectorWidth Widest { get; } = Available[0];

    /// <summary>Floats in a vector.</summary>
    public abstract int Count { get; }

    /// <summary>Bits in a vector.</summary>
    public int Bits => Count * 8 * sizeof(float);

    /// <summary>Runs a kernel in this width.</summary>
    public abstract TResult Run<TResult>(IVectorKernel<TResult> kernel);

    /// <summary>The width in bits.</summary>
    public override string ToString() => $"{Bits} bits";
}

/// <summary>The width of one type of vectors.</summary>
internal sealed class VectorWidth<TVector> : VectorWidth
    where TVector : unmanaged, IFloatVector<TVector>
{
    public override int Count => TVector.Count;

    public override TResult Run<TResult>(IVectorKernel<TResult> kernel) => kernel.Run<TVector>();
}
