using System.Text.Json;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Data.Classes;

/// <summary>
/// Names of classes from a file. Text: a class a line, in the order of their numbers, or <c>key = name</c>; further names of a class stand
/// behind <c>|</c>. JSON (<c>.json</c>): a list of names, or an object of a name a key; a list of names gives further ones.
/// </summary>
public sealed class ClassNames
{
    private readonly IReadOnlyList<string[]>? _byNumber;
    private readonly Dictionary<string, string[]>? _byKey;
    private readonly string _path;

    private ClassNames(string path, IReadOnlyList<string[]>? byNumber, Dictionary<string, string[]>? byKey) =>
        (_path, _byNumber, _byKey) = (path, byNumber, byKey);

    /// <summary>Whether a name stands for a class by its number, not by its key.</summary>
    public bool AreByNumber => _byNumber is not null;

    /// <summary>The classes as they stand in the file.</summary>
    public IReadOnlyList<PictureClass> Classes =>
        _byNumber is { } list
            ? [.. list.Select(names => new PictureClass(names[0], names))]
            : [.. _byKey!.Select(entry => new PictureClass(entry.Key, entry.Value))];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is not of that form, or names a class twice; the message says where.</exception>
    public static ClassNames Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file of class names", path);
        return Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase)
            ? OfJson(JsonField.Load(path), path)
            : OfLines(path);
    }

    /// <summary>Classes as they are typed: separated by commas, further names of a class behind <c>|</c>.</summary>
    /// <param name="text">The names.</param>
    /// <param name="place">What errors call it.</param>
    /// <exception cref="ArgumentException">A name is empty, or stands there twice.</exception>
    public static IReadOnlyList<PictureClass> Parse(string text, string place)
    {
        ArgumentNullException.ThrowIfNull(text);
        var classes = new List<string[]>();
        foreach (string[] names in text.Split(',').Select(own => own.Split('|', StringSplitOptions.TrimEntries)))
        {
            if (names.Any(string.IsNullOrEmpty))
                throw new ArgumentException($"{place} '{text}': a name is empty");
            if (classes.Any(other => other[0] == names[0]))
                throw new ArgumentException($"{place} '{text}': '{names[0]}' stands there twice");
            classes.Add(names);
        }

        return [.. classes.Select(names => new PictureClass(names[0], names))];
    }

    /// <summary>The classes that data call by keys, in their order.</summary>
    /// <param name="keys">The keys, in order.</param>
    /// <exception cref="InvalidDataException">A key has no name, or their numbers differ.</exception>
    public IReadOnlyList<PictureClass> Of(IReadOnlyList<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (_byKey is { } named)
        {
            return
            [
                .. keys.Select(key => new PictureClass(
                    key,
                    named.TryGetValue(key, out string[]? names)
                        ? names
                        : throw new InvalidDataException($"{_path}: the class '{key}' has no name there")
                )),
            ];
        }

        // A list may give names that are keys themselves, in any number; or a name for each number.
        if (keys.All(key => _byNumber!.Any(names => names.Contains(key))))
            return [.. keys.Select(key => new PictureClass(key, _byNumber!.First(names => names.Contains(key))))];
        return keys.Count == _byNumber!.Count
            ? [.. keys.Select((key, i) => new PictureClass(key, _byNumber[i]))]
            : throw new InvalidDataException($"{_path}: names {_byNumber.Count} classes; there are {keys.Count}");
    }

    private static ClassNames OfLines(string path)
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(Utf8File.Read(path)).Split('\n');
        var numbered = new List<string[]>();
        var keyed = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0)
                continue;
            string[] halves = line.Split('=', 2, StringSplitOptions.TrimEntries);
            string place = $"{path}, line {i + 1}";
            string[] names = halves[^1].Split('|', StringSplitOptions.TrimEntries);
            if (names.Any(string.IsNullOrEmpty) || halves[0].Length == 0)
                throw new InvalidDataException($"{place}: a name is empty");
            if (halves.Length == 2 && !keyed.TryAdd(halves[0], names))
                throw new InvalidDataException($"{place}: the class '{halves[0]}' is named a second time");
            if (halves.Length == 1)
                Add(numbered, names, place);
            if (numbered.Count > 0 && keyed.Count > 0)
                throw new InvalidDataException($"{place}: either every line is 'key = name', or none is");
        }

        return keyed.Count > 0 ? new ClassNames(path, null, keyed) : new ClassNames(path, numbered, null);
    }

    private static ClassNames OfJson(JsonField json, string path)
    {
        if (json.Kind == JsonValueKind.Array)
        {
            var numbered = new List<string[]>();
            foreach (JsonField item in json.Items())
                Add(numbered, Names(item), item.Place);
            return new ClassNames(path, numbered, null);
        }

        var keyed = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (JsonField field in json.Fields())
        {
            if (!keyed.TryAdd(field.Name, Names(field)))
                throw field.Wrong("the class is named a second time");
        }

        return keyed.Count > 0 ? new ClassNames(path, null, keyed) : throw json.Wrong("names no class");
    }

    private static string[] Names(JsonField field) =>
        field.Kind == JsonValueKind.Array ? [.. field.Texts().Select(name => name.Trim())] : [field.Text().Trim()];

    // Two classes of one name could not be told apart.
    private static void Add(List<string[]> classes, string[] names, string place)
    {
        if (classes.Any(other => other[0] == names[0]))
            throw new InvalidDataException($"{place}: the class '{names[0]}' is named a second time");
        classes.Add(names);
    }
}
