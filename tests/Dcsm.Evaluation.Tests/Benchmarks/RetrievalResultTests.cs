using Dcsm.Data.Benchmarks;
using Dcsm.Evaluation.Benchmarks.Metrics;
using Dcsm.Evaluation.Benchmarks.Running;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Dcsm.Evaluation.Tests.Benchmarks.SmallBenchmarks;

namespace Dcsm.Evaluation.Tests.Benchmarks;

public class RetrievalResultTests
{
    // [5 captions of 3 images] on few levels, so that ties are common.
    private static readonly int[] ImagesValue = [0, 0, 1, 2, 2];
    private static readonly Arbitrary<double[][]> Scores = Gen.Choose(0, 2)
        .Select(level => (double)level)
        .ArrayOf(3)
        .ArrayOf(5)
        .ToArbitrary();

    [Fact]
    public void Recall_counts_queries_with_a_hit_in_both_directions()
    {
        var result = RetrievalResult.Of(
            Retrieval(2, 0, 0, 1),
            [
                [0.9, 0.1],
                [0.2, 0.8],
                [0.3, 0.7],
            ],
            [1, 2]
        );
        Assert.Equal(2.0 / 3, Of(result, RecallDirection.TextToImage, 1).Strict, 12);
        Assert.Equal(0.5, Of(result, RecallDirection.ImageToText, 1).Strict, 12);
        Assert.Equal(1, Of(result, RecallDirection.ImageToText, 2).Strict);
        Assert.Equal(0.5, Of(result, RecallDirection.TextToImage, 1).Chance);
        Assert.Equal((2.0 / 3 + 1.0 / 3) / 2, Of(result, RecallDirection.ImageToText, 1).Chance, 12);
        Assert.Equal(
            ["text→image R@1", "image→text R@1", "text→image R@2", "image→text R@2"],
            result.Recalls.Select(recall => recall.Name)
        );
    }

    [Fact]
    public void Ties_fall_for_or_against_or_count_on_average()
    {
        var result = RetrievalResult.Of(
            Retrieval(2, 0, 1),
            [
                [1, 1],
                [1, 1],
            ],
            [1]
        );
        foreach (RecallDirection direction in Enum.GetValues<RecallDirection>())
        {
            Recall recall = Of(result, direction, 1);
            Assert.Equal((1.0, 0.0, 0.5), (recall.Optimistic, recall.Strict, recall.Expected));
        }
    }

    [Fact]
    public void K_is_capped_at_the_gallery_and_said_to_be()
    {
        var result = RetrievalResult.Of(
            Retrieval(2, 0, 0, 1),
            [
                [0.9, 0.1],
                [0.2, 0.8],
                [0.3, 0.7],
            ]
        );
        Recall recall = Of(result, RecallDirection.TextToImage, 5);
        Assert.Equal((5, 2, true, 1.0, 1.0), (recall.K, recall.UsedK, recall.IsCapped, recall.Strict, recall.Chance));
        Assert.Contains(
            result.Notes,
            note => note.Contains("text→image R@5", StringComparison.Ordinal) && note.Contains("k = 2", StringComparison.Ordinal)
        );
        Assert.Contains(BenchmarkFigures.Of(result), figure => figure.Key == "direct.k_used.text_to_image_R@5" && figure.Number == 2);
        Assert.DoesNotContain(BenchmarkFigures.Of(result), figure => figure.Key == "direct.k_used.text_to_image_R@1");
    }

    [Fact]
    public void Images_without_captions_are_left_out_and_counted_where_published_code_counts_misses()
    {
        var result = RetrievalResult.Of(
            Retrieval(2, 0),
            [
                [0.9, 0.1],
            ],
            [1]
        );
        Recall recall = Of(result, RecallDirection.ImageToText, 1);
        Assert.Equal((1, 1, 1.0), (result.ImagesWithoutCaptions, recall.Queries, recall.Strict));
        Assert.Equal(0.5, BenchmarkFigures.Of(result).Single(figure => figure.Key == "official.negbench.text_retrieval_recall@1").Number);
        Assert.Contains(result.Notes, note => note.Contains("1 image without a caption", StringComparison.Ordinal));
    }

    [Fact]
    public void Single_precision_and_many_images_give_the_same()
    {
        RetrievalBenchmark benchmark = Retrieval(37, [.. Enumerable.Range(0, 74).Select(t => t / 2)]);
        float[][] scores =
        [
            .. Enumerable.Range(0, 74).Select(t => Enumerable.Range(0, 37).Select(i => (float)((t * 31 + i * 17) % 23)).ToArray()),
        ];
        double[][] doubles = [.. scores.Select(row => row.Select(score => (double)score).ToArray())];
        RetrievalResult single = Assert.Single(
            RetrievalResult.Of(new RetrievalScores(benchmark, [], [RetrievalRanks.Of(benchmark, scores)], []))
        );
        Assert.Equal(RetrievalResult.Of(benchmark, doubles).Recalls, single.Recalls);
        Recall recall = Of(single, RecallDirection.ImageToText, 5);
        double brute = Enumerable
            .Range(0, 37)
            .Average(i =>
                new[] { 2 * i, 2 * i + 1 }.Any(own => Enumerable.Range(0, 74).Count(t => scores[t][i] > scores[own][i]) < 5) ? 1.0 : 0
            );
        Assert.Equal(brute, recall.Optimistic, 12);
    }

    [Fact]
    public void Images_that_are_listed_twice_are_counted()
    {
        RetrievalBenchmark once = Retrieval(2, 0, 1);
        RetrievalBenchmark twice = once with { Images = [once.Images[0], once.Images[0]] };
        Assert.Equal(
            (0, 1),
            (
                RetrievalResult
                    .Of(
                        once,
                        [
                            [1, 0],
                            [0, 1],
                        ]
                    )
                    .RepeatedImages,
                RetrievalResult
                    .Of(
                        twice,
                        [
                            [1, 0],
                            [0, 1],
                        ]
                    )
                    .RepeatedImages
            )
        );
    }

    [Fact]
    public void Wrong_scores_are_errors_that_name_caption_and_image()
    {
        RetrievalBenchmark benchmark = Retrieval(2, 0, 1);
        Assert.Contains(
            "caption 1 'caption 1', image 0: the score is NaN",
            Assert
                .Throws<InvalidDataException>(() =>
                    RetrievalResult.Of(
                        benchmark,
                        [
                            [1, 2],
                            [double.NaN, 1],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "expected 2 scores, one for each image, found 3",
            Assert
                .Throws<InvalidDataException>(() =>
                    RetrievalResult.Of(
                        benchmark,
                        [
                            [1, 2],
                            [1, 2, 3],
                        ]
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<InvalidDataException>(() =>
            RetrievalResult.Of(
                benchmark,
                [
                    [1, 2],
                ]
            )
        );
        Assert.Throws<InvalidDataException>(() => RetrievalResult.Of(Retrieval(2), Array.Empty<double[]>()));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            RetrievalResult.Of(
                benchmark,
                [
                    [1, 2],
                    [1, 2],
                ],
                [0]
            )
        );
    }

    [Property]
    public Property Strict_expected_optimistic_are_in_this_order_and_grow_with_k() =>
        Prop.ForAll(
            Scores,
            scores =>
            {
                var result = RetrievalResult.Of(Retrieval(3, ImagesValue), scores, [1, 2, 3, 4, 5]);
                return Enum.GetValues<RecallDirection>()
                    .All(direction =>
                    {
                        Recall[] recalls = [.. result.Recalls.Where(recall => recall.Direction == direction)];
                        return recalls.All(r => r.Strict <= r.Expected + 1e-12 && r.Expected <= r.Optimistic + 1e-12)
                            && recalls
                                .Zip(recalls.Skip(1))
                                .All(pair =>
                                    pair.First.Strict <= pair.Second.Strict
                                    && pair.First.Expected <= pair.Second.Expected + 1e-12
                                    && pair.First.Optimistic <= pair.Second.Optimistic
                                )
                            && recalls[^1].Strict == 1;
                    });
            }
        );

    [Property(MaxTest = 30)]
    public Property The_expected_recall_is_the_mean_over_all_orders() =>
        Prop.ForAll(
            Scores,
            scores =>
            {
                RetrievalBenchmark benchmark = Retrieval(3, ImagesValue);
                Recall recall = Of(RetrievalResult.Of(benchmark, scores, [2]), RecallDirection.ImageToText, 2);
                double sum = 0;
                for (int image = 0; image < 3; image++)
                {
                    int[][] orders = [.. Orders([0, 1, 2, 3, 4])];
                    sum += orders.Average(order =>
                        order.OrderByDescending(t => scores[t][image]).Take(2).Any(t => ImagesValue[t] == image) ? 1.0 : 0
                    );
                }

                return Math.Abs(recall.Expected - sum / 3) < 1e-12;
            }
        );

    [Property]
    public Property A_constant_scorer_is_at_chance() =>
        Prop.ForAll(
            Gen.Choose(1, 6).ToArbitrary(),
            k =>
                RetrievalResult
                    .Of(Retrieval(3, ImagesValue), [.. ImagesValue.Select(_ => new double[3])], [k])
                    .Recalls.All(recall => Math.Abs(recall.Expected - recall.Chance) < 1e-12)
        );

    [Fact]
    public void A_rank_counts_others_only()
    {
        Assert.Equal(new QueryRank(1, 2, 1), QueryRank.Of<double>([3, 2, 2, 1, 2], [1, 4]));
        Assert.Equal(0, new QueryRank(1, 2, 1).Expected(1));
        Assert.Equal(2.0 / 3, new QueryRank(1, 2, 1).Expected(2), 12);
        Assert.Equal(1, new QueryRank(1, 2, 1).Expected(3));
    }

    private static Recall Of(RetrievalResult result, RecallDirection direction, int k) =>
        result.Recalls.First(recall => recall.Direction == direction && recall.K == k);

    private static IEnumerable<int[]> Orders(int[] places) =>
        places.Length == 0
            ?
            [
                [],
            ]
            : places.SelectMany(first => Orders([.. places.Where(place => place != first)]).Select(rest => (int[])[first, .. rest]));
}
