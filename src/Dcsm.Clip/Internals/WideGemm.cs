namespace Dcsm.Clip.Internals;

/// <summary><see cref="Gemm{TVector}"/> in the widest vectors there are, of 256 bits or more. Results are the same to the bit in either.</summary>
internal static unsafe class WideGemm
{
    /// <summary>Columns of the right side.</summary>
    public static int Columns => Wide ? 2 * Simd512.Count : 2 * Simd256.Count;

    private static bool Wide { get; } = VectorWidth.Widest == 512;

    /// <inheritdoc cref="Gemm{TVector}.Multiply"/>
    public static void Multiply(float* a, nint aStride, float* b, float* c, nint cStride, int rows, int depth, bool accumulate)
    {
        if (Wide)
            Gemm<Simd512>.Multiply(a, aStride, b, c, cStride, rows, depth, accumulate);
        else
            Gemm<Simd256>.Multiply(a, aStride, b, c, cStride, rows, depth, accumulate);
    }
}
