namespace Dcsm.Data.Benchmarks.Reading;

/// <summary>How many items, or captions, whole published files hold, where that is known; sources are in docs/benchmarks.md.</summary>
internal static class BenchmarkSizes
{
    private static readonly Dictionary<string, int> Sizes = new(StringComparer.Ordinal)
    {
        ["coco-order"] = 25_010,
        ["coco-qa-1"] = 2_247,
        ["coco-qa-2"] = 440,
        ["coco-retrieval"] = 25_010,
        ["cola-pairs"] = 210,
        ["flickr-order"] = 5_000,
        ["flickr-retrieval"] = 5_000,
        ["negbench-coco"] = 5_914,
        ["negbench-voc"] = 5_031,
        ["sugarcrepe"] = 7_511,
        ["sugarcrepe-pp"] = 4_757,
        ["sugarcrepe-pp-text"] = 4_757,
        // Those that its program judges: two of three annotators agree.
        ["valse"] = 7_702,
        ["vg-attribution"] = 28_748,
        ["vg-qa-1"] = 1_160,
        ["vg-qa-2"] = 291,
        ["vg-relation"] = 23_937,
        ["vsr-random"] = 2_195,
        ["vsr-zeroshot"] = 1_222,
        ["whatsup-a"] = 412,
        ["whatsup-b"] = 408,
        ["winoground"] = 400,
    };

    /// <summary>Null where it is not known.</summary>
    public static int? Of(string benchmark) => Sizes.TryGetValue(benchmark, out int items) ? items : null;
}
