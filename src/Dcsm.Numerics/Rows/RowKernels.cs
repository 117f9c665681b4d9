using System.Runtime.Intrinsics;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Rows;

/// <summary>
/// What a transformer does to one row of numbers, in a width of vectors that is chosen when the program runs. Results are the same to the
/// bit in each: what sums over a row has eight lanes, in the same order, on every machine.
/// </summary>
public abstract unsafe class RowKernels
{
    private protected RowKernels() { }

    /// <summary>In the widest vectors that there are.</summary>
    public static RowKernels Widest { get; } = Create(VectorWidth.Widest);

    private protected static int V => Vector256<float>.Count;

    /// <summary>
    /// How far apart rows are kept: room for whole panels of <see cref="PanelProduct"/>, and not by many cache lines that are a multiple of
    /// a power of two, else a column of them shares a few places of the caches.
    /// </summary>
    public static int Stride(int width)
    {
        const int Line = 16,
            Panel = 2 * Line;
        return ((width + Panel - 1) / Panel * Panel) + Line;
    }

    /// <summary>The kernels in vectors of a width.</summary>
    public static RowKernels Create(VectorWidth width) => width.Run(new Creation());

    /// <summary>Layer norm; may be done in place.</summary>
    /// <param name="from">[width]</param>
    /// <param name="to">[width]</param>
    /// <param name="gamma">What deviations are multiplied with. [width]</param>
    /// <param name="beta">What is added. [width]</param>
    /// <param name="width">Values of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static void LayerNorm(float* from, float* to, float* gamma, float* beta, int width, float epsilon)
    {
        Vector256<float> s0 = default,
            s1 = default;
        int i = 0;
        for (; i <= width - (2 * V); i += 2 * V)
        {
            s0 += Vector256.Load(from + i);
            s1 += Vector256.Load(from + i + V);
        }
        float sum = Vector256.Sum(s0 + s1);
        for (; i < width; i++)
            sum += from[i];
        float mean = sum / width;
        var means = Vector256.Create(mean);
        s0 = s1 = default;
        for (i = 0; i <= width - (2 * V); i += 2 * V)
        {
            (Vector256<float> d0, Vector256<float> d1) = (Vector256.Load(from + i) - means, Vector256.Load(from + i + V) - means);
            s0 += d0 * d0;
            s1 += d1 * d1;
        }
        sum = Vector256.Sum(s0 + s1);
        for (; i < width; i++)
            sum += (from[i] - mean) * (from[i] - mean);
        float factor = 1 / MathF.Sqrt((sum / width) + epsilon);
        var factors = Vector256.Create(factor);
        for (i = 0; i <= width - V; i += V)
            (((Vector256.Load(from + i) - means) * factors * Vector256.Load(gamma + i)) + Vector256.Load(beta + i)).Store(to + i);
        for (; i < width; i++)
            to[i] = ((from[i] - mean) * factor * gamma[i]) + beta[i];
    }

    /// <summary>Divides a row by its length.</summary>
    public static void Normalize(float* row, int count)
    {
        Vector256<float> sums = default;
        int i = 0;
        for (; i <= count - V; i += V)
            sums += Vector256.Load(row + i) * Vector256.Load(row + i);
        float sum = Vector256.Sum(sums);
        for (; i < count; i++)
            sum += row[i] * row[i];
        float norm = MathF.Sqrt(sum);
        for (i = 0; i < count; i++)
            row[i] /= norm;
    }

    /// <summary>x · σ(1.702 x), in place, as far as whole vectors reach.</summary>
    public abstract void QuickGelu(float* row, int count);

    /// <summary>GELU by its approximation with tanh, in place, as far as whole vectors reach.</summary>
    public abstract void TanhGelu(float* row, int count);

    /// <summary>x · Φ(x), in place, as far as whole vectors reach.</summary>
    public abstract void Gelu(float* row, int count);

    /// <summary>Softmax of a row, in place.</summary>
    public abstract void Softmax(float* row, int count);

    /// <summary>Spreads 0 … <see cref="Int8Kernel.Most"/> from the minimum of a row to its maximum.</summary>
    /// <param name="from">[count]</param>
    /// <param name="destination">[count]</param>
    /// <param name="count">Values of a row.</param>
    /// <param name="scale">What one is worth.</param>
    /// <param name="minimum">What zero is worth.</param>
    public abstract void Quantize(float* from, byte* destination, int count, out float scale, out float minimum);

    /// <summary>From sums of products of quantized rows and quantized weights to floats.</summary>
    /// <param name="sums">[rows, columns], contiguous.</param>
    /// <param name="rows">Rows of activations.</param>
    /// <param name="columns">Output channels, a multiple of <see cref="Int8Kernel.Channels"/>.</param>
    /// <param name="rowScales">What one is worth, by row.</param>
    /// <param name="rowMinima">What zero is worth, by row.</param>
    /// <param name="channelScales">What one is worth, by output channel.</param>
    /// <param name="weightSums">What a row's minimum is multiplied with, by output channel.</param>
    /// <param name="bias">By output channel.</param>
    /// <param name="output">[rows, columns], rows <paramref name="stride"/> apart.</param>
    /// <param name="stride">From row to row of the outputs.</param>
    /// <param name="add">Whether to add to what is there instead of overwriting it.</param>
    public abstract void Dequantize(
        int* sums,
        int rows,
        int columns,
        float* rowScales,
        float* rowMinima,
        float* channelScales,
        float* weightSums,
        float* bias,
        float* output,
        nint stride,
        bool add
    );

    private sealed class Creation : IVectorKernel<RowKernels>
    {
        public RowKernels Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector> => new VectorRowKernels<TVector>();
    }
}
