namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>Collects the items of a <see cref="ChoiceBenchmark"/>.</summary>
internal sealed class ChoiceBuilder(ImageLocator images)
{
    private readonly List<ChoiceItem> _items = [];
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>A picture; null where it is missing and that is allowed: its item is left out.</summary>
    public BenchmarkImage? Image(string name, string place, CropBox? box = null) =>
        images.Locate(name, place) is { } path ? new BenchmarkImage(name, path, place, box) : null;

    /// <param name="place">The place of the item, for warnings.</param>
    /// <param name="item">Its id need not be unique: the second of a name gets "#2" behind it, and so on.</param>
    public void Add(string place, ChoiceItem item)
    {
        string id = item.Id;
        for (int i = 2; !_ids.Add(id); i++)
            id = $"{item.Id}#{i}";
        for (int i = 0; i < item.Options.Count; i++)
        {
            int same = -1;
            for (int j = 0; j < i && same < 0; j++)
                same = item.Options[j] == item.Options[i] ? j : -1;
            if (same < 0)
                continue;
            _warnings.Add($"{place}: options {same} and {i} are the same text, '{item.Options[i]}': every scorer ties");
            break;
        }

        _items.Add(item with { Id = id });
    }

    public ChoiceBenchmark Build(string name, IReadOnlyList<string> files, string source)
    {
        if (_items.Count == 0)
        {
            throw new InvalidDataException(
                images.Missing.Count > 0
                    ? $"{source}: none of its {images.Missing.Count} pictures was found, so there are no items; the first: "
                        + $"{images.Missing[0]}"
                    : $"{source}: has no items"
            );
        }

        if (images.RenamedCount > 0)
        {
            _warnings.Insert(
                0,
                $"{source}: {images.RenamedCount} pictures have other names on disk (_on_ as _above_, _under_ as _below_), as "
                    + $"the official DCSM evaluation renames them; they were read under those"
            );
        }

        return new ChoiceBenchmark
        {
            Name = name,
            AnnotationFiles = files,
            Warnings = _warnings,
            Missing = images.Missing,
            Items = _items,
        };
    }
}
