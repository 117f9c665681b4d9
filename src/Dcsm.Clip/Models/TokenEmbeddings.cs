namespace Dcsm.Clip.Models;

/// <summary>
/// Token embeddings of several images or captions, each token of unit length.
/// </summary>
public sealed class TokenEmbeddings
{
    /// <summary>Wraps values laid out as [<paramref name="count"/>, <paramref name="tokens"/>, <paramref name="dimension"/>].</summary>
    /// <param name="values">The embeddings, row-major; taken over, not copied.</param>
    /// <param name="count">Number of images or captions.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="dimension">Width of the joint space.</param>
    /// <exception cref="ArgumentException">The number of values is not count · tokens · dimension.</exception>
    public TokenEmbeddings(float[] values, int count, int tokens, int dimension)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        if (values.LongLength != (Int128)count * tokens * dimension)
        {
            throw new ArgumentException(
                $"[{count}, {tokens}, {dimension}] needs {(Int128)count * tokens * dimension} values, not {values.LongLength}.",
                nameof(values)
            );
        }

        (Buffer, Count, Tokens, Dimension) = (values, count, tokens, dimension);
    }

    /// <summary>The embeddings, [<see cref="Count"/>, <see cref="Tokens"/>, <see cref="Dimension"/>], row-major.</summary>
    public ReadOnlySpan<float> Values => Buffer;

    /// <summary>The same, to be written to by what makes it.</summary>
    internal float[] Buffer { get; }

    /// <summary>Number of images or captions.</summary>
    public int Count { get; }

    /// <summary>Tokens of each item.</summary>
    public int Tokens { get; }

    /// <summary>Width of the joint space.</summary>
    public int Dimension { get; }

    /// <summary>Some of the items, copied.</summary>
    /// <param name="items">Their numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public TokenEmbeddings Take(IReadOnlyList<int> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        float[] values = new float[checked(items.Count * Tokens * Dimension)];
        for (int i = 0; i < items.Count; i++)
            this[items[i]].CopyTo(values.AsSpan(i * Tokens * Dimension));
        return new TokenEmbeddings(values, items.Count, Tokens, Dimension);
    }

    /// <summary>The tokens of one item, [<see cref="Tokens"/>, <see cref="Dimension"/>].</summary>
    /// <param name="item">The item's number, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such item.</exception>
    public ReadOnlySpan<float> this[int item]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(item);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(item, Count);
            return Values.Slice(item * Tokens * Dimension, Tokens * Dimension);
        }
    }
}
