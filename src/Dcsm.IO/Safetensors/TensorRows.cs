using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Dcsm.IO.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Dcsm.IO.Safetensors;

/// <summary>
/// A safetensors file of known shapes on its way to disk: the header first, the rows of its tensors whenever they come. The file has
/// its full length from the beginning; which rows are in it, whoever writes keeps.
/// </summary>
public sealed class TensorRows : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly TensorType[] _types;
    private readonly long[] _starts;
    private readonly long[] _rowLengths;
    private Half[] _halves = [];

    private TensorRows(SafeFileHandle file, TensorType[] types, long[] starts, long[] rowLengths) =>
        (_file, _types, _starts, _rowLengths) = (file, types, starts, rowLengths);

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names in ordinal order, and shapes; rows are along the first axis.</param>
    /// <param name="metadata">Key-value pairs of the header.</param>
    /// <param name="type">F32 or F16.</param>
    /// <param name="goesOn">Whether rows are in the file already, so that it must be as it was left.</param>
    public static TensorRows Open(
        string path,
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape)> tensors,
        IReadOnlyDictionary<string, string> metadata,
        TensorType type,
        bool goesOn
    ) => Open(path, [.. tensors.Select(tensor => (tensor.Name, tensor.Shape, type))], metadata, goesOn);

    /// <summary>As above, with tensors of several types.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names in ordinal order, shapes, and how the values are stored; rows are along the first axis.</param>
    /// <param name="metadata">Key-value pairs of the header.</param>
    /// <param name="goesOn">Whether rows are in the file already, so that it must be as it was left.</param>
    public static TensorRows Open(
        string path,
        IReadOnlyList<(string Name, IReadOnlyList<int> Shape, TensorType Type)> tensors,
        IReadOnlyDictionary<string, string> metadata,
        bool goesOn
    )
    {
        byte[] start = SafetensorsWriter.Start(tensors, metadata);
        (long[]? starts, long[]? rowLengths) = (new long[tensors.Count], new long[tensors.Count]);
        long end = (long)start.Length;
        for (int i = 0; i < tensors.Count; i++)
        {
            starts[i] = end;
            rowLengths[i] = tensors[i].Shape.Skip(1).Aggregate((long)tensors[i].Type.Size(), (product, size) => checked(product * size));
            end = checked(end + (rowLengths[i] * tensors[i].Shape[0]));
        }

        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            if (!goesOn)
            {
                RandomAccess.SetLength(file, 0);
                RandomAccess.SetLength(file, end);
                RandomAccess.Write(file, start, 0);
            }
            else if (!Begins(file, start) || RandomAccess.GetLength(file) != end)
            {
                throw new InvalidDataException($"{path}: is not as it was left; delete the directory and encode again.");
            }
            return new TensorRows(file, [.. tensors.Select(tensor => tensor.Type)], starts, rowLengths);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes rows of one tensor, F32 or F16.</summary>
    /// <param name="tensor">Its number.</param>
    /// <param name="row">The first row.</param>
    /// <param name="values">Whole rows.</param>
    public void Write(int tensor, long row, ReadOnlySpan<float> values)
    {
        long offset = _starts[tensor] + (row * _rowLengths[tensor]);
        if (_types[tensor] == TensorType.F32)
        {
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(values), offset);
            return;
        }
        if (_halves.Length < values.Length)
            _halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, _halves);
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(_halves.AsSpan(0, values.Length)), offset);
    }

    /// <summary>Writes rows of one tensor that are stored as the file stores them.</summary>
    /// <param name="tensor">Its number.</param>
    /// <param name="row">The first row.</param>
    /// <param name="bytes">Whole rows.</param>
    public void WriteBytes(int tensor, long row, ReadOnlySpan<byte> bytes) =>
        RandomAccess.Write(_file, bytes, _starts[tensor] + (row * _rowLengths[tensor]));

    /// <summary>Returns when all that was written is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    private static bool Begins(SafeFileHandle file, byte[] start)
    {
        byte[] found = new byte[start.Length];
        return RandomAccess.Read(file, found, 0) == start.Length && found.AsSpan().SequenceEqual(start);
    }
}
