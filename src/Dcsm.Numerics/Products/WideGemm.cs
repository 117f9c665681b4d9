using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Products;

/// <summary><see cref="Gemm{TVector}"/> in the widest vectors there are, of 256 bits or more. Results are the same to the bit in either.</summary>
public static unsafe class WideGemm
{
    /// <summary>Columns of a panel of the right side.</summary>
    public static int Columns => Wide ? 2 * Simd512.Count : 2 * Simd256.Count;

    private static bool Wide { get; } = VectorWidth.Widest == 512;

    /// <summary>Multiplies: C[rows, panels · columns] = A[rows, depth] · B.</summary>
    /// <param name="a">[rows, depth], rows <paramref name="aStride"/> apart.</param>
    /// <param name="b">[panels, depth, columns], contiguous.</param>
    /// <param name="c">[rows, panels · columns], rows <paramref name="cStride"/> apart.</param>
    public static void Multiply(float* a, nint aStride, float* b, int panels, float* c, nint cStride, int rows, int depth)
    {
        if (Wide)
            Multiply<Simd512>(a, aStride, b, panels, c, cStride, rows, depth);
        else
            Multiply<Simd256>(a, aStride, b, panels, c, cStride, rows, depth);
    }

    private static void Multiply<TVector>(float* a, nint aStride, float* b, int panels, float* c, nint cStride, int rows, int depth)
        where TVector : unmanaged, ISimd<TVector>
    {
        int columns = 2 * TVector.Count;
        int panel = 0;
        for (; Gemm<TVector>.HasManyRegisters && panel <= panels - 2; panel += 2, b += 2 * (nint)depth * columns, c += 2 * columns)
            Gemm<TVector>.MultiplyTwo(a, aStride, b, c, cStride, rows, depth);
        for (; panel < panels; panel++, b += (nint)depth * columns, c += columns)
            Gemm<TVector>.Multiply(a, aStride, b, c, cStride, rows, depth, accumulate: false);
    }
}
