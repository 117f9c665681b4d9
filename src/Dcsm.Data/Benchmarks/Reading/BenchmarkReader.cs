namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>What all readers share: the words about a benchmark, and its annotation file.</summary>
internal abstract class BenchmarkReader : IBenchmarkReader
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required string Files { get; init; }

    public required string Source { get; init; }

    public string License { get; init; } = "not stated";

    public required string Chance { get; init; }

    public int? Size => BenchmarkSizes.Of(Name);

    /// <summary>The places of the annotation file under the root; the published one first.</summary>
    public IReadOnlyList<string> Annotations { get; init; } = [];

    public virtual bool IsPresent(string root) => AnnotationFile.Find(root, Annotations) is not null;

    public virtual Benchmark Read(BenchmarkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Read(options, AnnotationFile.Open(options.Root, Annotations));
    }

    protected abstract Benchmark Read(BenchmarkOptions options, AnnotationFile file);
}
