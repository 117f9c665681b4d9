using Dcsm.Evaluation.Benchmarks.Published;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public class PublishedResultsTests
{
    [Theory]
    [InlineData("negbench-coco", "total_accuracy", "CLIP OpenAI, ViT-B/32", 39.30, 0.3930)]
    [InlineData("negbench-voc", "hybrid_accuracy", "LAION-2B Huge", 47.71, 0.4771)]
    [InlineData("clevrbind-val", "accuracy", "DCSM (released weights; which checkpoint is not said)", 0.3338, 0.3338)]
    [InlineData("whatsup-a", "accuracy", "DCSM (paper)", 63.7, 0.637)]
    [InlineData("coco-retrieval", "text→image R@5", "CLIP ViT-B/16", 58.42, 0.5842)]
    [InlineData("flickr-retrieval", "image→text R@1", "CLIP ViT-L/14@336", 87.70, 0.8770)]
    [InlineData("flickr-order", "Precision@1", "NegCLIP", 89.7, 0.897)]
    [InlineData("zeroshot-imagenet", "top-1", "CLIP ViT-B/32", 63.32, 0.6332)]
    [InlineData("linear-probe-svhn", "top-1", "CLIP ViT-L/14", 78.54, 0.7854)]
    public void Numbers_are_as_published(string benchmark, string metric, string model, double value, double share)
    {
        PublishedResult result = PublishedResults.For(benchmark).First(row => row.Metric == metric && row.Model == model);
        Assert.Equal(value, result.Value);
        Assert.Equal(share, result.Share, 12);
    }

    [Fact]
    public void Every_row_has_a_source_and_a_share()
    {
        Assert.True(PublishedResults.All.Count > 400);
        Assert.All(
            PublishedResults.All,
            row =>
            {
                Assert.Contains(row.Unit, (string[])["percent", "fraction"]);
                Assert.InRange(row.Share, 0, 1);
                Assert.All(
                    (string[])[row.Benchmark, row.Metric, row.Model, row.Source],
                    text => Assert.False(string.IsNullOrWhiteSpace(text))
                );
                Assert.True(
                    row.Source.Contains('/', StringComparison.Ordinal) || row.Source.Contains("paper", StringComparison.Ordinal),
                    row.Source
                );
            }
        );
        Assert.Distinct(PublishedResults.All);
    }

    [Fact]
    public void What_was_not_found_is_not_there()
    {
        Assert.Empty(PublishedResults.For("negbench-synthetic"));
        Assert.Empty(PublishedResults.For("negbench-retrieval"));
        Assert.Empty(PublishedResults.For("negbench-retrieval-negated"));
        Assert.DoesNotContain(
            PublishedResults.For("negbench-coco"),
            row => row.Model.Contains("fine-tuned", StringComparison.Ordinal) && row.Metric != "total_accuracy"
        );
    }

    [Fact]
    public void Benchmarks_that_are_pooled_are_found_under_each_name() =>
        Assert.Single(PublishedResults.For("whatsup-b").Intersect(PublishedResults.For("whatsup-a")));
}
