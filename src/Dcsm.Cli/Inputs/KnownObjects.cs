using Dcsm.Cli.Output;
using Dcsm.Data.Scenes;
using Dcsm.IO.Files;

namespace Dcsm.Cli.Inputs;

/// <summary>Which objects a CLIP was pre-trained on: <c>objects.txt</c> in its directory, a name a line.</summary>
/// <remarks>A CLIP without that file (the real ones) is taken to know them all.</remarks>
internal static class KnownObjects
{
    public const string FileName = "objects.txt";

    public static void Write(string clipDirectory, IEnumerable<string> names) =>
        AtomicFile.Write(Path.Combine(clipDirectory, FileName), string.Concat(names.Select(name => name + "\n")));

    /// <summary>The names, or all objects of the library where the CLIP says nothing.</summary>
    /// <exception cref="InvalidDataException">A name is not an object of the library.</exception>
    public static IReadOnlyList<string> Of(string clipDirectory, ObjectLibrary library)
    {
        string path = Path.Combine(clipDirectory, FileName);
        return File.Exists(path) ? Read(path, library) : [.. library.Objects.Select(o => o.Name)];
    }

    /// <summary>The names that all of some CLIPs know, in the order of the first one; all objects where there are no CLIPs.</summary>
    /// <exception cref="InvalidDataException">A name is not an object of the library, or they have fewer than two in common.</exception>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> clipDirectories, ObjectLibrary library)
    {
        IReadOnlyList<string>[] known = [.. clipDirectories.Select(clip => Of(clip, library))];
        IReadOnlyList<string> common = known.Length switch
        {
            0 => [.. library.Objects.Select(o => o.Name)],
            1 => known[0],
            _ => [.. known[0].Where(name => known.All(names => names.Contains(name)))],
        };
        return common.Count > 1
            ? common
            : throw new InvalidDataException($"{string.Join(" and ", clipDirectories)}: know fewer than two objects in common");
    }

    /// <summary>Reads a file of names, one a line.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A name is not an object of the library, or there are fewer than two.</exception>
    public static IReadOnlyList<string> Read(string path, ObjectLibrary library)
    {
        List<string> known = [];
        foreach ((int line, string name) in TextLines.Read(path, "objects"))
        {
            if (!library.Contains(name))
            {
                throw new InvalidDataException(
                    $"{path}, line {line}: '{Excerpt.Of(name)}' is not among the {library.Objects.Count} objects"
                );
            }

            known.Add(name);
        }

        return known.Count > 1 ? known : throw new InvalidDataException($"{path}: names fewer than two objects");
    }
}
