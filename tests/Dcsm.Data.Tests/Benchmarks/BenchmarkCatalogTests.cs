using Dcsm.Data.Benchmarks;

namespace Dcsm.Data.Tests.Benchmarks;

public sealed class BenchmarkCatalogTests
{
    [Fact]
    public void Names_are_unique_and_everything_is_said()
    {
        Assert.Equal(
            BenchmarkCatalog.All.Count,
            BenchmarkCatalog.All.Select(reader => reader.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count()
        );
        Assert.All(
            BenchmarkCatalog.All,
            reader =>
                Assert.All(
                    (string[])[reader.Title, reader.Files, reader.Source, reader.License, reader.Chance],
                    text => Assert.NotEmpty(text)
                )
        );
    }

    [Fact]
    public void Every_benchmark_of_the_fixtures_is_present_there_and_no_other_is()
    {
        string[] folders = ["clevr_bind", "ncd", "whatsup", "aro", "negbench"];
        string[] present =
        [
            .. BenchmarkCatalog
                .All.Where(reader => folders.Any(folder => reader.IsPresent(Fixture.Path(folder))))
                .Select(reader => reader.Name),
        ];
        Assert.Equal(
            [
                "clevrbind-train",
                "clevrbind-val",
                "clevrbind-gen",
                "ncd-1",
                "ncd-2",
                "vg-attribution",
                "vg-relation",
                "coco-order",
                "flickr-order",
                "whatsup-a",
                "whatsup-b",
                "coco-qa-1",
                "coco-qa-2",
                "vg-qa-1",
                "vg-qa-2",
                "negbench-coco",
                "negbench-voc",
                "negbench-synthetic",
                "negbench-retrieval",
                "negbench-retrieval-negated",
                "coco-retrieval",
                "flickr-retrieval",
            ],
            present
        );
    }

    [Theory]
    [InlineData("whatsup", "near it are whatsup-a, whatsup-b")]
    [InlineData("vg-atribution", "near it are vg-attribution")]
    [InlineData("Negbench-Coca", "negbench-coco")]
    [InlineData("imagenet", "there are clevrbind-train")]
    public void An_unknown_name_lists_near_ones(string name, string part)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => BenchmarkCatalog.Find(name));
        Assert.Contains($"there is no benchmark '{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Case_does_not_matter() => Assert.Equal("whatsup-a", BenchmarkCatalog.Find("WhatsUp-A").Name);

    [Fact]
    public void A_missing_annotation_file_is_named()
    {
        using var temporary = new TemporaryFolder();
        foreach (IBenchmarkReader reader in BenchmarkCatalog.All)
        {
            Assert.False(reader.IsPresent(temporary.Path));
            Exception? error = Record.Exception(() => reader.Read(new BenchmarkOptions(temporary.Path)));
            Assert.True(error is FileNotFoundException or InvalidDataException, $"{reader.Name}: {error}");
            Assert.Contains(temporary.Path, error.Message, StringComparison.Ordinal);
            error = Record.Exception(() => reader.Read(new BenchmarkOptions(temporary["nowhere"])));
            Assert.IsType<FileNotFoundException>(error);
            Assert.Contains(temporary["nowhere"], error.Message, StringComparison.Ordinal);
        }
    }
}
