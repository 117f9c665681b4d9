using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dcsm.Numerics.Quantized;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Rows;

/// <summary><see cref="RowKernels"/> in one width of vectors.</summary>
internal sealed unsafe class VectorRowKernels<TVector> : RowKernels
    where TVector : unmanaged, IFloatVector<TVector>
{
    public override void QuickGelu(float* row, int count)
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

    public override void TanhGelu(float* row, int count)
    {
        // (1 + tanh u) / 2 is σ(2 u); u = √(2/π) · (x + 0.044715 x³).
        TVector one = TVector.Broadcast(1),
            cubic = TVector.Broadcast(0.044715f),
            factor = TVector.Broadcast(-1.5957691f);
        for (int i = 0; i < count; i += TVector.Count)
        {
            TVector x = TVector.Load(row + i);
            TVector inner = TVector.Multiply(x, TVector.Add(one, TVector.Multiply(cubic, TVector.Multiply(x, x))));
            TVector.Store(TVector.Divide(x, TVector.Add(one, Exp(TVector.Multiply(inner, factor)))), row + i);
        }
    }

    public override void Gelu(float* row, int count)
    {
        for (int i = 0; i < count; i += TVector.Count)
        {
            TVector x = TVector.Load(row + i);
            TVector.Store(TVector.Multiply(x, Normal(x)), row + i);
        }
    }

    public override void Softmax(float* row, int count)
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

    public override void Quantize(float* from, byte* destination, int count, out float scale, out float minimum)
    {
        (float low, float high) = Range(from, count);
        minimum = low;
        scale = (high - low) / Int8Kernel.Most;
        float inverse = scale > 0 ? 1 / scale : 0;
        int i = 0;
        if (TVector.Count == 16 && Avx512F.IsSupported)
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
                    .Store(destination + i);
            }
        }
        else if (TVector.Count > 1)
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
                Vector256.Narrow(Vector256.Narrow(x0, x1).AsUInt16(), Vector256.Narrow(x2, x3).AsUInt16()).Store(destination + i);
            }
        }
        for (; i < count; i++)
            destination[i] = (byte)(int)(((from[i] - low) * inverse) + 0.5f);
    }

    public override void Dequantize(
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
    )
    {
        for (int row = 0; row < rows; row++, sums += columns, output += stride)
        {
            (float scale, float minimum) = (rowScales[row], rowMinima[row]);
            int column = 0;
            for (; column <= columns - TVector.Count; column += TVector.Count)
                Dequantize<TVector>(sums, column, scale, minimum, channelScales, weightSums, bias, output, add);
            // Of a vector that is wider than a panel, half of one may be left.
            if (column < columns)
                Dequantize<FloatVector256>(sums, column, scale, minimum, channelScales, weightSums, bias, output, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dequantize<T>(
        int* sums,
        int column,
        float scale,
        float minimum,
        float* channelScales,
        float* weightSums,
        float* bias,
        float* output,
        bool add
    )
        where T : unmanaged, IFloatVector<T>
    {
        T sum = T.MultiplyAdd(
            T.Multiply(T.Load(sums + column), T.Broadcast(scale)),
            T.Load(channelScales + column),
            T.MultiplyAdd(T.Broadcast(minimum), T.Load(weightSums + column), T.Load(bias + column))
        );
        T.Store(add ? T.Add(sum, T.Load(output + column)) : sum, output + column);
    }

    /// <summary>e^x to about 1e-7 of it, between e^-87 and e^88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp(TVector x)
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
    private static TVector Normal(TVector x)
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

    private static (float Low, float High) Range(float* row, int count)
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
