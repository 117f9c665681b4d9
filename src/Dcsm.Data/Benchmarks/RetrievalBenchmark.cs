using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>Pictures and captions, each caption of one picture; searched in both directions.</summary>
public sealed record RetrievalBenchmark : Benchmark
{
    /// <summary>The pictures in the order of the file.</summary>
    public required IReadOnlyList<BenchmarkImage> Images
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>All captions, picture by picture.</summary>
    public required IReadOnlyList<RetrievalCaption> Captions
    {
        get;
        init => field = Contents.Of(value);
    }
}
