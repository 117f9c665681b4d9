using Dcsm.Clip.Models;
using Dcsm.Data.Classes;
using Dcsm.Evaluation.Classification;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Head;

namespace Dcsm.Evaluation.Tests.Classification;

public sealed class PromptScoresTests : IDisposable
{
    private static readonly PictureClass[] Labels = [new("x", ["x"]), new("y", ["y", "why"])];
    private static readonly PromptTemplates Templates = PromptTemplates.Of(["one {}", "two {}"]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_label_has_the_mean_of_its_prompts_scores_template_by_template_and_all_together()
    {
        var prompts = new PromptScores(new PairScorer { Scores = Scores }, Labels, Templates);
        Assert.Equal(6, prompts.Count);
        float[] vector = prompts.Of(Image(), 0);
        Assert.Equal([3f, -1f, 0.5f, 1f, 9f, -9f], vector);
        Assert.Equal([2f, -0.125f], Asked(prompts.Ensemble, vector));
        Assert.Equal(["one {}", "two {}"], prompts.Single.Select(own => own.Template));
        Assert.Equal([3f, -0.25f], Asked(prompts.Single[0].Classifier, vector));
        Assert.Equal([1f, 0f], Asked(prompts.Single[1].Classifier, vector));
    }

    [Fact]
    public void Where_scores_are_logits_probabilities_are_averaged_and_do_not_tie_near_one()
    {
        var scorer = new PairScorer
        {
            Scores = Scores,
            Calibration = new ScoreCalibration(1, 0),
            CostOfPair = 1,
        };
        var prompts = new PromptScores(scorer, Labels, Templates);
        float[] vector = prompts.Of(Image(), 0);
        Assert.Equal([3f, -1f, 0.5f, 1f, 9f, -9f], vector);
        float[] scores = Asked(prompts.Ensemble, vector);
        Assert.Equal((Sigmoid(3) + Sigmoid(1)) / 2, Sigmoid(scores[0]), 1e-6);
        Assert.Equal((Sigmoid(-1) + Sigmoid(0.5) + Sigmoid(9) + Sigmoid(-9)) / 4, Sigmoid(scores[1]), 1e-6);
        // A prompt alone has its own logit.
        Assert.Equal(3f, Asked(prompts.Single[0].Classifier, vector)[0]);
        float[] sure = Asked(prompts.Ensemble, [60, 40, 40, 60, 40, 40]);
        Assert.True(sure[0] > sure[1] && float.IsFinite(sure[0]));
        Assert.All(Asked(prompts.Ensemble, [2000, -2000, -2000, 2000, -2000, -2000]), score => Assert.True(float.IsFinite(score)));
    }

    [Fact]
    public void Pairs_through_a_network_can_be_stopped_between_batches()
    {
        using var stop = new CancellationTokenSource();
        PictureClass[] many = [.. Enumerable.Range(0, 100).Select(i => new PictureClass($"c{i}", [$"c{i}"]))];
        var scorer = new PairScorer
        {
            Scores = _ => 0,
            CostOfPair = 1,
            Asked = stop.Cancel,
        };
        var prompts = new PromptScores(scorer, many, Templates);
        Assert.Throws<OperationCanceledException>(() => prompts.Of(Image(), 0, stop.Token));
        Assert.InRange(Assert.Single(scorer.BatchesAsked).Length, 1, 100);
    }

    [Fact]
    public void What_was_scored_is_kept_by_scorer_and_prompts_and_tokens_for_others()
    {
        var set = new ClassifiedSet(
            "here",
            Labels,
            [.. Enumerable.Range(0, 3).Select(i => new ClassifiedPicture($"{i}", [i % 2], () => [.. "P6\n1 1\n255\n"u8, (byte)i, 0, 0]))]
        );
        var encoder = new FakeEncoder();
        var options = new PictureEmbeddingOptions { Cache = new EmbeddingCache(_folder["cache"]) };
        PictureEmbeddings Encode(PairScorer scorer, params string[] templates) =>
            PictureEmbeddings.Encode(
                encoder,
                set,
                options with
                {
                    Prompts = new PromptScores(scorer, Labels, PromptTemplates.Of(templates)),
                }
            );
        var first = new PairScorer { Scores = Scores, Own = encoder };
        float[] scores = Encode(first, "one {}", "two {}").Values.ToArray();
        Assert.Equal((3, 3), (encoder.PicturesEncoded, first.BatchesAsked.Count));

        var again = new PairScorer { Scores = _ => float.NaN, Own = encoder };
        Assert.Equal(scores, Encode(again, "one {}", "two {}").Values.ToArray());
        Assert.Empty(again.BatchesAsked);

        // Other prompts are scored, and no picture is encoded again.
        var other = new PairScorer { Scores = Scores, Own = encoder };
        Assert.Equal([3f, -1f, 0.5f], Encode(other, "one {}")[0].ToArray());
        Assert.Equal((3, 3), (encoder.PicturesEncoded, other.BatchesAsked.Count));
    }

    private static float Scores(string prompt) =>
        prompt switch
        {
            "one x" => 3,
            "one y" => -1,
            "one why" => 0.5f,
            "two x" => 1,
            "two y" => 9,
            _ => -9,
        };

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    private static ImageEncoding Image() => new FakeEncoder().EncodeRgb(new byte[3 * 32 * 32], 1);

    private static float[] Asked(IPictureClassifier classifier, float[] vector)
    {
        float[] scores = new float[classifier.Classes.Count];
        classifier.Score(vector, scores);
        return scores;
    }

    private sealed class PairScorer : IScorer
    {
        public required Func<string, float> Scores { get; init; }

        public IEncoder Own { get; init; } = new FakeEncoder();

        public Action Asked { get; init; } = () => { };

        public List<string[]> BatchesAsked { get; } = [];

        public ScoreCalibration? Calibration { get; init; }

        public long CostOfPair { get; init; }

        public string Name => "pairs";

        public IEncoder Encoder => Own;

        public int TextTokens => 4;

        public IReadOnlyDictionary<string, string> Description { get; } = new Dictionary<string, string> { ["method"] = "pairs" };

        public float[,] Score(ImageEncoding images, TextEncoding captions)
        {
            BatchesAsked.Add([.. captions.Texts.Select(text => text.Text)]);
            Asked();
            float[,] scores = new float[1, captions.Texts.Count];
            for (int c = 0; c < captions.Texts.Count; c++)
                scores[0, c] = Scores(captions.Texts[c].Text);
            return scores;
        }

        public IReadOnlyList<float[,]> ScoreBlocks(ImageEncoding images, TextEncoding captions, IReadOnlyList<ScoreBlock> blocks)
        {
            BatchesAsked.Add([.. blocks.Select(block => captions.Texts[block.FirstCaption].Text)]);
            Asked();
            return
            [
                .. blocks.Select(block =>
                    new[,]
                    {
                        { Scores(captions.Texts[block.FirstCaption].Text) },
                    }
                ),
            ];
        }
    }
}
