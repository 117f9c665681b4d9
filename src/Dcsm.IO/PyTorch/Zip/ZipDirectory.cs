using System.Buffers.Binary;
using System.Text;
using Dcsm.IO.Files;

namespace Dcsm.IO.PyTorch.Zip;

/// <summary>
/// Reads the central directory of a zip archive (PKWARE APPNOTE 6.3, with zip64). Every range is checked against the
/// file before it is used, and no two entries may share bytes.
/// </summary>
/// <remarks>
/// Not <see cref="System.IO.Compression.ZipArchive"/>: it tells no entry's place in the file, which tensors are mapped at, and takes
/// entries that overlap.
/// </remarks>
internal sealed class ZipDirectory
{
    private const uint EntrySignature = 0x02014b50,
        LocalSignature = 0x04034b50,
        EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50,
        Locator64Signature = 0x07064b50;
    private const int EntryLength = 46,
        LocalLength = 30,
        EndLength = 22,
        End64Length = 56,
        Locator64Length = 20;
    private const int MaxComment = ushort.MaxValue,
        MaxDirectory = 256 << 20;
    private const ushort Stored = 0,
        Deflated = 8;

    private readonly MappedFile _file;

    private ZipDirectory(MappedFile file) => _file = file;

    public Dictionary<string, ZipEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether a file starts as a zip archive does.</summary>
    public static bool IsZip(MappedFile file) =>
        file.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(file.Span(0, 4)) == LocalSignature;

    public static ZipDirectory Read(MappedFile file)
    {
        var directory = new ZipDirectory(file);
        directory.ReadEntries();
        return directory;
    }

    private void ReadEntries()
    {
        long end = FindEnd();
        (ushort count, long length, long start) = (U16(end + 10), (long)U32(end + 12), (long)U32(end + 16));
        long total = (long)count;
        long before = end;
        if (total == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
        {
            before = FindEnd64(end);
            if (before != end)
                (total, length, start) = (I64(before + 32), I64(before + 40), I64(before + 48));
        }
        if (start < 0 || length < 0 || total < 0 || start > before || length > before - start)
            throw Wrong($"its directory of {length} bytes at byte {start} does not lie before its end record at byte {before}");
        if (length > MaxDirectory || total > length / EntryLength)
            throw Wrong($"its directory of {length} bytes can't hold {total} entries");
        long at = start;
        for (long i = 0L; i < total; i++)
            at = ReadEntry(at, start + length, start);
        CheckOverlap();
    }

    private long ReadEntry(long at, long end, long directory)
    {
        if (end - at < EntryLength || U32(at) != EntrySignature)
            throw Wrong($"there is no directory entry at byte {at}");
        (ushort flags, ushort method, uint checksum) = (U16(at + 8), U16(at + 10), U32(at + 16));
        long stored = U32(at + 20),
            length = U32(at + 24),
            local = U32(at + 42);
        int nameLength = U16(at + 28),
            extraLength = U16(at + 30),
            commentLength = U16(at + 32);
        long next = at + EntryLength + nameLength + extraLength + commentLength;
        if (next > end)
            throw Wrong($"the directory entry at byte {at} goes beyond the directory");
        string name = Encoding.UTF8.GetString(_file.Span(at + EntryLength, nameLength));
        ReadExtra(_file.Span(at + EntryLength + nameLength, extraLength), name, ref length, ref stored, ref local);
        if ((flags & 1) != 0)
            throw Wrong($"its entry '{Shown(name)}' is encrypted");
        if (method is not (Stored or Deflated))
            throw Wrong($"its entry '{Shown(name)}' is packed by method {method}; only stored and deflated ones can be read");
        if (method == Stored && stored != length)
            throw Wrong($"its entry '{Shown(name)}' is stored, but has {stored} bytes in the file and {length} unpacked");
        if (local < 0 || local > directory - LocalLength || U32(local) != LocalSignature)
            throw Wrong($"its entry '{Shown(name)}' is said to begin at byte {local}, where no entry begins");
        long start = local + LocalLength + U16(local + 26) + U16(local + 28);
        if (length < 0 || stored < 0 || start > directory || stored > directory - start)
        {
            throw Wrong(
                $"its entry '{Shown(name)}' of {stored} bytes at byte {start} goes beyond byte {directory}, where the directory begins"
            );
        }

        if (!Entries.TryAdd(name, new ZipEntry(name, start, stored, length, method == Deflated, checksum)))
            throw Wrong($"its entry '{Shown(name)}' occurs twice");
        return next;
    }

    private void ReadExtra(ReadOnlySpan<byte> extra, string name, ref long length, ref long stored, ref long local)
    {
        const ushort Zip64 = 1;
        for (int at = 0; at + 4 <= extra.Length; )
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(extra[(at + 2)..]);
            if (at + 4 + size > extra.Length)
                break;
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra[at..]) == Zip64)
            {
                ReadOnlySpan<byte> field = extra.Slice(at + 4, size);
                Take(ref field, name, ref length);
                Take(ref field, name, ref stored);
                Take(ref field, name, ref local);
                return;
            }
            at += 4 + size;
        }
    }

    // A number is in the zip64 field only where the entry has all ones in its stead.
    private void Take(ref ReadOnlySpan<byte> field, string name, ref long value)
    {
        if (value != uint.MaxValue)
            return;
        if (field.Length < 8)
            throw Wrong($"its entry '{Shown(name)}' lacks a zip64 size");
        value = BinaryPrimitives.ReadInt64LittleEndian(field);
        field = field[8..];
    }

    private long FindEnd()
    {
        long least = Math.Max(0, _file.Length - EndLength - MaxComment);
        for (long at = _file.Length - EndLength; at >= least; at--)
        {
            if (U32(at) == EndSignature && at + EndLength + U16(at + 20) == _file.Length)
                return at;
        }
        throw Wrong("it has no end record; the file is truncated or damaged");
    }

    private long FindEnd64(long end)
    {
        long locator = end - Locator64Length;
        if (locator < 0 || U32(locator) != Locator64Signature)
            return end;
        long at = I64(locator + 8);
        if (at < 0 || at > locator - End64Length || U32(at) != End64Signature)
            throw Wrong($"its zip64 end record is said to be at byte {at}, where there is none");
        return at;
    }

    private void CheckOverlap()
    {
        ZipEntry? previous = null;
        foreach (ZipEntry? entry in Entries.Values.OrderBy(entry => entry.Offset).ThenBy(entry => entry.StoredLength))
        {
            if (previous is not null && previous.Offset + previous.StoredLength > entry.Offset)
                throw Wrong($"its entries '{Shown(previous.Name)}' and '{Shown(entry.Name)}' share bytes");
            previous = entry;
        }
    }

    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "…";

    private InvalidDataException Wrong(string message) => new($"{_file.Path}: the zip archive is damaged: {message}.");

    private ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.Span(at, 2));

    private uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.Span(at, 4));

    private long I64(long at) => BinaryPrimitives.ReadInt64LittleEndian(_file.Span(at, 8));
}
