using System.Globalization;
using Dcsm.Testing;

namespace Dcsm.Fuzz;

/// <summary>Something that reads files of others, with good ones to damage.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Cases">Good files.</param>
/// <param name="Read">Reads all of a file.</param>
public sealed record Reader(string Name, IReadOnlyList<FuzzCase> Cases, Action<string> Read)
{
    private const long LittleMemory = 64 << 20;
    private const int MemoryOfByte = 64,
        LongestMessage = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Reads good files that are damaged by seeds: each is read, or refused with an error that names it.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="until">When to stop before.</param>
    /// <returns>How many were refused, how many read, and what went wrong with which seed.</returns>
    public (int Refused, int Read, string? Failure) Run(int first, int count, Func<bool>? until = null)
    {
        (int refused, int read) = (0, 0);
        using var folder = new TemporaryFolder();
        for (int seed = first; seed < first + count && until?.Invoke() != true; seed++)
        {
            FuzzCase good = Cases[seed % Cases.Count];
            string path = Place(folder, good);
            byte[] bytes = Damage.Of(File.ReadAllBytes(good.Path), new Random(seed));
            File.WriteAllBytes(path, bytes);
            if (Try(path, bytes.Length, out bool isRefused) is { } failure)
                return (refused, read, string.Create(CultureInfo.InvariantCulture, $"{Name}, seed {seed}, {good.Path}: {failure}"));
            _ = isRefused ? refused++ : read++;
        }

        return (refused, read, null);
    }

    /// <summary>Reads one file, alone in its folder but for what the first case has beside it.</summary>
    /// <returns>What went wrong; null where it was read, or refused as it should be.</returns>
    public string? RunOnce(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        string path = Place(folder, Cases[0]);
        File.WriteAllBytes(path, bytes);
        return Try(path, bytes.Length, out _);
    }

    public bool Equals(Reader? other) => Name == other?.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    private static string Place(TemporaryFolder folder, FuzzCase good)
    {
        string name = Path.GetFileName(good.Path);
        string place = Path.Combine(folder.Path, Path.GetFileName(Path.GetDirectoryName(good.Path))! + "-" + name);
        if (!Directory.Exists(place))
        {
            Directory.CreateDirectory(place);
            foreach (string beside in good.Beside)
                File.Copy(beside, Path.Combine(place, Path.GetFileName(beside)));
        }

        return Path.Combine(place, name);
    }

    private string? Try(string path, long length, out bool isRefused)
    {
        isRefused = false;
        TimeSpan start = ProcessorTime.Spent;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            Read(path);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            isRefused = true;
            if (!e.Message.Contains(Path.GetDirectoryName(path)!, StringComparison.Ordinal))
                return $"the error names no file: {e.Message}";
            if (e.Message.Length > LongestMessage)
                return $"the error is of {e.Message.Length} characters: {e.Message[..300]}";
        }
#pragma warning disable CA1031 // What no reader may throw is what is looked for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e.ToString();
        }

        long memory = GC.GetAllocatedBytesForCurrentThread() - before;
        TimeSpan time = ProcessorTime.Spent - start;
        return time > Patience ? $"took {time} of the processors"
            : memory > LittleMemory + (MemoryOfByte * length) ? $"took {memory} bytes of memory for a file of {length}"
            : null;
    }
}
