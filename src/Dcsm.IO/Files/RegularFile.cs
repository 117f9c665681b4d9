using System.Runtime.InteropServices;

namespace Dcsm.IO.Files;

/// <summary>
/// Files that have a length and an end: what is read here is no folder, no pipe, which may never say anything, and no device, which may
/// never end.
/// </summary>
public static unsafe partial class RegularFile
{
    private const int StatLength = 256,
        ModeOffset = 28,
        TypeMask = 0xF000,
        Regular = 0x8000,
        Folder = 0x4000,
        WorkingDirectory = -100;

    // What is a place in a process, or of the machine, and no file of its own. What lies in memory is one.
    private static readonly string[] NoFiles = ["/dev/", "/proc/"];
    private const string InMemory = "/dev/shm/";
    private const int MostLinks = 40;

    /// <summary>Opens a file to be read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or it is a folder.</exception>
    /// <exception cref="InvalidDataException">It is a pipe or a device.</exception>
    public static FileStream OpenRead(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw ForeignFile.Missing(path);
        if (IsSpecial(path))
            throw new InvalidDataException($"{path}: is a pipe or a device, not a file; save what it gives in a file");
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (FileNotFoundException)
        {
            // A link that leads nowhere is a file that exists, to .NET.
            throw ForeignFile.Missing(path);
        }
    }

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or it is a folder.</exception>
    /// <exception cref="InvalidDataException">It is a pipe or a device, or too long.</exception>
    public static byte[] ReadAll(string path, int most = int.MaxValue)
    {
        using FileStream file = OpenRead(path);
        if (file.Length > Math.Min(most, Array.MaxLength))
            throw new InvalidDataException($"{path}: has {file.Length} bytes, and may have {Math.Min(most, Array.MaxLength)} at most");
        byte[] content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    /// <summary>
    /// Whether a path, or what it links to, is a pipe, a device or an open file of a process, so that it can't be replaced by another file.
    /// </summary>
    /// <param name="path">The path; nothing need be there.</param>
    public static bool IsSpecial(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        string at = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            bool isNoFile = Array.Exists(NoFiles, start => at.StartsWith(start, StringComparison.Ordinal));
            if (isNoFile && !at.StartsWith(InMemory, StringComparison.Ordinal))
                return true;
            if (new FileInfo(at).LinkTarget is not { } target)
                break;
            at = Path.GetFullPath(target, Path.GetDirectoryName(at)!);
        }

        byte* stat = stackalloc byte[StatLength];
        return OperatingSystem.IsLinux()
            && Statx(WorkingDirectory, path, 0, 1, stat) == 0
            && (*(ushort*)(stat + ModeOffset) & TypeMask) is not (Regular or Folder);
    }

    // The one call of the kind whose structure is the same on every processor.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* stat);
}
