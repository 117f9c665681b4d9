using Dcsm.Data.Benchmarks;

namespace Dcsm.Evaluation.Tests.Benchmarks;

/// <summary>Benchmarks made by hand.</summary>
internal static class SmallBenchmarks
{
    public static ChoiceItem Item(string id, int options, int right = 0, string group = "", string? image = null, string? set = null) =>
        new(id, new BenchmarkImage(image ?? id, null, id), [.. Enumerable.Range(0, options).Select(i => $"{id} option {i}")], right)
        {
            Group = group,
            SetKey = set,
        };

    public static ChoiceBenchmark Choices(string name, params IEnumerable<ChoiceItem> items) =>
        new()
        {
            Name = name,
            AnnotationFiles = [],
            Items = [.. items],
        };

    /// <summary>One image a number, captions by the image that they describe.</summary>
    public static RetrievalBenchmark Retrieval(int images, params int[] captionImages) =>
        new()
        {
            Name = "negbench-retrieval",
            AnnotationFiles = [],
            Images = [.. Enumerable.Range(0, images).Select(i => new BenchmarkImage($"{i}.png", null, $"{i}"))],
            Captions = [.. captionImages.Select((image, t) => new RetrievalCaption($"caption {t}", image))],
        };
}
