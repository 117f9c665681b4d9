using System.IO.Compression;

namespace Dcsm.Clip.Internals;

/// <summary>A run of elements that tensors are views of; its bytes are looked for in the file when first needed.</summary>
internal sealed unsafe class PyTorchStorage(string file, string key, TensorType type, long count)
{
    private readonly Lock _lock = new();
    private MappedFile? _mapped;
    private ZipEntry? _entry;
    private long _offset = -1;
    private byte[]? _unpacked;
    private bool _isChecked;

    public string File => file;

    public string Key => key;

    public TensorType Type => type;

    public long Count => count;

    public long ByteLength { get; } = checked(count * type.Size());

    /// <summary>Where the bytes begin in the file; −1 where they are packed.</summary>
    public long Offset => _entry is { IsDeflated: true } ? -1 : _offset;

    /// <summary>The bytes are a record of an archive.</summary>
    public void Place(MappedFile mapped, ZipEntry entry) => (_mapped, _entry, _offset) = (mapped, entry, entry.Offset);

    /// <summary>The bytes lie in the file as they are.</summary>
    public void Place(MappedFile mapped, long offset) => (_mapped, _offset) = (mapped, offset);

    /// <summary>The first byte in memory; the whole storage has been checked against its checksum.</summary>
    public byte* Pointer
    {
        get
        {
            lock (_lock)
            {
                if (_mapped is null)
                    throw new InvalidDataException($"{file}: storage '{key}' is not in the file.");
                if (_entry is { IsDeflated: true })
                    return (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_unpacked ??= Unpack(_mapped, _entry)));
                if (_entry is not null && !_isChecked)
                    Check(_mapped, _entry);
                _isChecked = true;
                return _mapped.Pointer(_offset);
            }
        }
    }

    public static byte[] Unpack(MappedFile mapped, ZipEntry entry)
    {
        // Pinned, so that its address stays what it is.
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.Length), pinned: true);
        try
        {
            using var packed = new UnmanagedMemoryStream(mapped.Pointer(entry.Offset), entry.StoredLength);
            using var deflate = new DeflateStream(packed, CompressionMode.Decompress);
            deflate.ReadExactly(bytes);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{mapped.Path}: the record '{entry.Name}' can't be unpacked; the file is damaged.", e);
        }
        CheckSum(mapped, entry, Crc32.Append(0, bytes));
        return bytes;
    }

    public static void Check(MappedFile mapped, ZipEntry entry)
    {
        const int chunk = 1 << 20;
        var sum = 0u;
        for (var at = 0L; at < entry.Length; at += chunk)
            sum = Crc32.Append(sum, mapped.Span(entry.Offset + at, (int)Math.Min(chunk, entry.Length - at)));
        CheckSum(mapped, entry, sum);
    }

    private static void CheckSum(MappedFile mapped, ZipEntry entry, uint sum)
    {
        if (sum != entry.Checksum)
            throw new InvalidDataException($"{mapped.Path}: the record '{entry.Name}' has the checksum {sum:x8}, but by the archive's directory {entry.Checksum:x8}; the file is damaged.");
    }
}
