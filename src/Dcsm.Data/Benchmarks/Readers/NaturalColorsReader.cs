using Dcsm.Data.Benchmarks.Reading;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>NCD: pictures of two objects each, whose names c1_A_c2_B.png are the annotation.</summary>
internal sealed class NaturalColorsReader : BenchmarkReader
{
    private const string Folder = "NCD_colorful_composite_squares";

    private static readonly string[] Endings = [".png", ".jpeg", ".jpg"];

    /// <summary>Whether the second object is named first: subset 2.</summary>
    public required bool SecondFirst { get; init; }

    public override bool IsPresent(string root) =>
        Directory.Exists(Path.Combine(root, Folder))
        || (Directory.Exists(root) && Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root))) == Folder);

    public override Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string root = options.Images ?? options.Root;
        if (!Directory.Exists(root))
            throw new FileNotFoundException($"{root}: there is no such folder; it should hold {Folder}", root);
        string folder = Directory.Exists(Path.Combine(root, Folder)) ? Path.Combine(root, Folder) : root;
        // The published order is that of the file system, another one on each machine.
        string[] names =
        [
            .. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Where(IsAnnotated).Order(StringComparer.Ordinal),
        ];
        if (names.Length == 0)
        {
            throw new InvalidDataException(
                $"{folder}: holds no images; files that end in {string.Join(", ", Endings)} were looked for, named "
                    + $"color_object_color_object{(folder == root ? $", here and in {Folder}" : "")}"
            );
        }

        var items = new ChoiceBuilder(new ImageLocator(options with { Images = null }, [folder]) { Deep = false });
        foreach (string name in names)
        {
            string place = Path.Combine(folder, name);
            (string first, string second) = Captions(name, place);
            if (items.Image(name, place) is { } image)
                items.Add(place, new ChoiceItem(name, image, [first, second], 0));
        }

        return items.Build(Name, [], folder);
    }

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file) => Read(options);

    private static bool IsAnnotated(string name) =>
        Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
        && !name.Contains("MIRROR", StringComparison.Ordinal);

    private (string Right, string Wrong) Captions(string name, string place)
    {
        string[] parts = Path.GetFileNameWithoutExtension(name).Split('_');
        if (parts is not [string color1, string object1, string color2, string object2] || parts.Any(part => part.Length == 0))
        {
            throw new InvalidDataException(
                $"{place}: the name has {parts.Length} parts between underscores where four are expected, "
                    + $"color_object_color_object, such as red_apple_yellow_banana{Path.GetExtension(name)}"
            );
        }

        return SecondFirst
            ? ($"A picture of a {color2} {object2} and a {color1} {object1}", $"A picture of a {color1} {object2} and a {color2} {object1}")
            : (
                $"A picture of a {color1} {object1} and a {color2} {object2}",
                $"A picture of a {color2} {object1} and a {color1} {object2}"
            );
    }
}
