using System.Buffers;
using System.Text;

namespace Dcsm.IO.Files;

/// <summary>
/// Files that are there whole or not at all: written under another name beside their place, then renamed. The folder is made where there is
/// none. A link is followed, permissions stay; what is no file of its own, a pipe or a device, is written to as it is. May be called by
/// several threads and processes.
/// </summary>
public static class AtomicFile
{
    private const string Suffix = ".tmp";

    // What file systems take, less what a temporary name adds.
    private const int MostNameBytes = 255 - 13 - 4;

    // Whoever writes holds the file until it has its name, so that it can be told from what a killed process has left.
    private static readonly FileShare Held = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;

    private static readonly SearchValues<char> Random = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.");

    // Between the making of a file and the holding of it a writer might be taken for dead.
    private static readonly TimeSpan Young = TimeSpan.FromMilliseconds(200);

    /// <summary>Writes a file.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="content">All of it.</param>
    /// <param name="oneOfMany">
    /// A file of thousands in its folder, which must be there: it is not forced onto the disk, and what a killed process has left of it is
    /// not looked for.
    /// </param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool oneOfMany = false) =>
        Write(path, content, static (file, content) => file.Write(content), oneOfMany);

    /// <summary>Writes a file of UTF-8, without a mark of byte order.</summary>
    public static void Write(string path, string content) => Write(path, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes a file as its content comes.</summary>
    public static void Write(string path, Action<Stream> write) =>
        Write(path, write, static (file, write) => write(file), oneOfMany: false);

    /// <summary>What a file is called whose beginning is worth keeping while it is written: for <see cref="Finish"/>.</summary>
    public static string Part(string path)
    {
        string target = Target(path);
        return Path.Combine(Path.GetDirectoryName(target)!, Shortened(Path.GetFileName(target)) + ".part");
    }

    /// <summary>Puts a whole part in the place of its file.</summary>
    public static void Finish(string part, string path)
    {
        string target = Target(path);
        if (!OperatingSystem.IsWindows() && File.Exists(target))
            File.SetUnixFileMode(part, File.GetUnixFileMode(target));
        File.Move(part, target, overwrite: true);
    }

    /// <summary>Removes what killed processes have left of a file, and nothing that is being written.</summary>
    public static void RemoveTorn(string path)
    {
        string full = Path.GetFullPath(path);
        string name = Shortened(Path.GetFileName(full));
        RemoveTorn(Path.GetDirectoryName(full)!, found => IsTemporary(found) && found.AsSpan(0, OwnerLength(found)).SequenceEqual(name));
    }

    /// <summary>As above, of every file in a folder that nobody else writes in.</summary>
    public static void RemoveAllTorn(string directory) => RemoveTorn(directory, IsTemporary);

    private static void RemoveTorn(string directory, Func<string, bool> isTorn)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (string? torn in Directory.EnumerateFiles(directory, "*" + Suffix).Where(file => isTorn(Path.GetFileName(file))))
        {
            if (DateTime.UtcNow - File.GetLastWriteTimeUtc(torn) < Young)
                continue;
            try
            {
                new FileStream(torn, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody writes it, or has just given it its name; or nothing may be removed here.
            }
        }
    }

    private static void Write<TContent>(string path, TContent content, Action<Stream, TContent> write, bool oneOfMany)
        where TContent : allows ref struct
    {
        if (!oneOfMany)
        {
            if (Directory.Exists(path))
                throw new IOException($"{path}: is a folder; name a file");
            if (RegularFile.IsSpecial(path))
            {
                using var there = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                write(there, content);
                return;
            }

            path = Target(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            RemoveTorn(path);
        }

        string temporary = Temporary(path);
        try
        {
            using var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, Held);
            KeepMode(path, file);
            write(file, content);
            file.Flush(flushToDisk: !oneOfMany);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Where a file is that links may lead to.</summary>
    internal static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        return new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    private static string Temporary(string path) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", $"{Shortened(Path.GetFileName(path))}.{Path.GetRandomFileName()}{Suffix}");

    private static void KeepMode(string path, FileStream file)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(path));
    }

    private static string Shortened(string name)
    {
        if (name.Length <= MostNameBytes / 3)
            return name;
        int bytes = 0,
            length = 0;
        foreach (Rune rune in name.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > MostNameBytes)
                break;
            length += rune.Utf16SequenceLength;
        }

        return name[..length];
    }

    // Path.GetRandomFileName makes eight characters, a dot and three.
    private static int OwnerLength(string name) => name.Length - Suffix.Length - 13;

    private static bool IsTemporary(string name) =>
        OwnerLength(name) is > 0 and var length
        && name[length] == '.'
        && name[length + 9] == '.'
        && name.AsSpan(length + 1, 12).IndexOfAnyExcept(Random) < 0
        && name.EndsWith(Suffix, StringComparison.Ordinal);
}
