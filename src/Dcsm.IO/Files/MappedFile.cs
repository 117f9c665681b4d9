using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Dcsm.IO.Files;

/// <summary>A file mapped into memory for reading, of any length.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;
    private readonly UseCount _uses;
    private byte* _start;

    private MappedFile(string path, long length, MemoryMappedFile file, MemoryMappedViewAccessor view)
    {
        (Path, Length, _file, _view, _handle) = (path, length, file, view, view.SafeMemoryMappedViewHandle);
        _uses = new UseCount(this);
        _handle.AcquirePointer(ref _start);
        _start += view.PointerOffset;
    }

    public string Path { get; }

    public long Length { get; }

    public static MappedFile Open(string path)
    {
        FileStream stream = RegularFile.OpenRead(path);
        MemoryMappedFile? file = null;
        MemoryMappedViewAccessor? view = null;
        try
        {
            long length = stream.Length;
            if (length == 0)
                throw new InvalidDataException($"{path}: the file is empty.");
            file = MemoryMappedFile.CreateFromFile(
                stream,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: false
            );
            view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            var mapped = new MappedFile(path, length, file, view);
            ForeignFile.Refuse(path, mapped.Span(0, (int)Math.Min(length, 512)));
            return mapped;
        }
        catch
        {
            view?.Dispose();
            file?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Keeps the file open while something is read by its pointers or spans.</summary>
    public UseCount.Use Use() => _uses.Begin();

    /// <summary>Where a byte of the file lies in memory; the caller has checked the range.</summary>
    public byte* Pointer(long offset)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return _start + offset;
    }

    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return new ReadOnlySpan<byte>(Pointer(offset), length);
    }

    // Of who forgets to close: the pointer would keep the mapping for ever, and a process has no more than about 65,000.
    ~MappedFile()
    {
        if (_start is not null)
            _handle.ReleasePointer();
    }

    public void Dispose()
    {
        if (!_uses.Close())
            return;
        GC.SuppressFinalize(this);
        _start = null;
        _handle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
