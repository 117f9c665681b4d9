using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Products;

/// <summary>
/// Gradients of a linear layer whose samples lie side by side in lanes, two vectors of them in a batch. Sums run in an order that sizes
/// alone decide.
/// </summary>
public static unsafe class LinearGradients
{
    // Batches that are summed in registers at a time, so that their share of the gradients stays in the second cache.
    private const int BatchesTogether = 16;

    /// <summary>
    /// Gradients of the weights: for each input and each unit the sum over the samples of the input times the unit's gradient.
    /// </summary>
    /// <param name="inputs">[batches, size, 2V]</param>
    /// <param name="units">Gradients, transposed. [batches, panels, 2V samples, 2V units]</param>
    /// <param name="batches">Number of batches.</param>
    /// <param name="size">Inputs.</param>
    /// <param name="panels">Panels of 2V units.</param>
    /// <param name="result">[panels, size, 2V]</param>
    public static void Weights<TVector>(float* inputs, float* units, int batches, int size, int panels, float* result)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int lanes = Gemm.Columns<TVector>();
        nint inputsOfBatch = (nint)size * lanes,
            unitsOfBatch = (nint)panels * lanes * lanes;
        for (int batch = 0; batch < batches; batch += BatchesTogether)
        {
            for (int row = 0; row < size; row += Gemm.TileRows)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    Gemm.Tile<TVector>(
                        inputs + (batch * inputsOfBatch) + ((nint)row * lanes),
                        rowStride: lanes,
                        depthStride: 1,
                        units + (batch * unitsOfBatch) + ((nint)panel * lanes * lanes),
                        result + ((((nint)panel * size) + row) * lanes),
                        cStride: lanes,
                        rows: size - row,
                        depth: lanes,
                        batch > 0 ? Gemm.Update.Add : Gemm.Update.Overwrite,
                        stretches: Math.Min(BatchesTogether, batches - batch),
                        aStretch: inputsOfBatch,
                        bStretch: unitsOfBatch
                    );
                }
            }
        }
    }

    /// <summary>
    /// Gradients of the inputs, in place of the inputs: weights transposed times the units' gradients, where the input is above 0.
    /// </summary>
    /// <param name="weights">[hidden, size]</param>
    /// <param name="units">[hidden, 2V]</param>
    /// <param name="hidden">Units.</param>
    /// <param name="size">Inputs.</param>
    /// <param name="inputs">[size, 2V]</param>
    public static void Inputs<TVector>(float* weights, float* units, int hidden, int size, float* inputs)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        int lanes = Gemm.Columns<TVector>();
        for (int row = 0; row < size; row += Gemm.TileRows)
        {
            Gemm.Tile<TVector>(
                weights + row,
                rowStride: 1,
                depthStride: size,
                units,
                inputs + ((nint)row * lanes),
                cStride: lanes,
                rows: size - row,
                depth: hidden,
                Gemm.Update.Gate
            );
        }
    }
}
