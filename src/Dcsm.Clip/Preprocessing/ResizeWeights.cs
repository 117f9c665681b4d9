namespace Dcsm.Clip.Preprocessing;

/// <summary>For each place of the result, which places of the source count, and how much, in fixed point.</summary>
/// <remarks>Immutable. Those of frequent sizes are kept.</remarks>
internal sealed class ResizeWeights
{
    /// <summary>Bits behind the point: 32, less 8 of a value and 2 for what the weights overshoot.</summary>
    public const int PrecisionBits = 32 - 8 - 2;

    /// <summary>Half of the last place, which sums begin with.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    /// <summary>A weight's lower part in <see cref="Taps"/>; the upper one is signed.</summary>
    public const int LowBits = 11;

    /// <summary>Weights beside each other in <see cref="Taps"/>.</summary>
    public const int TapsInGroup = 4;

    private const int KeptAtMost = 64,
        LongestKept = 1 << 16,
        LongestTaps = 1 << 24;

    private static readonly Dictionary<(int Size, int ToSize, int From, int Length, ResampleFilter Filter), ResizeWeights> Kept = [];

    private ResizeWeights(int[] first, int[] count, int[] factors, int stride)
    {
        (First, Count, Factors, Stride) = (first, count, factors, stride);
        Groups = (stride + TapsInGroup - 1) / TapsInGroup;
        Taps = Split();
    }

    /// <summary>First place of the source. [length]</summary>
    public int[] First { get; }

    /// <summary>Places of the source. [length]</summary>
    public int[] Count { get; }

    /// <summary>The weights. [length, <see cref="Stride"/>]</summary>
    public int[] Factors { get; }

    /// <summary>The most places that a place of the result may have.</summary>
    public int Stride { get; }

    /// <summary>Groups of four weights to a place of the result.</summary>
    public int Groups { get; }

    /// <summary>
    /// The weights as vectors multiply them: of each four the upper parts, then the lower ones; zeros fill the last group up.
    /// Null where they do not fit, or are very many. [length, <see cref="Groups"/>, 2, 4]
    /// </summary>
    public short[]? Taps { get; }

    /// <summary>Weights of a stretch of the result.</summary>
    /// <param name="size">Length of the source.</param>
    /// <param name="toSize">Length of the whole result.</param>
    /// <param name="from">First place of the result.</param>
    /// <param name="length">Places of the result.</param>
    /// <param name="filter">The filter.</param>
    public static ResizeWeights For(int size, int toSize, int from, int length, ResampleFilter filter)
    {
        lock (Kept)
        {
            if (Kept.TryGetValue((size, toSize, from, length, filter), out ResizeWeights? kept))
                return kept;
        }
        ResizeWeights weights = size == toSize ? Same(from, length) : Make(size, toSize, from, length, filter);
        if (weights.Factors.Length > LongestKept)
            return weights;
        lock (Kept)
        {
            if (Kept.Count >= KeptAtMost)
                Kept.Clear();
            Kept[(size, toSize, from, length, filter)] = weights;
        }
        return weights;
    }

    // precompute_coeffs and normalize_coeffs_8bpc; the order of the operations matters.
    private static ResizeWeights Make(int size, int toSize, int from, int length, ResampleFilter filter)
    {
        (double support, Func<double, double>? function) = Filter(filter);
        double scale = (double)size / toSize;
        double filterScale = Math.Max(scale, 1);
        support *= filterScale;
        int stride = ((int)Math.Ceiling(support) * 2) + 1;
        (int[]? firsts, int[]? counts, int[]? factors) = (new int[length], new int[length], new int[checked(length * stride)]);
        double[] values = new double[stride];
        for (int place = 0; place < length; place++)
        {
            double center = (from + place + 0.5) * scale;
            double inverse = 1 / filterScale;
            int first = Math.Max(0, (int)(center - support + 0.5));
            int count = Math.Min(size, (int)(center + support + 0.5)) - first;
            double total = 0d;
            for (int i = 0; i < count; i++)
                total += values[i] = function((i + first - center + 0.5) * inverse);
            for (int i = 0; i < count; i++)
            {
                double value = total != 0 ? values[i] / total : values[i];
                factors[(place * stride) + i] = (int)((value < 0 ? -0.5 : 0.5) + (value * (1 << PrecisionBits)));
            }
            (firsts[place], counts[place]) = (first, count);
        }
        return new ResizeWeights(firsts, counts, factors, stride);
    }

    private static ResizeWeights Same(int from, int length)
    {
        (int[]? counts, int[]? factors) = (new int[length], new int[length]);
        Array.Fill(counts, 1);
        Array.Fill(factors, 1 << PrecisionBits);
        return new ResizeWeights([.. Enumerable.Range(from, length)], counts, factors, 1);
    }

    // A weight is its upper part · 2^11 + its lower part, so sums over both parts make up the sum to the bit.
    private short[]? Split()
    {
        long length = (long)First.Length * Groups * 2 * TapsInGroup;
        if (length > LongestTaps)
            return null;
        short[] taps = new short[length];
        for (int place = 0; place < First.Length; place++)
        {
            for (int i = 0; i < Count[place]; i++)
            {
                int factor = Factors[(place * Stride) + i];
                int high = factor >> LowBits;
                if (high != (short)high)
                    return null;
                int at = (((place * Groups) + (i / TapsInGroup)) * 2 * TapsInGroup) + (i % TapsInGroup);
                (taps[at], taps[at + TapsInGroup]) = ((short)high, (short)(factor & ((1 << LowBits) - 1)));
            }
        }
        return taps;
    }

    private static (double Support, Func<double, double> Function) Filter(ResampleFilter filter) =>
        filter switch
        {
            ResampleFilter.Box => (0.5, x => x is > -0.5 and <= 0.5 ? 1 : 0),
            ResampleFilter.Bilinear => (1, x => Math.Max(0, 1 - Math.Abs(x))),
            ResampleFilter.Hamming => (1, Hamming),
            ResampleFilter.Bicubic => (2, Bicubic),
            ResampleFilter.Lanczos => (3, x => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(filter)),
        };

    private static double Bicubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        if (x < 1)
            return ((((A + 2) * x) - (A + 3)) * x * x) + 1;
        return x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * A : 0;
    }

    private static double Hamming(double x)
    {
        x = Math.Abs(x);
        if (x == 0)
            return 1;
        if (x >= 1)
            return 0;
        x *= Math.PI;
        return Math.Sin(x) / x * (0.54 + (0.46 * Math.Cos(x)));
    }

    private static double Sinc(double x)
    {
        if (x == 0)
            return 1;
        x *= Math.PI;
        return Math.Sin(x) / x;
    }
}
