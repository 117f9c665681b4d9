using Dcsm.Numerics.Products;
using Dcsm.Numerics.Rows;

namespace Dcsm.Clip.Int8;

/// <summary>
/// Attention of the tokens of one image to each other, head by head, in float32. Keys and values lie as the products read them.
/// </summary>
internal sealed unsafe class SelfAttention
{
    private readonly int _tokens,
        _heads,
        _size;

    // Of a head: [panels, size, columns] keys, then [panels, tokens, columns] values.
    private readonly int _keyPanels,
        _valuePanels;

    /// <param name="tokens">Tokens of an image.</param>
    /// <param name="width">Of a token, all heads together.</param>
    /// <param name="heads">Number of heads.</param>
    public SelfAttention(int tokens, int width, int heads)
    {
        (_tokens, _heads, _size) = (tokens, heads, width / heads);
        _keyPanels = (tokens + Columns - 1) / Columns;
        _valuePanels = (_size + Columns - 1) / Columns;
    }

    private static int Columns => PanelProduct.Widest.Columns;

    /// <summary>Floats that keys and values of an image take.</summary>
    public long KeysAndValues => (long)_heads * HeadLength;

    /// <summary>Floats to work in, for each row.</summary>
    public int WorkOfRow => RowKernels.Stride(_keyPanels * Columns) + (_valuePanels * Columns);

    private long HeadLength => ValuesFrom + ((long)_valuePanels * _tokens * Columns);

    private long ValuesFrom => (long)_keyPanels * _size * Columns;

    /// <summary>Puts keys and values of some tokens in their places.</summary>
    /// <param name="keys">[rows, heads · size], rows <paramref name="stride"/> apart.</param>
    /// <param name="values">[rows, heads · size], rows <paramref name="stride"/> apart.</param>
    /// <param name="token">The first row's.</param>
    public void Store(float* keys, float* values, nint stride, int token, int rows, float* keysAndValues)
    {
        int columns = Columns;
        for (int head = 0; head < _heads; head++, keys += _size, values += _size, keysAndValues += HeadLength)
        {
            for (int row = 0; row < rows; row++)
            {
                float* key = keys + (row * stride),
                    value = values + (row * stride);
                float* toKey = keysAndValues + ((nint)(token + row) / columns * _size * columns) + ((token + row) % columns);
                for (int i = 0; i < _size; i++, toKey += columns)
                    *toKey = key[i];
                float* toValue = keysAndValues + ValuesFrom + ((nint)(token + row) * columns);
                for (int i = 0; i < _size; i += columns, toValue += (nint)_tokens * columns)
                    new ReadOnlySpan<float>(value + i, Math.Min(columns, _size - i)).CopyTo(new Span<float>(toValue, columns));
            }
        }
    }

    /// <summary>Attends.</summary>
    /// <param name="queries">[rows, heads · size], scaled already, rows <paramref name="stride"/> apart.</param>
    /// <param name="keysAndValues">Of the whole image.</param>
    /// <param name="mixed">[rows, heads · size], rows <paramref name="stride"/> apart.</param>
    /// <param name="work">[rows, <see cref="WorkOfRow"/>]</param>
    public void Run(float* queries, float* keysAndValues, float* mixed, nint stride, int rows, float* work)
    {
        nint scoresStride = RowKernels.Stride(_keyPanels * Columns),
            outStride = _valuePanels * Columns;
        float* outs = work + (rows * scoresStride);
        for (int head = 0; head < _heads; head++, queries += _size, mixed += _size, keysAndValues += HeadLength)
        {
            PanelProduct.Widest.Multiply(queries, stride, keysAndValues, _keyPanels, work, scoresStride, rows, _size);
            for (int row = 0; row < rows; row++)
                RowKernels.Widest.Softmax(work + (row * scoresStride), _tokens);
            PanelProduct.Widest.Multiply(work, scoresStride, keysAndValues + ValuesFrom, _valuePanels, outs, outStride, rows, _tokens);
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(outs + (row * outStride), _size).CopyTo(new Span<float>(mixed + (row * stride), _size));
        }
    }
}
