using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Products;

/// <summary>
/// <see cref="Gemm.Multiply"/> in a width of vectors that is chosen when the program runs. Results are the same to the bit in each.
/// </summary>
public abstract unsafe class PanelProduct
{
    private protected PanelProduct() { }

    /// <summary>In the widest vectors that there are.</summary>
    public static PanelProduct Widest { get; } = Create(VectorWidth.Widest);

    /// <summary>Columns of a panel of the right side.</summary>
    public abstract int Columns { get; }

    /// <summary>The product in vectors of a width.</summary>
    public static PanelProduct Create(VectorWidth width) => width.Run(new Creation());

    /// <summary>Multiplies: C[rows, panels · columns] = A[rows, depth] · B.</summary>
    /// <param name="a">[rows, depth], rows <paramref name="aStride"/> apart.</param>
    /// <param name="aStride">Floats from row to row.</param>
    /// <param name="b">[panels, depth, columns], contiguous.</param>
    /// <param name="panels">Number of panels.</param>
    /// <param name="c">[rows, panels · columns], rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Floats from row to row.</param>
    /// <param name="rows">Rows of A and of C.</param>
    /// <param name="depth">Columns of A, rows of B.</param>
    public abstract void Multiply(float* a, nint aStride, float* b, int panels, float* c, nint cStride, int rows, int depth);

    private sealed class Creation : IVectorKernel<PanelProduct>
    {
        public PanelProduct Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector> => new Of<TVector>();
    }

    private sealed class Of<TVector> : PanelProduct
        where TVector : unmanaged, IFloatVector<TVector>
    {
        public override int Columns => Gemm.Columns<TVector>();

        public override void Multiply(float* a, nint aStride, float* b, int panels, float* c, nint cStride, int rows, int depth) =>
            Gemm.Multiply<TVector>(a, aStride, b, panels, c, cStride, rows, depth);
    }
}
