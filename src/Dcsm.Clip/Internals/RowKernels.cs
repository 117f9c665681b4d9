using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dcsm.Clip.Internals;

/// <summary>What a transformer does to one row of numbers. Lanes and their order are the same on every machine.</summary>
internal static unsafe class RowKernels
{
    /// <summary>
    /// How far apart rows are kept: not by many cache lines that are a multiple of a power of two, else a column of them shares a few places of the caches.
    /// </summary>
    public static int Stride(int width)
    {
        const int Line = 16;
        var lines = (width + Line - 1) / Line;
        return (lines % 2 == 0 ? lines + 1 : lines) * Line;
    }

    private static int V => Vector256<float>.Count;

    /// <summary>Layer norm; may be done in place.</summary>
    public static void LayerNorm(float* from, float* to, float* gamma, float* beta, int width, float epsilon)
    {
        Vector256<float> s0 = default, s1 = default;
        var i = 0;
        for (; i <= width - (2 * V); i += 2 * V)
        {
            s0 += Vector256.Load(from + i);
            s1 += Vector256.Load(from + i + V);
        }
        var sum = Vector256.Sum(s0 + s1);
        for (; i < width; i++)
            sum += from[i];
        var mean = sum / width;
        var means = Vector256.Create(mean);
        s0 = s1 = default;
        for (i = 0; i <= width - (2 * V); i += 2 * V)
        {
            var (d0, d1) = (Vector256.Load(from + i) - means, Vector256.Load(from + i + V) - means);
            s0 += d0 * d0;
            s1 += d1 * d1;
        }
        sum = Vector256.Sum(s0 + s1);
        for (; i < width; i++)
            sum += (from[i] - mean) * (from[i] - mean);
        var factor = 1 / MathF.Sqrt((sum / width) + epsilon);
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
        var (low, high) = Range(from, count);
        least = low;
        step = (high - low) / Int8Kernel.Most;
        var inverse = step > 0 ? 1 / step : 0;
        var (lows, inverses, half) = (Vector256.Create(low), Vector256.Create(inverse), Vector256.Create(0.5f));
        var i = 0;
        for (; i <= count - (4 * V); i += 4 * V)
        {
            var x0 = Vector256.ConvertToInt32(((Vector256.Load(from + i) - lows) * inverses) + half);
            var x1 = Vector256.ConvertToInt32(((Vector256.Load(from + i + V) - lows) * inverses) + half);
            var x2 = Vector256.ConvertToInt32(((Vector256.Load(from + i + (2 * V)) - lows) * inverses) + half);
            var x3 = Vector256.ConvertToInt32(((Vector256.Load(from + i + (3 * V)) - lows) * inverses) + half);
            Vector256.Narrow(Vector256.Narrow(x0, x1).AsUInt16(), Vector256.Narrow(x2, x3).AsUInt16()).Store(to + i);
        }
        for (; i < count; i++)
            to[i] = (byte)(int)(((from[i] - low) * inverse) + 0.5f);
    }

    /// <summary>x · σ(1.702 x), in place.</summary>
    public static void QuickGelu(float* row, int count)
    {
        var factor = Vector256.Create(-1.702f);
        for (var i = 0; i < count; i += V)
        {
            var x = Vector256.Load(row + i);
            (x / (Vector256<float>.One + Exp(x * factor))).Store(row + i);
        }
    }

    /// <summary>x · Φ(x), in place.</summary>
    public static void Gelu(float* row, int count)
    {
        for (var i = 0; i < count; i += V)
        {
            var x = Vector256.Load(row + i);
            (x * Normal(x)).Store(row + i);
        }
    }

    /// <summary>Softmax of a row, in place.</summary>
    public static void Softmax(float* row, int count)
    {
        var greatest = Range(row, count).High;
        var greatests = Vector256.Create(greatest);
        Vector256<float> sums = default;
        var i = 0;
        for (; i <= count - V; i += V)
        {
            var x = Exp(Vector256.Load(row + i) - greatests);
            x.Store(row + i);
            sums += x;
        }
        var sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            row[i] = Exp(Vector256.Create(row[i] - greatest))[0];
            sum += row[i];
        }
        var factor = 1 / sum;
        for (i = 0; i <= count - V; i += V)
            (Vector256.Load(row + i) * Vector256.Create(factor)).Store(row + i);
        for (; i < count; i++)
            row[i] *= factor;
    }

    /// <summary>Divides a row by its length.</summary>
    public static void Normalize(float* row, int count)
    {
        Vector256<float> sums = default;
        var i = 0;
        for (; i <= count - V; i += V)
            sums += Vector256.Load(row + i) * Vector256.Load(row + i);
        var sum = Vector256.Sum(sums);
        for (; i < count; i++)
            sum += row[i] * row[i];
        var norm = MathF.Sqrt(sum);
        for (i = 0; i < count; i++)
            row[i] /= norm;
    }

    /// <summary>e^x to about 1e-7 of it, between e^-87 and e^88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Exp(Vector256<float> x)
    {
        x = Vector256.MinNative(Vector256.MaxNative(x, Vector256.Create(-87f)), Vector256.Create(88f));
        // x = n · ln 2 + r; adding 1.5 · 2^23 rounds, and leaves n in the low bits.
        var shifted = Vector256.MultiplyAddEstimate(x, Vector256.Create(1.44269504f), Vector256.Create(12582912f));
        var n = shifted - Vector256.Create(12582912f);
        var r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693359375f), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(2.12194440e-4f), r);
        // Cephes' polynomial of e^r.
        var p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));
        p = Vector256.MultiplyAddEstimate(p, r * r, r) + Vector256<float>.One;
        return (p.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();
    }

    /// <summary>The normal distribution function: Abramowitz and Stegun 7.1.26, to 1e-7.</summary>
    private static Vector256<float> Normal(Vector256<float> x)
    {
        var z = Vector256.Abs(x) * Vector256.Create(0.70710678f);
        var t = Vector256<float>.One / Vector256.MultiplyAddEstimate(z, Vector256.Create(0.3275911f), Vector256<float>.One);
        var p = Vector256.Create(1.061405429f);
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(-1.453152027f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(1.421413741f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(-0.284496736f));
        p = Vector256.MultiplyAddEstimate(p, t, Vector256.Create(0.254829592f));
        var upper = Vector256.Create(0.5f) * p * t * Exp(-(z * z));
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256<float>.Zero), upper, Vector256<float>.One - upper);
    }

    private static (float Low, float High) Range(float* row, int count)
    {
        var (low, high) = (row[0], row[0]);
        var i = 0;
        if (count >= V)
        {
            var (lows, highs) = (Vector256.Load(row), Vector256.Load(row));
            for (i = V; i <= count - V; i += V)
            {
                var x = Vector256.Load(row + i);
                lows = Vector256.MinNative(lows, x);
                highs = Vector256.MaxNative(highs, x);
            }
            (low, high) = (lows[0], highs[0]);
            for (var lane = 1; lane < V; lane++)
                (low, high) = (Math.Min(low, lows[lane]), Math.Max(high, highs[lane]));
        }
        for (; i < count; i++)
            (low, high) = (Math.Min(low, row[i]), Math.Max(high, row[i]));
        return (low, high);
    }
}
