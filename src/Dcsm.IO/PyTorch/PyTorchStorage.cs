using System.IO.Compression;
using System.IO.Hashing;
using Dcsm.IO.Files;
using Dcsm.IO.PyTorch.Zip;
using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch;

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

    /// <summary>Keeps the file open while the bytes are read.</summary>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public UseCount.Use Use() => _mapped?.Use() ?? default;

    /// <summary>
    /// The first byte in memory, to be read only within a <see cref="Use"/>; the whole storage has been checked against its checksum.
    /// </summary>
    public byte* Pointer
    {
        get
        {
            lock (_lock)
            {
                if (_mapped is null)
                    throw new InvalidDataException($"{file}: storage '{key}' is not in the file.");
                if (_entry is { IsDeflated: true })
                {
                    return (byte*)
                        System.Runtime.CompilerServices.Unsafe.AsPointer(
                            ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_unpacked ??= Unpack(_mapped, _entry))
                        );
                }

                if (_entry is not null && !_isChecked)
                    Check(_mapped, _entry);
                _isChecked = true;
                return _mapped.Pointer(_offset);
            }
        }
    }

    public static byte[] Unpack(MappedFile mapped, ZipEntry entry)
    {
        // Looked through first: a length that is only claimed gets no memory.
        var sum = new Crc32();
        long length = 0L;
        try
        {
            using (DeflateStream deflate = Deflate(mapped, entry))
            {
                byte[] chunk = new byte[Math.Min(entry.Length, 1 << 16)];
                int read;
                while ((read = deflate.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false)) > 0 && (length += read) <= entry.Length)
                    sum.Append(chunk.AsSpan(0, read));
            }
            if (length < entry.Length)
                throw new EndOfStreamException();
            CheckSum(mapped, entry, sum.GetCurrentHashAsUInt32());
            // Pinned, so that its address stays what it is.
            byte[] bytes = GC.AllocateUninitializedArray<byte>(checked((int)entry.Length), pinned: true);
            using DeflateStream again = Deflate(mapped, entry);
            again.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e)
            when (e is EndOfStreamException || (e is InvalidDataException && !e.Message.StartsWith(mapped.Path, StringComparison.Ordinal)))
        {
            throw new InvalidDataException($"{mapped.Path}: the record '{entry.Name}' can't be unpacked; the file is damaged.", e);
        }
    }

    private static DeflateStream Deflate(MappedFile mapped, ZipEntry entry) =>
        new(new UnmanagedMemoryStream(mapped.Pointer(entry.Offset), entry.StoredLength), CompressionMode.Decompress);

    public static void Check(MappedFile mapped, ZipEntry entry)
    {
        const int Chunk = 1 << 20;
        var sum = new Crc32();
        for (long at = 0L; at < entry.Length; at += Chunk)
            sum.Append(mapped.Span(entry.Offset + at, (int)Math.Min(Chunk, entry.Length - at)));
        CheckSum(mapped, entry, sum.GetCurrentHashAsUInt32());
    }

    private static void CheckSum(MappedFile mapped, ZipEntry entry, uint sum)
    {
        if (sum != entry.Checksum)
        {
            throw new InvalidDataException(
                $"{mapped.Path}: the record '{entry.Name}' has the checksum {sum:x8}, but by the archive's directory "
                    + $"{entry.Checksum:x8}; the file is damaged."
            );
        }
    }
}
