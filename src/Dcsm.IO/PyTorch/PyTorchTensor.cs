using System.Runtime.InteropServices;
using Dcsm.IO.Files;
using Dcsm.IO.PyTorch.Pickle;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>A tensor of a PyTorch checkpoint: a view of a storage, whose bytes are read when they are asked for.</summary>
public sealed unsafe class PyTorchTensor
{
    // A view may repeat elements (stride 0); how many of them a small file can make is bounded.
    private const long MaxRepeated = 1 << 24;

    private readonly PyTorchStorage _storage;
    private readonly long _first;
    private readonly long[] _strides;

    private PyTorchTensor(PyTorchStorage storage, TensorType type, long first, int[] shape, long[] strides, long count)
    {
        (_storage, Type, _first, Shape, _strides, Count) = (storage, type, first, shape, strides, count);
        IsContiguous = Contiguous(shape, strides, count);
    }

    /// <summary>Element type.</summary>
    public TensorType Type { get; }

    /// <summary>Sizes, outermost first; empty for a single value.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Elements from one index to the next, per dimension.</summary>
    public IReadOnlyList<long> Strides => _strides;

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bytes of all elements.</summary>
    public long ByteLength => Count * Type.Size();

    /// <summary>Whether the elements lie row-major without gaps.</summary>
    public bool IsContiguous { get; }

    /// <summary>First byte, from the beginning of the file; −1 where the file is packed.</summary>
    public long Offset => _storage.Offset < 0 ? -1 : _storage.Offset + (_first * Type.Size());

    /// <summary>The file's path.</summary>
    public string File => _storage.File;

    /// <summary>The elements' bytes, little endian, row-major.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or the tensor larger than an array can be.</exception>
    public byte[] ReadBytes()
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Length(ByteLength));
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The elements as float32, row-major, converted where they are stored otherwise.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, the tensor larger than an array can be, or its type has no float32 equivalent.
    /// </exception>
    public float[] ReadFloat32()
    {
        float[] values = GC.AllocateUninitializedArray<float>(Length(Count));
        CopyTo(values);
        return values;
    }

    internal static PyTorchTensor Create(PyTorchStorage storage, TensorType type, long first, long[] sizes, long[] strides)
    {
        long available = storage.ByteLength / type.Size();
        Int128 count = 1,
            last = first;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] is < 0 or > int.MaxValue || strides[i] < 0 || (count *= sizes[i]) > long.MaxValue)
            {
                throw new PickleException(
                    $"a tensor of shape [{string.Join(", ", sizes)}] and strides [{string.Join(", ", strides)}] can't be"
                );
            }

            last += (Int128)Math.Max(0, sizes[i] - 1) * strides[i];
        }
        if (first < 0 || first > available || (count > 0 && last >= available))
        {
            throw new PickleException(
                $"a tensor of shape [{string.Join(", ", sizes)}], strides [{string.Join(", ", strides)}] and offset {first} "
                    + $"goes beyond its storage '{storage.Key}' of {available} elements"
            );
        }

        if (count > available && count > MaxRepeated)
        {
            throw new PickleException(
                $"a tensor of shape [{string.Join(", ", sizes)}] repeats the {available} elements of its storage "
                    + $"'{storage.Key}' more often than can be believed"
            );
        }

        return new PyTorchTensor(storage, type, first, Array.ConvertAll(sizes, size => (int)size), strides, (long)count);
    }

    /// <summary>The elements in memory, as long as the file is open; null where they don't lie in one piece.</summary>
    public byte* Pointer() => IsContiguous ? _storage.Pointer + (_first * Type.Size()) : null;

    /// <summary>The elements as float32, row-major, into memory of <see cref="Count"/> values.</summary>
    /// <param name="values">To be filled.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or the type has no float32 equivalent.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void CopyTo(Span<float> values)
    {
        if (!TensorConversion.IsReadable(Type))
        {
            throw new InvalidDataException(
                $"{File}: a tensor of storage '{_storage.Key}' is of type {Type.Name()}, which can't be read as float32."
            );
        }

        using UseCount.Use use = _storage.Use();
        if (Pointer() is var pointer && pointer is not null)
            TensorConversion.ToFloat32(Type, new ReadOnlySpan<byte>(pointer, Length(ByteLength)), values);
        else if (Type == TensorType.F32)
            CopyTo(MemoryMarshal.AsBytes(values));
        else
            TensorConversion.ToFloat32(Type, ReadBytes(), values);
    }

    private void CopyTo(Span<byte> bytes)
    {
        if (Count == 0)
            return;
        using UseCount.Use use = _storage.Use();
        int size = Type.Size();
        byte* from = _storage.Pointer + (_first * size);
        if (IsContiguous)
        {
            new ReadOnlySpan<byte>(from, bytes.Length).CopyTo(bytes);
            return;
        }
        fixed (byte* to = bytes)
        {
            byte* target = to;
            Gather(0, from, ref target, size);
        }
    }

    private void Gather(int dimension, byte* from, ref byte* to, int size)
    {
        long step = _strides[dimension] * size;
        int count = Shape[dimension];
        if (dimension < _strides.Length - 1)
        {
            for (int i = 0; i < count; i++, from += step)
                Gather(dimension + 1, from, ref to, size);
            return;
        }
        for (int i = 0; i < count; i++, from += step, to += size)
            Buffer.MemoryCopy(from, to, size, size);
    }

    private static bool Contiguous(int[] shape, long[] strides, long count)
    {
        long expected = 1L;
        for (int i = shape.Length - 1; i >= 0 && count > 0; i--)
        {
            if (shape[i] != 1 && strides[i] != expected)
                return false;
            expected *= shape[i];
        }
        return true;
    }

    private int Length(long length) =>
        length <= Array.MaxLength
            ? (int)length
            : throw new InvalidDataException(
                $"{File}: a tensor of storage '{_storage.Key}' has {length} elements or bytes; at most {Array.MaxLength} can be "
                    + $"read at once."
            );
}
