using Dcsm.IO.Files;
using Dcsm.IO.PyTorch.Zip;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

/// <summary>
/// A PyTorch checkpoint (<c>.pt</c>, <c>.pth</c>, <c>.bin</c>) as tensors and plain values: what <c>torch.save</c> writes, zip archive or
/// older, and TorchScript archives, of which only the attributes are read.
/// </summary>
/// <remarks>
/// <para>A checkpoint is a pickle, and a pickle is a program. No part of it is run here: classes are names on a fixed list,
/// and a file that names anything else is refused.</para>
/// <para>The file is memory-mapped; tensors are read when they are asked for. Reading is thread-safe; closing waits for those who
/// read.</para>
/// </remarks>
public sealed class PyTorchCheckpoint : IDisposable
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, PyTorchTensor> _tensors;

    private PyTorchCheckpoint(MappedFile file, PyTorchContent content)
    {
        _file = file;
        Format = content.Format;
        Root = content.Root;
        _tensors = TensorNames.Below(content.Root, file.Path, file.Length);
        Names = [.. _tensors.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens a checkpoint and checks that every tensor lies within the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// It is no PyTorch checkpoint, damaged, or names a class that no tensor needs; the message says which, and at which byte.
    /// </exception>
    public static PyTorchCheckpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = MappedFile.Open(path);
        try
        {
            return new PyTorchCheckpoint(file, Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file's path.</summary>
    public string Path => _file.Path;

    /// <summary>The file's length in bytes.</summary>
    public long Length => _file.Length;

    /// <summary>How the file is laid out.</summary>
    public PyTorchFormat Format { get; }

    /// <summary>What was saved, as the values that <see cref="PyTorchObject"/> describes; most often a dictionary.</summary>
    public object? Root { get; }

    /// <summary>Names of all tensors, in ordinal order: the keys that lead to them, joined by dots.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether there is a tensor of that name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Type, shape and place of a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public TensorInfo Get(string name)
    {
        PyTorchTensor tensor = Tensor(name);
        return new TensorInfo(name, tensor.Type, tensor.Shape, tensor.Offset, tensor.ByteLength);
    }

    /// <summary>A tensor, to be read.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public PyTorchTensor Tensor(string name) =>
        _tensors.TryGetValue(name, out PyTorchTensor? tensor)
            ? tensor
            : throw new InvalidDataException($"{Path}: there is no tensor '{name}'.");

    /// <summary>A tensor as float32, row-major, converted where it is stored otherwise.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">
    /// The file has no such tensor or is damaged, or the tensor's type has no float32 equivalent.
    /// </exception>
    public float[] ReadFloat32(string name) => Tensor(name).ReadFloat32();

    /// <summary>Every tensor below a value of the file, by the keys that lead to it from there, joined by dots.</summary>
    /// <param name="value">The value: <see cref="Root"/>, or one in it.</param>
    /// <exception cref="InvalidDataException">The names take more memory than the file is worth.</exception>
    public Dictionary<string, PyTorchTensor> TensorsBelow(object? value) => TensorNames.Below(value, Path, Length);

    /// <summary>
    /// Closes the file, when nobody reads it any more; who reads a tensor then gets an <see cref="ObjectDisposedException"/>.
    /// </summary>
    public void Dispose() => _file.Dispose();

    private static PyTorchContent Read(MappedFile file)
    {
        if (ZipDirectory.IsZip(file))
            return PyTorchArchive.Read(file);
        if (PyTorchLegacyFile.IsPickle(file))
            return PyTorchLegacyFile.Read(file);
        bool isTar = file.Length > 512 && file.Span(257, 5).SequenceEqual("ustar"u8);
        throw new InvalidDataException(
            $"{file.Path}: this is no PyTorch checkpoint: it begins neither as a zip archive nor as a pickle."
                + (isTar ? " It is a tar archive, as PyTorch wrote before version 0.2; those are not read." : "")
        );
    }
}
