using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>
/// A benchmark as read from its published files: <see cref="ChoiceBenchmark"/>, <see cref="MatchBenchmark"/> or
/// <see cref="RetrievalBenchmark"/>.
/// </summary>
public abstract record Benchmark
{
    /// <summary>The name on the command line, such as "whatsup-a".</summary>
    public required string Name { get; init; }

    /// <summary>The annotation files that were read; empty where file names are the annotation.</summary>
    public required IReadOnlyList<string> AnnotationFiles
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>What was odd but could be read, one sentence each, with file and item.</summary>
    public IReadOnlyList<string> Warnings
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>([]);

    /// <summary>The annotated places whose pictures were not there, where that is allowed.</summary>
    public IReadOnlyList<string> Missing
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>([]);
}
