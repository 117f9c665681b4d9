using System.Numerics.Tensors;

namespace Dcsm.Clip.EmbeddingStore;

/// <summary>
/// Tokens in bytes: each is divided by a scale of its own, so that its largest value becomes 127, and rounded. The scale that is kept is
/// the one by which the rounded token has the length that the token had, which is 1.
/// </summary>
internal static class TokenBytes
{
    private const float Largest = 127;

    /// <summary>Rounds tokens.</summary>
    /// <param name="tokens">[tokens, dimension]</param>
    /// <param name="dimension">Width of a token.</param>
    /// <param name="bytes">[tokens, dimension]</param>
    /// <param name="scales">[tokens]</param>
    public static void Quantize(ReadOnlySpan<float> tokens, int dimension, Span<sbyte> bytes, Span<float> scales)
    {
        for (int token = 0; token < scales.Length; token++)
        {
            ReadOnlySpan<float> values = tokens.Slice(token * dimension, dimension);
            Span<sbyte> rounded = bytes.Slice(token * dimension, dimension);
            float step = Math.Abs(TensorPrimitives.MaxMagnitude(values)) / Largest;
            long squares = 0;
            for (int i = 0; i < dimension; i++)
            {
                rounded[i] = step > 0 ? (sbyte)Math.Clamp(MathF.Round(values[i] / step), -Largest, Largest) : (sbyte)0;
                squares += rounded[i] * rounded[i];
            }

            scales[token] = squares == 0 ? 0 : (float)(TensorPrimitives.Norm(values) / Math.Sqrt(squares));
        }
    }

    /// <summary>Tokens as they were, but for rounding.</summary>
    /// <param name="bytes">[tokens, dimension]</param>
    /// <param name="scales">[tokens]</param>
    /// <param name="tokens">[tokens, dimension]</param>
    public static void Expand(ReadOnlySpan<sbyte> bytes, ReadOnlySpan<float> scales, Span<float> tokens)
    {
        int dimension = tokens.Length / scales.Length;
        TensorPrimitives.ConvertTruncating(bytes, tokens);
        for (int token = 0; token < scales.Length; token++)
        {
            Span<float> values = tokens.Slice(token * dimension, dimension);
            TensorPrimitives.Multiply(values, scales[token], values);
        }
    }
}
