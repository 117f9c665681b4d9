using System.Globalization;
using System.Text.RegularExpressions;

namespace Dcsm.IO.Shards;

/// <summary>A folder in which parts of one list lie, each in a folder of its own.</summary>
public static partial class ShardFolder
{
    /// <summary>Where a part lies.</summary>
    /// <param name="directory">The folder of all parts.</param>
    /// <param name="shard">The part.</param>
    public static string Of(string directory, Shard shard) => Path.Combine(directory, shard.Name);

    /// <summary>Whether there are parts in a folder, finished or not.</summary>
    /// <param name="directory">The folder.</param>
    public static bool IsOne(string directory) => Folders(directory).Any();

    /// <summary>
    /// Whether a part is finished already, and its files are what was written.
    /// </summary>
    /// <param name="directory">The folder of all parts.</param>
    /// <param name="asked">The part as it would be made now; its files, errors and details are not looked at.</param>
    /// <param name="damage">What is damaged of a part that must be made anew; else null.</param>
    /// <exception cref="InvalidDataException">
    /// The part is there, but of something else; or the folder is cut into another number of parts.
    /// </exception>
    public static bool IsDone(string directory, ShardManifest asked, out string? damage)
    {
        ArgumentNullException.ThrowIfNull(asked);
        damage = null;
        if (Folders(directory).FirstOrDefault(folder => folder.Count != asked.Shard.Count) is { Count: > 0 } other)
        {
            throw new InvalidDataException(
                $"{directory}: is cut into {other.Count} parts ({Path.GetFileName(other.Path)}), and this is one of {asked.Shard.Count}; "
                    + "name another folder"
            );
        }

        string folder = Of(directory, asked.Shard);
        if (ShardManifest.TryRead(folder) is not { } there)
            return false;
        if (there.Difference(asked) is { } difference)
            throw new InvalidDataException($"{folder}: {difference}; name another folder, or delete this one");
        if (there.Inputs != asked.Inputs)
            throw new InvalidDataException($"{folder}: its pictures have changed since; name another folder, or delete this one");
        damage = there.Damage(folder);
        return damage is null;
    }

    /// <summary>All parts in their order.</summary>
    /// <param name="directory">The folder of all parts.</param>
    /// <returns>Their folders and descriptions.</returns>
    /// <exception cref="InvalidDataException">Parts are missing, unfinished, damaged, or not of one list, program and model.</exception>
    public static IReadOnlyList<(string Folder, ShardManifest Manifest)> ReadAll(string directory)
    {
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder");
        (string Path, int Number, int Count)[] found = [.. Folders(directory).OrderBy(folder => folder.Number)];
        if (found.Length == 0)
            throw new InvalidDataException($"{directory}: holds no parts (shard-1-of-8, …); --shard I/N makes them");
        int count = found[0].Count;
        if (Array.Find(found, folder => folder.Count != count) is { Count: > 0 } other)
        {
            throw new InvalidDataException(
                $"{directory}: holds parts of two cuts, {Path.GetFileName(found[0].Path)} and {Path.GetFileName(other.Path)}; "
                    + "delete those of the one that is not meant"
            );
        }

        var parts = new List<(string Folder, ShardManifest Manifest)>();
        foreach ((string path, int number, _) in found)
        {
            if (ShardManifest.TryRead(path) is not { } manifest)
                continue;
            if (manifest.Shard != new Shard(number, count))
                throw new InvalidDataException($"{path}: holds part {manifest.Shard}; folders were renamed");
            if (parts.Count > 0 && manifest.Difference(parts[0].Manifest) is { } difference)
                throw new InvalidDataException($"{path}: {difference}, as {Path.GetFileName(parts[0].Folder)} is");
            if (manifest.Damage(path) is { } damage)
                throw new InvalidDataException($"{damage}; delete {path} and make that part again");
            parts.Add((path, manifest));
        }

        int[] missing = [.. Enumerable.Range(1, count).Except(parts.Select(part => part.Manifest.Shard.Number))];
        return missing.Length == 0
            ? parts
            : throw new InvalidDataException(
                $"{directory}: {missing.Length} of {count} parts {(missing.Length == 1 ? "is" : "are")} not finished: "
                    + string.Join(", ", missing.Take(20).Select(number => number.ToString(CultureInfo.InvariantCulture)))
                    + (missing.Length > 20 ? ", …" : "")
            );
    }

    private static IEnumerable<(string Path, int Number, int Count)> Folders(string directory)
    {
        if (!Directory.Exists(directory))
            yield break;
        foreach (string path in Directory.EnumerateDirectories(directory, "shard-*"))
        {
            if (
                NameOfPart().Match(Path.GetFileName(path)) is { Success: true } name
                && Shard.TryParse($"{name.Groups[1].Value}/{name.Groups[2].Value}") is { } shard
                && shard.Name == Path.GetFileName(path)
            )
            {
                yield return (path, shard.Number, shard.Count);
            }
        }
    }

    [GeneratedRegex("^shard-([0-9]+)-of-([0-9]+)$")]
    private static partial Regex NameOfPart();
}
