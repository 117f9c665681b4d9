using System.Text.Json;
using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

/// <summary>The tiny benchmark sets of tests/Fixtures, and what reads them.</summary>
internal static class Fixture
{
    public static string Path(string name) => FixtureFiles.Path(name.Split('/'));

    /// <summary>Where each benchmark lies among them.</summary>
    public static string RootOf(string benchmark) =>
        Path(
            benchmark.Split('-')[0] switch
            {
                "clevrbind" => "clevr_bind",
                "ncd" => "ncd",
                "whatsup" => "whatsup",
                "negbench" => "negbench",
                _ => benchmark.Contains("-qa-", StringComparison.Ordinal) ? "whatsup" : "aro",
            }
        );

    public static Benchmark Read(string benchmark, string root, Func<BenchmarkOptions, BenchmarkOptions>? change = null)
    {
        var options = new BenchmarkOptions(root);
        return BenchmarkCatalog.Find(benchmark).Read(change?.Invoke(options) ?? options);
    }

    public static ChoiceBenchmark Choice(string benchmark, string root, Func<BenchmarkOptions, BenchmarkOptions>? change = null) =>
        Assert.IsType<ChoiceBenchmark>(Read(benchmark, root, change));

    public static RetrievalBenchmark Retrieval(string benchmark, string root, Func<BenchmarkOptions, BenchmarkOptions>? change = null) =>
        Assert.IsType<RetrievalBenchmark>(Read(benchmark, root, change));

    public static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path(name)));
        return document.RootElement.Clone();
    }

    /// <summary>The invented options of an order benchmark as the file that its reader takes.</summary>
    public static string OrderOptions(TemporaryFolder folder, string benchmark)
    {
        JsonElement options = Json("aro/scores.json")
            .GetProperty(benchmark == "coco-order" ? "COCO_Order" : "Flickr30k_Order")
            .GetProperty("options");
        string path = folder["options.json"];
        File.WriteAllText(path, JsonSerializer.Serialize(options.EnumerateObject().Select(item => item.Value)));
        return path;
    }
}
