namespace Dcsm.Numerics.Quantized;

/// <summary>Weights of one output channel as bytes.</summary>
public static class Int8Weights
{
    /// <summary>Takes the smallest scale with which every weight fits in a byte, and every lane of the kernel in 16 bits.</summary>
    /// <param name="weights">The channel's weights, one for each input.</param>
    /// <param name="quantized">As many bytes, to be filled.</param>
    /// <returns>The scale: what one is worth.</returns>
    public static float Quantize(ReadOnlySpan<float> weights, Span<sbyte> quantized)
    {
        (float most, float lane) = (0f, 0f);
        Span<float> positive = stackalloc float[2],
            negative = stackalloc float[2];
        for (int from = 0; from < weights.Length; from += Int8Kernel.Group)
        {
            ReadOnlySpan<float> group = weights.Slice(from, Math.Min(Int8Kernel.Group, weights.Length - from));
            positive.Clear();
            negative.Clear();
            for (int i = 0; i < group.Length; i++)
            {
                most = Math.Max(most, Math.Abs(group[i]));
                positive[Int8Kernel.Lane(i)] += Math.Max(0, group[i]);
                negative[Int8Kernel.Lane(i)] += Math.Max(0, -group[i]);
            }
            lane = Math.Max(lane, Math.Max(Math.Max(positive[0], positive[1]), Math.Max(negative[0], negative[1])));
        }
        float scale = Math.Max(most / sbyte.MaxValue, lane / Int8Kernel.LaneLimit);
        if (!(scale > 0 && float.IsFinite(1 / scale)))
        {
            quantized.Clear();
            return float.IsFinite(scale) ? 0 : float.NaN;
        }
        // Rounding may take a lane over its limit by a few; then the scale is made a little larger.
        for (; ; scale *= 1.01f)
        {
            float inverse = 1 / scale;
            for (int i = 0; i < weights.Length; i++)
                quantized[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] * inverse), -sbyte.MaxValue, sbyte.MaxValue);
            if (Fits(quantized))
                return scale;
        }
    }

    /// <summary>Whether no lane of the kernel can overflow.</summary>
    internal static bool Fits(ReadOnlySpan<sbyte> quantized)
    {
        Span<int> positive = stackalloc int[2],
            negative = stackalloc int[2];
        for (int from = 0; from < quantized.Length; from += Int8Kernel.Group)
        {
            ReadOnlySpan<sbyte> group = quantized.Slice(from, Math.Min(Int8Kernel.Group, quantized.Length - from));
            positive.Clear();
            negative.Clear();
            for (int i = 0; i < group.Length; i++)
            {
                int lane = Int8Kernel.Lane(i);
                positive[lane] += Math.Max(0, (int)group[i]);
                negative[lane] -= Math.Min(0, (int)group[i]);
            }
            if (Math.Max(Math.Max(positive[0], positive[1]), Math.Max(negative[0], negative[1])) > Int8Kernel.LaneLimit)
                return false;
        }
        return true;
    }
}
