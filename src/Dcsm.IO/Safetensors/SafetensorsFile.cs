using Dcsm.IO.Files;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.Safetensors;

/// <summary>
/// A memory-mapped safetensors file. The header is checked in full when the file is opened; tensor bytes are read
/// only when asked for.
/// </summary>
/// <remarks>Format: huggingface/safetensors. Reading is thread-safe; closing waits for those who read.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly Dictionary<string, TensorInfo> _tensors;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header)
    {
        _file = file;
        _tensors = header.Tensors;
        Metadata = header.Metadata;
        Names = [.. header.Tensors.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not a safetensors file, or damaged; the message says where.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // A header takes at least 8 bytes, and an empty file can't be mapped.
        if (new FileInfo(path) is { Exists: true, Length: < sizeof(ulong) and var tooShort } && !RegularFile.IsSpecial(path))
            SafetensorsHeader.ReadLength(path, [], tooShort);
        var file = MappedFile.Open(path);
        try
        {
            int length = SafetensorsHeader.ReadLength(path, file.Span(0, sizeof(ulong)), file.Length);
            return new SafetensorsFile(file, SafetensorsHeader.Parse(path, file.Span(sizeof(ulong), length), file.Length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The file's path.</summary>
    public string Path => _file.Path;

    /// <summary>Names of the tensors, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The file's own key-value pairs (<c>__metadata__</c>).</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether there is a tensor of that name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Type, shape and place of a tensor.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">The file has no such tensor.</exception>
    public TensorInfo Get(string name) =>
        _tensors.TryGetValue(name, out TensorInfo? info) ? info : throw new InvalidDataException($"{Path}: there is no tensor '{name}'.");

    /// <summary>A copy of the stored bytes of a tensor, little endian.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <exception cref="InvalidDataException">The file has no such tensor, or it is larger than an array can be (2 GiB).</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public byte[] Bytes(string name)
    {
        using UseCount.Use use = Use();
        return Mapped(name).ToArray();
    }

    /// <summary>Keeps the file open until it is disposed of: for whoever reads by <see cref="Pointer"/>.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public UseCount.Use Use() => _file.Use();

    /// <summary>The stored bytes in the mapped memory; to be read only within a <see cref="Use"/>.</summary>
    internal ReadOnlySpan<byte> Mapped(string name)
    {
        TensorInfo info = Get(name);
        if (info.ByteLength > int.MaxValue)
        {
            throw new InvalidDataException(
                $"{Path}: tensor '{name}' has {info.ByteLength} bytes; at most {int.MaxValue} can be read at once."
            );
        }

        return new ReadOnlySpan<byte>(Pointer(info), (int)info.ByteLength);
    }

    /// <summary>A tensor as float32, converted where it is stored otherwise.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>The values, row-major.</returns>
    /// <exception cref="InvalidDataException">The file has no such tensor, or its type has no float32 equivalent.</exception>
    public float[] ReadFloat32(string name)
    {
        using UseCount.Use use = Use();
        ReadOnlySpan<byte> bytes = Mapped(name);
        TensorType type = Get(name).Type;
        if (!TensorConversion.IsReadable(type))
            throw new InvalidDataException($"{Path}: tensor '{name}' is stored as {type.Name()}, which can't be read as float32.");
        float[] values = GC.AllocateUninitializedArray<float>(bytes.Length / type.Size());
        TensorConversion.ToFloat32(type, bytes, values);
        return values;
    }

    /// <summary>Closes the file, when nobody reads it any more; pointers to it must not be used then.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Where a tensor's bytes lie in memory.</summary>
    public byte* Pointer(TensorInfo info) => _file.Pointer(info.Offset);
}
