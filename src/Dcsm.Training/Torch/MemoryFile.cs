using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Dcsm.Training.Torch;

/// <summary>A file that exists in memory only (Linux memfd), for libraries that are patched before they are loaded.</summary>
internal static partial class MemoryFile
{
    // Never closed: one descriptor per process, and debuggers and profilers read the library through it.
    private static readonly List<FileStream> Open = [];

    /// <summary>Creates the file and returns a path by which this process can open it.</summary>
    public static string Create(string name, ReadOnlySpan<byte> content)
    {
        const uint CloseOnExec = 1;
        int descriptor = MemfdCreate(name, CloseOnExec);
        if (descriptor < 0)
            throw new IOException($"no memory file for {name} (memfd_create: {Marshal.GetLastPInvokeErrorMessage()})");
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        stream.Write(content);
        Open.Add(stream);
        return $"/proc/self/fd/{descriptor}";
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);
}
