using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Rows;

/// <summary>What a transformer does to one row of numbers. Lanes and their order are the same on every machine.</summary>
public static unsafe class RowKernels
{
    /// <summary>
    /// How far apart rows are kept: room for whole panels of <see cref="WideGemm"/>, and not by many cache lines that are a multiple of a power of two,
    /// else a column of them shares a few places of the caches.
    /// </summary>
    public static int Stride(int width)
    {
        const int Line = 16,
            Panel = 2 * Line;
        return ((width + Panel - 1) / Panel * Panel) + Line;
    }

    private static int V => Vector256<float>.Count;

    private static bool Wide { get; } = VectorWidth.Widest == 512 && Avx512F.IsSupported;

    /// <summary>Layer norm; may be done in place.</summary>
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

    /// <summary>Spreads 0 … <see cref="Int8Kernel.Most"/> from the least value of a row to the greatest.</summary>
    /// <param name="step">What one is worth.</param>
    /// <param name="least">What zero is worth.</param>
    public static void Quantize(float* from, byte* to, int count, out float step, out float least)
    {
        (float low, float high) = Range(from, count);
        least = low;
        step = (high - low) / Int8Kernel.Most;
        float inverse = step > 0 ? 1 / step : 0;
        int i = 0;
        if (Wide)
        {
            (Vector512<float> lows, Vector512<float> inverses, Vector512<float> half) = (
                Vector512.Create(low),
                Vector512.Create(inverse),
                Vector512.Create(0.5f)
            );
            for (; i <= count - 16; i += 16)
            {
                Avx512F
                    .ConvertToVector128Byte(Vector512.ConvertToInt32Native(((Vector512.Load(from + i) - lows) * inverses) + half))
                    .Store(to + i);
            }
        }
        else
        {
            (Vector256<float> lows, Vector256<float> inverses, Vector256<float> half) = (
                Vector256.Create(low),
                Vector256.Create(inverse),
                Vector256.Create(0.5f)
            );
            for (; i <= count - (4 * V); i += 4 * V)
            {
                var x0 = Vector256.ConvertToInt32Native(((Vector256.Load(from + i) - lows) * inverses) + half);
                var x1 = Vector256.ConvertToInt32Native(((Vector256.Load(from + i + V) - lows) * inverses) + half);
                var x2 = Vector256.ConvertToInt32Native(((Vector256.Load(from + i + (2 * V)) - lows) * inverses) + half);
                var x3 = Vector256.ConvertToInt32Native(((Vector256.Load(from + i + (3 * V)) - lows) * inverses) + half);
                Vector256.Narrow(Vector256.Narrow(x0, x1).AsUInt16(), Vector256.Narrow(x2, x3).AsUInt16()).Store(to + i);
            }
        }
        for (; i < count; i++)
            to[i] = (byte)(int)(((from[i] - low) * inverse) + 0.5f);
    }

    /// <summary>x · σ(1.702 x), in place, as far as whole vectors reach.</summary>
    public static void QuickGelu(float* row, int count)
    {
        if (Wide)
            QuickGelu<Simd512>(row, count);
        else
            QuickGelu<Simd256>(row, count);
    }

    /// <summary>x · Φ(x), in place, as far as whole vectors reach.</summary>
    public static void Gelu(float* row, int count)
    {
        if (Wide)
            Gelu<Simd512>(row, count);
        else
            Gelu<Simd256>(row, count);
    }

    /// <summary>Softmax of a row, in place.</summary>
    public static void Softmax(float* row, int count)
    {
        if (Wide)
            Softmax<Simd512>(row, count);
        else
            Softmax<Simd256>(row, count);
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

    private static void QuickGelu<TVector>(float* row, int count)
        where TVector : unmanaged, ISimd<TVector>
    {
        for (int i = 0; i < count; i += TVector.Count)
        {
            TVector x = TVector.Load(row + i);
            TVector.Store(
                TVector.Divide(x, TVector.Add(TVector.Broadcast(1), Exp(TVector.Multiply(x, TVector.Broadcast(-1.702f))))),
                row + i
            );
        }
    }

    private static void Gelu<TVector>(float* row, int count)
        where TVector : unmanaged, ISimd<TVector>
    {
        for (int i = 0; i < count; i += TVector.Count)
        {
            TVector x = TVector.Load(row + i);
            TVector.Store(TVector.Multiply(x, Normal(x)), row + i);
        }
    }

    private static void Softmax<TVector>(float* row, int count)
        where TVector : unmanaged, ISimd<TVector>
    {
        int v = TVector.Count;
        float greatest = Range(row, count).High;
        TVector greatests = TVector.Broadcast(greatest);
        int i = 0;
        for (; i <= count - v; i += v)
            TVector.Store(Exp(TVector.Subtract(TVector.Load(row + i), greatests)), row + i);
        if (i < count)
        {
            float* rest = stackalloc float[v];
            for (int j = i; j < count; j++)
                rest[j - i] = row[j] - greatest;
            TVector.Store(Exp(TVector.Load(rest)), rest);
            for (; i < count; i++)
                row[i] = rest[i & (v - 1)];
        }

        // In an order that does not depend on the width.
        Vector256<float> sums = default;
        for (i = 0; i <= count - V; i += V)
            sums += Vector256.Load(row + i);
        float sum = Vector256.Sum(sums);
        for (; i < count; i++)
            sum += row[i];

        float factor = 1 / sum;
        TVector factors = TVector.Broadcast(factor);
        for (i = 0; i <= count - v; i += v)
            TVector.Store(TVector.Multiply(TVector.Load(row + i), factors), row + i);
        for (; i < count; i++)
            row[i] *= factor;
    }

    /// <summary>e^x to about 1e-7 of it, between e^-87 and e^88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp<TVector>(TVector x)
        where TVector : unmanaged, ISimd<TVector>
    {
        x = TVector.Min(TVector.Max(x, TVector.Broadcast(-87)), TVector.Broadcast(88));
        // x = n · ln 2 + r; adding 1.5 · 2^23 rounds, and leaves n in the low bits.
        TVector shifted = TVector.MultiplyAdd(x, TVector.Broadcast(1.44269504f), TVector.Broadcast(12582912));
        TVector n = TVector.Subtract(shifted, TVector.Broadcast(12582912));
        TVector r = TVector.MultiplyAdd(n, TVector.Broadcast(-0.693359375f), x);
        r = TVector.MultiplyAdd(n, TVector.Broadcast(2.12194440e-4f), r);
        // Cephes' polynomial of e^r.
        TVector p = TVector.Broadcast(1.9875691500e-4f);
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(1.3981999507e-3f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(8.3334519073e-3f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(4.1665795894e-2f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(1.6666665459e-1f));
        p = TVector.MultiplyAdd(p, r, TVector.Broadcast(5.0000001201e-1f));
        p = TVector.Add(TVector.MultiplyAdd(p, TVector.Multiply(r, r), r), TVector.Broadcast(1));
        return TVector.Scale(p, shifted);
    }

    /// <summary>The normal distribution function: Abramowitz and Stegun 7.1.26, to 1e-7.</summary>
    private static TVector Normal<TVector>(TVector x)
        where TVector : unmanaged, ISimd<TVector>
    {
        (TVector one, TVector negative) = (TVector.Broadcast(1), TVector.Subtract(TVector.Zero, x));
        TVector z = TVector.Multiply(TVector.Max(x, negative), TVector.Broadcast(0.70710678f));
        TVector t = TVector.Divide(one, TVector.MultiplyAdd(z, TVector.Broadcast(0.3275911f), one));
        TVector p = TVector.Broadcast(1.061405429f);
        p = TVector.MultiplyAdd(p, t, TVector.Broadcast(-1.453152027f));
        p = TVector.MultiplyAdd(p, t, TVector.Broadcast(1.421413741f));
        p = TVector.MultiplyAdd(p, t, TVector.Broadcast(-0.284496736f));
        p = TVector.MultiplyAdd(p, t, TVector.Broadcast(0.254829592f));
        TVector upper = TVector.Multiply(
            TVector.Multiply(TVector.Multiply(TVector.Broadcast(0.5f), p), t),
            Exp(TVector.Subtract(TVector.Zero, TVector.Multiply(z, z)))
        );
        return TVector.Add(TVector.Gate(TVector.Subtract(one, upper), x), TVector.Gate(upper, negative));
    }

    private static (float Low, float High) Range(float* row, int count) => Wide ? Range<Simd512>(row, count) : Range<Simd256>(row, count);

    private static (float Low, float High) Range<TVector>(float* row, int count)
        where TVector : unmanaged, ISimd<TVector>
    {
        int v = TVector.Count;
        (float low, float high) = (row[0], row[0]);
        int i = 0;
        if (count >= v)
        {
            (TVector lows, TVector highs) = (TVector.Load(row), TVector.Load(row));
            for (i = v; i <= count - v; i += v)
            {
                TVector x = TVector.Load(row + i);
                lows = TVector.Min(lows, x);
                highs = TVector.Max(highs, x);
            }
            float* lanes = stackalloc float[2 * v];
            TVector.Store(lows, lanes);
            TVector.Store(highs, lanes + v);
            for (int lane = 0; lane < v; lane++)
                (low, high) = (Math.Min(low, lanes[lane]), Math.Max(high, lanes[v + lane]));
        }
        for (; i < count; i++)
            (low, high) = (Math.Min(low, row[i]), Math.Max(high, row[i]));
        return (low, high);
    }
}
