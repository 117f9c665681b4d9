using System.Runtime.InteropServices;

namespace Dcsm.Testing;

/// <summary>
/// Floats between two pages that nobody may read or write: a kernel that goes beyond either end ends the process, which no test survives.
/// Where the system has no such pages it is ordinary memory.
/// </summary>
public sealed unsafe partial class GuardedFloats : IDisposable
{
    private const int NoAccess = 0,
        ReadWrite = 3,
        PrivateAnonymous = 0x22;

    private readonly nint _start,
        _length;

    /// <param name="count">Floats.</param>
    /// <param name="atEnd">Whether they end at the forbidden page; else they begin at one.</param>
    public GuardedFloats(int count, bool atEnd = true)
    {
        Count = count;
        if (!OperatingSystem.IsLinux())
        {
            _start = (nint)NativeMemory.AllocZeroed((nuint)count, sizeof(float));
            Pointer = (float*)_start;
            return;
        }

        nint page = Environment.SystemPageSize;
        nint inside = (((nint)count * sizeof(float)) + page - 1) / page * page;
        _length = inside + (2 * page);
        _start = Map(0, _length, NoAccess, PrivateAnonymous, -1, 0);
        if (_start == -1 || Protect(_start + page, inside, ReadWrite) != 0)
            throw new InvalidOperationException("There is no memory between guard pages.");
        Pointer = (float*)(atEnd ? _start + page + inside - (count * sizeof(float)) : _start + page);
    }

    public int Count { get; }

    public float* Pointer { get; }

    public Span<float> Span => new(Pointer, Count);

    /// <summary>Seeded numbers in [-1, 1).</summary>
    public static GuardedFloats Random(int count, int seed, bool atEnd = true)
    {
        var random = new Random(seed);
        GuardedFloats made = new(count, atEnd);
        foreach (ref float value in made.Span)
            value = (random.NextSingle() * 2) - 1;
        return made;
    }

    public void Dispose()
    {
        if (_length == 0)
            NativeMemory.Free((void*)_start);
        else
            _ = Unmap(_start, _length);
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nint length);
}
