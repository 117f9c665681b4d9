using System.Collections.Concurrent;
using System.Formats.Tar;

namespace Dcsm.IO.Files;

/// <summary>
/// Files, and files in tars, which are named <c>shard-00000.tar#000.jpg</c>. A tar is listed when it is first needed, and again when its
/// length or time has changed; what is in it is read by its place. Thread-safe.
/// </summary>
public static class ContainedFile
{
    private const string Ending = ".tar",
        Inside = Ending + "#";

    private static readonly ConcurrentDictionary<(string Tar, long Length, DateTime Modified), Lazy<Listing>> Listings = new();

    /// <summary>Whether a file is called as tars are.</summary>
    /// <param name="path">The file.</param>
    public static bool IsTar(string path) => Path.GetExtension(path).Equals(Ending, StringComparison.OrdinalIgnoreCase);

    /// <summary>The files in a tar, in their order.</summary>
    /// <param name="tar">The tar.</param>
    /// <returns>Their names, of the form that all else here takes.</returns>
    /// <exception cref="FileNotFoundException">There is no such tar.</exception>
    /// <exception cref="InvalidDataException">It is no tar, is cut short, or holds a name twice.</exception>
    public static IReadOnlyList<string> Names(string tar) => List(tar).Names;

    /// <summary>The file that holds another, or is it.</summary>
    /// <param name="path">The file.</param>
    public static string Holder(string path) => Split(path)?.Tar ?? path;

    /// <summary>Whether there is such a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The tar that it is to be in can't be read.</exception>
    public static bool Exists(string path) => Length(path) is not null;

    /// <summary>Its bytes; null where there is no such file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The tar that it is to be in can't be read.</exception>
    public static long? Length(string path) =>
        Split(path) is { } split ? Place(split)?.Length
        : new FileInfo(path) is { Exists: true, Length: var length } ? length
        : null;

    /// <summary>Opens a file to be read; one of a tar is in memory.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is a pipe or a device, or too long, or in a tar that can't be read.</exception>
    public static Stream OpenRead(string path) => Split(path) is null ? RegularFile.OpenRead(path) : new MemoryStream(ReadAll(path));

    /// <summary>All bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes that it may have.</param>
    /// <inheritdoc cref="OpenRead"/>
    public static byte[] ReadAll(string path, int most = int.MaxValue)
    {
        if (Split(path) is not { } split)
            return RegularFile.ReadAll(path, most);
        (long offset, long length) =
            Place(split) ?? throw new FileNotFoundException($"{path}: there is no such file in {split.Tar}.", path);
        if (length > Math.Min(most, Array.MaxLength))
            throw new InvalidDataException($"{path}: has {length} bytes, and may have {Math.Min(most, Array.MaxLength)} at most");
        byte[] content = new byte[length];
        using FileStream file = RegularFile.OpenRead(split.Tar);
        file.Seek(offset, SeekOrigin.Begin);
        file.ReadExactly(content);
        return content;
    }

    // A file that is called so itself is meant before one of a tar.
    private static (string Tar, string Name)? Split(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        int place = path.IndexOf(Inside, StringComparison.OrdinalIgnoreCase);
        return place >= 0 && !File.Exists(path) ? (path[..(place + Ending.Length)], path[(place + Inside.Length)..]) : null;
    }

    private static (long Offset, long Length)? Place((string Tar, string Name) file) =>
        File.Exists(file.Tar) && List(file.Tar).Places.TryGetValue(file.Name, out (long, long) place) ? place : null;

    private static Listing List(string tar)
    {
        var file = new FileInfo(tar);
        if (!file.Exists)
            throw new FileNotFoundException($"{tar}: there is no such tar", tar);
        return Listings
            .GetOrAdd((tar, file.Length, file.LastWriteTimeUtc), static key => new Lazy<Listing>(() => new Listing(key.Tar)))
            .Value;
    }

    private sealed class Listing
    {
        public Listing(string tar)
        {
            var names = new List<string>();
            using FileStream stream = RegularFile.OpenRead(tar);
            using var reader = new TarReader(stream);
            try
            {
                while (reader.GetNextEntry() is { } entry)
                {
                    if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
                        continue;
                    string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
                    if (!Places.TryAdd(name, (entry.Length == 0 ? 0 : entry.DataOffset, entry.Length)))
                        throw new InvalidDataException($"'{name}' is in it twice");
                    names.Add($"{tar}#{name}");
                }
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException or FormatException)
            {
                throw new InvalidDataException($"{tar}: is no tar, or cut short ({e.Message.TrimEnd('.')})", e);
            }

            Names = names;
        }

        public IReadOnlyList<string> Names { get; }

        public Dictionary<string, (long Offset, long Length)> Places { get; } = new(StringComparer.Ordinal);
    }
}
