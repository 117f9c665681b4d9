using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.IO.Progress;

namespace Dcsm.Evaluation.Tests;

public class SceneEvaluationTests
{
    private const int Samples = 48; // of Objects.Tests: two parts, four kinds, six of each

    [Fact]
    public void A_perfect_scorer_has_captions_images_and_groups_right()
    {
        SceneEvaluationResult result = SceneEvaluation.Run(Objects.Tests(), [FakeScorer.Perfect(new FakeEncoder())]);
        Assert.Equal(10, result.Cells.Count);
        Assert.Empty(result.Comparisons);
        Assert.All(
            result.Cells,
            cell =>
            {
                Assert.Equal(
                    (1.0, 1.0, 1.0, 1.0, 0),
                    (cell.Accuracy.Value, cell.ExpectedAccuracy, cell.ImageAccuracy.Value, cell.GroupAccuracy.Value, cell.Ties)
                );
                Assert.Equal(cell.Kind is null ? 24 : 6, cell.Samples);
                Assert.Equal(4 * cell.Samples, cell.Items);
                Assert.InRange(cell.Accuracy.Low, 0.5, 0.95);
            }
        );
    }

    [Fact]
    public void A_constant_scorer_is_wrong_strictly_and_at_chance_on_average()
    {
        SceneEvaluationResult result = SceneEvaluation.Run(Objects.Tests(), [FakeScorer.Constant(new FakeEncoder())]);
        Assert.All(
            result.Cells,
            cell =>
                Assert.Equal(
                    (0.0, 0.5, 0.0, 0.0, cell.Items),
                    (cell.Accuracy.Value, cell.ExpectedAccuracy, cell.ImageAccuracy.Value, cell.GroupAccuracy.Value, cell.Ties)
                )
        );
    }

    // Of the places 0 to 5, 6 to 11, 12 to 17 and 18 to 23, one, two, one and two are the fourth of four.
    [Theory]
    [InlineData(SceneKind.Color, 5 / 6.0)]
    [InlineData(SceneKind.Size, 4 / 6.0)]
    [InlineData(SceneKind.Spatial, 5 / 6.0)]
    [InlineData(SceneKind.Negation, 4 / 6.0)]
    [InlineData(null, 0.75)]
    public void Three_of_four_right_samples_give_that_accuracy(SceneKind? kind, double expected)
    {
        SceneEvaluationResult result = SceneEvaluation.Run(Objects.Tests(), [FakeScorer.ThreeOfFour(new FakeEncoder())]);
        foreach (SplitPart part in (SplitPart[])[SplitPart.UnseenPairs, SplitPart.UnseenObjects])
        {
            SceneCell cell = Assert.IsType<SceneCell>(result.Find("three of four", part, kind));
            Assert.Equal(expected, cell.Accuracy.Value, 1e-12);
            Assert.Equal(expected, cell.ExpectedAccuracy, 1e-12);
            Assert.Equal(expected, cell.ImageAccuracy.Value, 1e-12);
            Assert.Equal(expected, cell.GroupAccuracy.Value, 1e-12);
            Assert.True(cell.Accuracy.Low < expected && expected < cell.Accuracy.High);
        }
    }

    [Fact]
    public void The_mean_weighs_kinds_alike_whatever_their_numbers()
    {
        SceneTestSet tests = Objects.Tests(samplesPerKind: 1);
        SceneEvaluationResult result = SceneEvaluation.Run(tests, [FakeScorer.ThreeOfFour(new FakeEncoder())]);
        Assert.Equal(0, result.Find("three of four", SplitPart.UnseenPairs, SceneKind.Negation)!.Accuracy.Value);
        Assert.Equal(0.75, result.Find("three of four", SplitPart.UnseenPairs)!.Accuracy.Value);
    }

    [Fact]
    public void Captions_images_and_groups_are_judged_apart()
    {
        FakeEncoder encoder = new();
        FakeScorer brighter = new()
        {
            Name = "one image above all",
            Encoder = encoder,
            Rule = (_, image, _, right) => 10 * image + (right ? 1 : 0),
        };
        FakeScorer blind = new()
        {
            Name = "blind",
            Encoder = encoder,
            Rule = (_, _, caption, _) => caption,
        };
        SceneEvaluationResult result = SceneEvaluation.Run(Objects.Tests(), [brighter, blind]);
        Assert.All(
            result.Cells.Where(c => c.Scorer == brighter.Name),
            cell => Assert.Equal((1.0, 0.5, 0.0), (cell.Accuracy.Value, cell.ImageAccuracy.Value, cell.GroupAccuracy.Value))
        );
        Assert.All(
            result.Cells.Where(c => c.Scorer == blind.Name),
            cell => Assert.Equal((0.5, 0.0, 0.0, 0), (cell.Accuracy.Value, cell.ImageAccuracy.Value, cell.GroupAccuracy.Value, cell.Ties))
        );
    }

    [Fact]
    public void Later_scorers_are_compared_with_earlier_ones()
    {
        FakeEncoder encoder = new();
        FakeScorer odd = new()
        {
            Name = "odd",
            Encoder = encoder,
            Rule = (sample, _, _, right) => sample % 2 == 1 == right ? 1 : 0,
        };
        SceneEvaluationResult result = SceneEvaluation.Run(
            Objects.Tests(),
            [FakeScorer.ThreeOfFour(encoder), FakeScorer.Perfect(encoder), odd]
        );
        Assert.Equal(3 * 2 * 5, result.Comparisons.Count);

        SceneComparison perfect = Comparison(result, "perfect", "three of four", kind: null);
        Assert.Equal((6, 0), (perfect.OnlyFirst, perfect.OnlySecond));
        Assert.Equal(0.25, perfect.Difference.Value, 1e-12);
        Assert.True(perfect.Difference.Low > 0 && perfect.Difference.High < 0.5);
        Assert.Equal(0.03125, perfect.McNemarP, 1e-12); // 2 / 2^6

        // Of every four samples both have the second right, "odd" alone the fourth, "three of four" alone the first and the third.
        SceneComparison other = Comparison(result, "odd", "three of four", kind: null);
        Assert.Equal((6, 12), (other.OnlyFirst, other.OnlySecond));
        Assert.Equal(-0.25, other.Difference.Value, 1e-12);
        Assert.Equal(2 * 31180 / 262144.0, other.McNemarP, 1e-12);

        SceneComparison size = Comparison(result, "odd", "perfect", SceneKind.Size);
        Assert.Equal((0, 3), (size.OnlyFirst, size.OnlySecond));
        Assert.Equal(-0.5, size.Difference.Value, 1e-12);
        Assert.Equal(0.25, size.McNemarP, 1e-12);
    }

    [Fact]
    public void Pictures_and_captions_are_encoded_once_for_all_scorers_of_an_encoder()
    {
        FakeEncoder encoder = new(),
            other = new() { Fingerprint = "sha256:other" },
            again = new() { Name = "same weights" };
        SceneEvaluation.Run(
            Objects.Tests(),
            [FakeScorer.Perfect(encoder), FakeScorer.Constant(other), FakeScorer.ThreeOfFour(encoder), FakeScorer.Wrong(again)]
        );
        Assert.Equal(2 * Samples, encoder.PicturesEncoded);
        Assert.Equal(2 * Samples, other.PicturesEncoded);
        Assert.Equal(0, again.PicturesEncoded);
        Assert.Equal([24, 24], encoder.TextTokensAsked); // two batches
        Assert.Empty(again.TextTokensAsked);
    }

    [Fact]
    public void Captions_are_encoded_once_a_length_and_each_scorer_gets_its_own()
    {
        FakeEncoder encoder = new();
        FakeScorer[] scorers =
        [
            .. ((int[])[0, 12, 20, 12]).Select(
                (length, i) =>
                    new FakeScorer
                    {
                        Name = $"scorer {i}",
                        Encoder = encoder,
                        TextTokens = length,
                        Rule = (_, _, _, right) => right ? 1 : 0,
                    }
            ),
        ];
        SceneEvaluation.Run(Objects.Tests(), scorers, new SceneEvaluationOptions { BatchSamples = 100 });
        Assert.Equal([12, 20], encoder.TextTokensAsked.Order());
        Assert.Equal(2 * Samples, encoder.PicturesEncoded);
        Assert.Equal([12, 12, 20, 12], scorers.Select(s => Assert.Single(s.TextTokensGiven.Distinct())));
    }

    [Fact]
    public void NaN_is_an_error_that_names_sample_and_scorer()
    {
        FakeScorer broken = new()
        {
            Name = "broken",
            Encoder = new FakeEncoder(),
            Rule = (sample, _, _, _) => sample == 7 ? float.NaN : 1,
        };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SceneEvaluation.Run(Objects.Tests(), [broken]));
        Assert.Contains("unseen_pairs/size/1", error.Message, StringComparison.Ordinal);
        Assert.Contains("broken", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_scorers_of_one_name_are_refused_before_anything_is_encoded()
    {
        FakeEncoder encoder = new();
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            SceneEvaluation.Run(Objects.Tests(), [FakeScorer.Perfect(encoder, "CLIP"), FakeScorer.Constant(encoder, "CLIP")])
        );
        Assert.Contains("'CLIP'", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, encoder.PicturesEncoded);
    }

    [Fact]
    public void Scorers_and_a_batch_are_asked_for()
    {
        Assert.Throws<ArgumentException>(() => SceneEvaluation.Run(Objects.Tests(), []));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            SceneEvaluation.Run(Objects.Tests(), [FakeScorer.Perfect(new FakeEncoder())], new SceneEvaluationOptions { BatchSamples = 0 })
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void The_size_of_a_batch_changes_nothing(int batch)
    {
        SceneEvaluationResult usual = Run(32),
            other = Run(batch);
        Assert.Equal(usual.Cells, other.Cells);
        Assert.Equal(usual.Comparisons, other.Comparisons);
        Assert.InRange(usual.Find("CLIP", SplitPart.UnseenPairs)!.Accuracy.Value, 0.2, 0.8);

        static SceneEvaluationResult Run(int size)
        {
            FakeEncoder encoder = Arbitrary();
            return SceneEvaluation.Run(
                Objects.Tests(),
                [new ClipScorer(encoder), FakeScorer.ThreeOfFour(encoder)],
                new SceneEvaluationOptions { BatchSamples = size }
            );
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_result()
    {
        Assert.Equal(Run(seed: 11, bootstrap: 1).ToJson(), Run(seed: 11, bootstrap: 1).ToJson());

        SceneEvaluationResult usual = Run(seed: 11, bootstrap: 1),
            redrawn = Run(seed: 11, bootstrap: 2),
            others = Run(seed: 12, bootstrap: 1);
        Assert.Equal(usual.Cells.Select(c => c.Accuracy.Value), redrawn.Cells.Select(c => c.Accuracy.Value));
        Assert.NotEqual(usual.Cells, redrawn.Cells);
        Assert.NotEqual(usual.TestSet.Tests.SelectMany(t => t.Captions), others.TestSet.Tests.SelectMany(t => t.Captions));

        static SceneEvaluationResult Run(ulong seed, ulong bootstrap) =>
            SceneEvaluation.Run(
                Objects.Tests(seed: seed),
                [new ClipScorer(Arbitrary())],
                new SceneEvaluationOptions { BootstrapSeed = bootstrap }
            );
    }

    [Fact]
    public void Progress_is_told_after_every_batch()
    {
        Recorder progress = new();
        SceneEvaluation.Run(
            Objects.Tests(),
            [FakeScorer.Perfect(new FakeEncoder())],
            new SceneEvaluationOptions { BatchSamples = 20 },
            progress
        );
        Assert.Equal([20, 40, 48], progress.Reports.Select(r => r.Done));
        Assert.All(progress.Reports, r => Assert.Equal(Samples, r.Total));
    }

    [Fact]
    public void A_canceled_run_encodes_nothing()
    {
        FakeEncoder encoder = new();
        Assert.Throws<OperationCanceledException>(() =>
            SceneEvaluation.Run(Objects.Tests(), [FakeScorer.Perfect(encoder)], cancellationToken: new CancellationToken(canceled: true))
        );
        Assert.Equal(0, encoder.PicturesEncoded);
    }

    private static SceneComparison Comparison(SceneEvaluationResult result, string first, string second, SceneKind? kind) =>
        Assert.Single(result.Comparisons, c => c.Part == SplitPart.UnseenPairs && c.First == first && c.Second == second && c.Kind == kind);

    // Embeddings without any sense, but the same for the same picture and caption.
    private static FakeEncoder Arbitrary() =>
        new()
        {
            Picture = i => [MathF.Sin(i), MathF.Sin(2.3f * i), MathF.Sin(5.1f * i), MathF.Sin(9.7f * i)],
            Text = text =>
                [.. Enumerable.Range(1, 4).Select(k => MathF.Sin(k * text.Aggregate(0f, (sum, letter) => (31 * sum + letter) % 1009)))],
        };

    private sealed class Recorder : IProgress<WorkProgress>
    {
        public List<WorkProgress> Reports { get; } = [];

        public void Report(WorkProgress value) => Reports.Add(value);
    }
}
