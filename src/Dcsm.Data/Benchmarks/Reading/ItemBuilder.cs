namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>What collectors of items share: their pictures, names that are unique, and warnings.</summary>
internal abstract class ItemBuilder(ImageLocator images)
{
    private readonly List<string> _warnings = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Missing => images.Missing;

    public void Warn(string warning) => _warnings.Add(warning);

    /// <summary>A picture; null where it is missing and that is allowed: its item is left out.</summary>
    public BenchmarkImage? Image(string name, string place, CropBox? box = null) =>
        images.Locate(name, place) is { } path ? new BenchmarkImage(name, path, place, box) : null;

    /// <summary>What was collected, as a benchmark.</summary>
    /// <param name="name">The benchmark's name.</param>
    /// <param name="files">The annotation files that were read.</param>
    /// <param name="source">What errors name.</param>
    /// <exception cref="InvalidDataException">There are no items.</exception>
    public abstract Benchmark Build(string name, IReadOnlyList<string> files, string source);

    /// <summary>A name that no other item has: the second of a name gets "#2" behind it, and so on.</summary>
    protected string Unique(string name)
    {
        string id = name;
        for (int i = 2; !_ids.Add(id); i++)
            id = $"{name}#{i}";
        return id;
    }

    /// <summary>The warnings, in the end.</summary>
    /// <exception cref="InvalidDataException">There are no items.</exception>
    protected IReadOnlyList<string> Finish(string source)
    {
        if (_ids.Count == 0)
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

        return _warnings;
    }
}
