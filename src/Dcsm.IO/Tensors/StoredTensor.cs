namespace Dcsm.IO.Tensors;

/// <summary>A tensor of a checkpoint, whatever the file's format.</summary>
public abstract unsafe class StoredTensor(string file, TensorType type, IReadOnlyList<int> shape)
{
    public string File => file;

    /// <summary>The type that the fingerprint is taken in.</summary>
    public TensorType Type => type;

    /// <summary>The type in the file.</summary>
    public virtual TensorType StoredType => type;

    public IReadOnlyList<int> Shape => shape;

    public long Count { get; } = shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The values in memory, where they are float32 in one piece and aligned; otherwise null.</summary>
    public abstract float* Pointer();

    /// <summary>The values as float32, row-major.</summary>
    public abstract void CopyTo(Span<float> values);

    /// <summary>SHA-256 of the values' bytes as <see cref="Type"/>.</summary>
    public abstract byte[] Hash();

    public float[] Read()
    {
        if (Count > Array.MaxLength)
            throw new InvalidDataException($"{file}: a tensor of shape [{string.Join(", ", shape)}] is too large to be read at once.");
        float[] values = GC.AllocateUninitializedArray<float>((int)Count);
        CopyTo(values);
        return values;
    }

    protected static float* Aligned(byte* pointer) => (nint)pointer % sizeof(float) == 0 ? (float*)pointer : null;
}
