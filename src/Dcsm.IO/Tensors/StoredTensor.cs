using System.Runtime.InteropServices;
using Dcsm.IO.Digests;

namespace Dcsm.IO.Tensors;

/// <summary>A tensor of a checkpoint, whatever the file's format.</summary>
public abstract unsafe class StoredTensor(string file, TensorType type, IReadOnlyList<int> shape)
{
    /// <summary>The file's path.</summary>
    public string File => file;

    /// <summary>The type that the fingerprint is taken in.</summary>
    public TensorType Type => type;

    /// <summary>The type in the file.</summary>
    public virtual TensorType StoredType => type;

    /// <summary>Sizes, outermost first; empty for a single value.</summary>
    public IReadOnlyList<int> Shape => shape;

    /// <summary>Number of values.</summary>
    public long Count { get; } = shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>The values in memory, where they are float32 in one piece and aligned; otherwise null.</summary>
    public abstract float* Pointer();

    /// <summary>The values as float32, row-major.</summary>
    public abstract void CopyTo(Span<float> values);

    /// <summary>SHA-256 of the values' bytes as <see cref="Type"/>, in lower case digits.</summary>
    public abstract string Hash();

    /// <summary>SHA-256 of the values' bytes as float32, in lower case digits.</summary>
    public string HashAsFloat32() => type == TensorType.F32 ? Hash() : Sha256Digest.Hex(MemoryMarshal.AsBytes<float>(Read()));

    /// <summary>The values as float32, row-major.</summary>
    public float[] Read()
    {
        if (Count > Array.MaxLength)
            throw new InvalidDataException($"{file}: a tensor of shape [{string.Join(", ", shape)}] is too large to be read at once.");
        float[] values = GC.AllocateUninitializedArray<float>((int)Count);
        CopyTo(values);
        return values;
    }

    /// <summary>An address as that of floats; null where it is not aligned to one.</summary>
    protected static float* Aligned(byte* pointer) => (nint)pointer % sizeof(float) == 0 ? (float*)pointer : null;
}
