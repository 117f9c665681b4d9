using Dcsm.Numerics.Buffers;

namespace Dcsm.Clip.Int8;

/// <summary>What an <see cref="Int8Tower"/> keeps of a few images while they pass through it.</summary>
internal sealed unsafe class Int8Images(int count, int tokens, int stride, SelfAttention attention)
{
    private readonly AlignedFloats _rows = new((long)count * tokens * stride),
        _queries = new((long)count * tokens * stride);

    // Those of two layers: a thread may be through with a layer while others still read its keys.
    private readonly AlignedFloats _keysAndValues = new(2 * count * attention.KeysAndValues);

    public int Count => count;

    /// <summary>An image's rows, [tokens, stride].</summary>
    public float* Rows(int image) => _rows.Pointer + ((nint)image * tokens * stride);

    /// <summary>An image's queries, [tokens, stride].</summary>
    public float* Queries(int image) => _queries.Pointer + ((nint)image * tokens * stride);

    public float* KeysAndValues(int image, int layer) => _keysAndValues.Pointer + (((image * 2) + (layer % 2)) * attention.KeysAndValues);
}
