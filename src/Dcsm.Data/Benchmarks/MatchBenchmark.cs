using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>
/// Items of pictures and captions whose every pair is known to match or not. Items of which a picture is missing are not among them.
/// </summary>
public sealed record MatchBenchmark : Benchmark
{
    /// <summary>What is asked of all items.</summary>
    public required MatchTask Task { get; init; }

    /// <summary>The items in the order of the files.</summary>
    public required IReadOnlyList<MatchItem> Items
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>The figure that stands for the benchmark, where its makers report another one than usual; null for that.</summary>
    public string? MainFigure { get; init; }
}
