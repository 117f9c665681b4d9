using Dcsm.IO.Collections;

namespace Dcsm.Data.Benchmarks;

/// <summary>Items of one picture and several captions each. Items whose picture is missing are not among them.</summary>
public sealed record ChoiceBenchmark : Benchmark
{
    /// <summary>The items in the order of the file.</summary>
    public required IReadOnlyList<ChoiceItem> Items
    {
        get;
        init => field = Contents.Of(value);
    }
}
