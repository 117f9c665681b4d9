using Dcsm.Data.Classes.Readers;

namespace Dcsm.Data.Classes;

/// <summary>Reads pictures of classes, as <c>KIND:PATH</c> names them.</summary>
public static class ClassifiedData
{
    private static readonly Dictionary<string, Func<string, string, ClassifiedDataOptions, ClassifiedSet>> Readers = new(
        StringComparer.Ordinal
    )
    {
        ["folder"] = ClassFolder.Read,
        ["csv"] = ClassTable.ReadCsv,
        ["jsonl"] = ClassTable.ReadJsonLines,
        ["webdataset"] = WebDataset.Read,
        ["mnist"] = IdxFiles.Read,
        ["cifar"] = CifarFiles.Read,
    };

    /// <summary>The kinds that there are.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Readers.Keys];

    /// <summary>Reads what a text names; a path alone is a folder of class folders.</summary>
    /// <param name="data"><c>KIND:PATH</c>, KIND being one of <see cref="Kinds"/>.</param>
    /// <param name="options">Names of classes, and columns.</param>
    /// <exception cref="ArgumentException">The text is of another form.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="DirectoryNotFoundException">A folder is missing.</exception>
    /// <exception cref="InvalidDataException">The data are not of their form; the message names file and place.</exception>
    public static ClassifiedSet Read(string data, ClassifiedDataOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(data);
        options ??= new ClassifiedDataOptions();
        string[] halves = data.Split(':', 2);
        if (halves.Length == 2 && Readers.TryGetValue(halves[0], out Func<string, string, ClassifiedDataOptions, ClassifiedSet>? reader))
        {
            return halves[1].Length > 0
                ? reader(data, halves[1], options)
                : throw new ArgumentException($"'{data}': the path is missing; the form is {halves[0]}:PATH");
        }

        return Directory.Exists(data)
            ? ClassFolder.Read($"folder:{data}", data, options)
            : throw new ArgumentException(
                $"'{data}': is neither a folder of class folders nor KIND:PATH, KIND being one of {string.Join(", ", Kinds)}"
            );
    }
}
