using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Json;
using SkiaSharp;

namespace Dcsm.Data.Scenes;

/// <summary>
/// The objects that scenes are made of: a folder with <c>objects.json</c> (name, group, file) and a picture with
/// transparent background each. Read once, then never changed, so it may be shared by threads.
/// </summary>
public sealed class ObjectLibrary
{
    private static readonly string[] CutoutExtensions = [".png", ".webp"];

    private static readonly IReadOnlyList<(string Name, NounForm Value)> Nouns =
    [
        ("countable", NounForm.Countable),
        ("plural", NounForm.Plural),
        ("mass", NounForm.Mass),
    ];

    private readonly Dictionary<string, int> _indices;

    private ObjectLibrary(SceneObject[] objects)
    {
        Objects = objects;
        _indices = new Dictionary<string, int>(objects.Length);
        for (int i = 0; i < objects.Length; i++)
            _indices.Add(objects[i].Name, i);
    }

    /// <summary>The objects in the order of <c>objects.json</c>.</summary>
    public IReadOnlyList<SceneObject> Objects { get; }

    /// <summary>The place of a name in <see cref="Objects"/>.</summary>
    /// <exception cref="ArgumentException">There is no such object.</exception>
    public int IndexOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _indices.TryGetValue(name, out int index)
            ? index
            : throw new ArgumentException($"There is no object '{name}' among the {Objects.Count} loaded.", nameof(name));
    }

    /// <summary>Whether there is an object of this name.</summary>
    public bool Contains(string name) => _indices.ContainsKey(name);

    /// <summary>The box of a placed object's visible part, as fractions of the picture's side.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The object's index is outside of this library.</exception>
    public SceneBox Box(PlacedObject placed)
    {
        ArgumentNullException.ThrowIfNull(placed);
        if ((uint)placed.Object >= (uint)Objects.Count)
            throw new ArgumentOutOfRangeException(nameof(placed), placed.Object, $"The library has {Objects.Count} objects.");
        return Objects[placed.Object].Box(placed);
    }

    /// <summary>Reads a folder of objects; the pictures are decoded in parallel.</summary>
    /// <param name="directory">The folder that holds <c>objects.json</c>.</param>
    /// <param name="names">Which objects to read; all where null. Their order does not matter.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException"><c>objects.json</c> or a picture is missing.</exception>
    /// <exception cref="InvalidDataException"><c>objects.json</c> or a picture cannot be read.</exception>
    /// <exception cref="ArgumentException">A name of <paramref name="names"/> does not occur.</exception>
    public static ObjectLibrary Load(string directory, IReadOnlyCollection<string>? names = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: there is no such folder; it should hold objects.json and the objects' pictures."
            );
        }

        List<Entry> entries = ReadList(Path.Combine(directory, "objects.json"));
        if (names is not null)
        {
            var wanted = new HashSet<string>(names);
            entries = [.. entries.Where(entry => wanted.Remove(entry.Name))];
            if (wanted.Count > 0)
            {
                throw new ArgumentException(
                    $"{directory}: objects.json has no object '{wanted.Order(StringComparer.Ordinal).First()}'.",
                    nameof(names)
                );
            }
        }

        return Read(directory, entries);
    }

    /// <summary>
    /// Reads a folder of one's own pictures with transparent backgrounds. Without <c>objects.json</c>, an object is called as its file,
    /// with spaces for "_" and "-", and belongs to no group.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">It holds no picture, two of one name, or one that cannot be read.</exception>
    public static ObjectLibrary LoadCutouts(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: there is no such folder; it should hold pictures with transparent backgrounds."
            );
        }

        if (File.Exists(Path.Combine(directory, "objects.json")))
            return Load(directory);

        Entry[] entries =
        [
            .. Directory
                .EnumerateFiles(directory)
                .Select(file => Path.GetFileName(file)!)
                .Where(file => CutoutExtensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal)
                .Select(file => new Entry(
                    Path.GetFileNameWithoutExtension(file).Replace('_', ' ').Replace('-', ' ').Trim().ToLowerInvariant(),
                    "",
                    file
                )),
        ];
        if (entries.Length == 0)
            throw new InvalidDataException($"{directory}: holds no picture ({string.Join(", ", CutoutExtensions)}).");
        foreach (IGrouping<string, Entry> same in entries.GroupBy(entry => entry.Name))
        {
            if (same.Key.Length == 0 || same.Count() > 1)
            {
                throw new InvalidDataException(
                    $"{directory}: {string.Join(", ", same.Select(entry => entry.File))} would be the object '{same.Key}'; each "
                        + $"file needs a name of its own."
                );
            }
        }

        return Read(directory, entries);
    }

    private static ObjectLibrary Read(string directory, IReadOnlyList<Entry> entries)
    {
        var objects = new SceneObject[entries.Count];
        try
        {
            Parallel.For(0, entries.Count, i => objects[i] = ReadObject(directory, entries[i]));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return new ObjectLibrary(objects);
    }

    private static List<Entry> ReadList(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: the list of objects is missing.", path);

        var entries = new List<Entry>();
        var seen = new HashSet<string>();
        foreach (JsonField item in JsonField.Load(path).Items())
        {
            var entry = new Entry(item.Field("name").Text(), item.Field("group").Text(), item.Field("file").Text())
            {
                Noun = item.Optional("noun")?.OneOf(Nouns) ?? NounForm.Countable,
            };
            if (!seen.Add(entry.Name))
                throw item.Wrong($"the name '{entry.Name}' occurs twice");
            entries.Add(entry);
        }

        return entries;
    }

    private static SceneObject ReadObject(string directory, Entry entry)
    {
        string path = Path.Combine(directory, entry.File);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: the picture of object '{entry.Name}' is missing.", path);
        using SKCodec codec =
            SKCodec.Create(path) ?? throw new InvalidDataException($"{path}: not a picture that can be read (object '{entry.Name}').");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        byte[] rgba = new byte[info.BytesSize];
        SKCodecResult result;
        unsafe
        {
            fixed (byte* pixels = rgba)
                result = codec.GetPixels(info, (nint)pixels);
        }

        if (result != SKCodecResult.Success)
            throw new InvalidDataException($"{path}: the picture cannot be decoded ({result}; object '{entry.Name}').");
        ObjectTexture texture =
            ObjectTexture.Create(rgba, info.Width, info.Height)
            ?? throw new InvalidDataException($"{path}: nothing is visible in the picture of object '{entry.Name}'.");
        return new SceneObject(entry.Name, entry.Group, entry.File, entry.Noun, texture);
    }

    private sealed record Entry(string Name, string Group, string File)
    {
        public NounForm Noun { get; init; }
    }
}
