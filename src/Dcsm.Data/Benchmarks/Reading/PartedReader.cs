namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>What readers of several annotation files share. A root that holds some of them is read, and the others are named.</summary>
/// <typeparam name="TBuilder">What collects the items.</typeparam>
internal abstract class PartedReader<TBuilder> : BenchmarkReader
    where TBuilder : ItemBuilder
{
    private const int MostNamed = 6;

    /// <summary>The files.</summary>
    public required IReadOnlyList<AnnotationPart> Parts { get; init; }

    /// <summary>Folders in which pictures may lie, the usual one first.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [""];

    public override bool IsPresent(string root) =>
        Parts.Any(part => AnnotationFile.Find(root, part.Files) is { } path && IsOurs(AnnotationFile.FirstByte(path)));

    public override Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AnnotationPart[] present = [.. Parts.Where(part => AnnotationFile.Find(options.Root, part.Files) is not null)];
        if (present.Length == 0 && File.Exists(options.Root))
        {
            throw new InvalidDataException(
                $"{options.Root}: is by its name none of the files of {Name}, which are {Listed(Parts)}; "
                    + "tables of other names are read by dcsm eval csv and dcsm eval jsonl"
            );
        }

        // Without any, opening one says what is missing.
        AnnotationFile[] files =
        [
            .. (present.Length > 0 ? present : [Parts[0]]).Select(part => AnnotationFile.Open(options.Root, part.Files)),
        ];
        TBuilder items = Begin(new ImageLocator(options, files[0].Folders) { Folders = Pictures });
        AnnotationPart[] absent = [.. Parts.Except(present)];
        if (absent.Length > 0)
            items.Warn($"{options.Root}: holds {present.Length} of {Parts.Count} files of {Name}; without {Listed(absent)}");

        for (int i = 0; i < present.Length; i++)
            Read(present[i], files[i], items);
        return items.Build(Name, [.. files.Select(file => file.Path)], files[0].Path);
    }

    private static string Listed(IReadOnlyCollection<AnnotationPart> parts) =>
        string.Join(", ", parts.Take(MostNamed).Select(part => Path.GetFileName(part.Files[0])))
        + (parts.Count > MostNamed ? FormattableString.Invariant($" and {parts.Count - MostNamed} more") : "");

    /// <summary>What collects the items.</summary>
    protected abstract TBuilder Begin(ImageLocator images);

    /// <summary>Reads one of the files.</summary>
    protected abstract void Read(AnnotationPart part, AnnotationFile file, TBuilder items);

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file) => Read(options);

    /// <summary>Whether a file of the name of ours is one, by the first byte of what it holds.</summary>
    protected virtual bool IsOurs(byte first) => true;
}
