using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;
using Dcsm.Evaluation.Scorers;
using Dcsm.Evaluation.Tests.Fakes;

namespace Dcsm.Evaluation.Tests;

public class SceneExamplesTests
{
    private const SplitPart Part = SplitPart.UnseenObjects; // places 24 to 47 of Objects.Tests, six a kind

    [Fact]
    public void First_takes_image_and_opposite_in_turn_whatever_came_out()
    {
        SceneEvaluationResult result = Run(encoder => [FakeScorer.Wrong(encoder)]);
        Assert.Equal(
            [
                new(24, 0, 0),
                new(25, 0, 1),
                new(26, 0, 0),
                new(30, 0, 0),
                new(31, 0, 1),
                new(32, 0, 0),
                new(36, 0, 0),
                new(37, 0, 1),
                new(38, 0, 0),
                new(42, 0, 0),
                new(43, 0, 1),
                new(44, 0, 0),
            ],
            SceneExamples.First(result, Part, perKind: 3)
        );
        Assert.Empty(SceneExamples.First(result, SplitPart.Train, perKind: 3));
    }

    [Fact]
    public void Gained_is_what_the_baseline_has_wrong()
    {
        SceneEvaluationResult result = Run(encoder => [FakeScorer.ThreeOfFour(encoder), FakeScorer.Perfect(encoder)]);
        Assert.Equal(
            [27, 31, 35, 39, 43, 47],
            SceneExamples.Gained(result, Part, "perfect", "three of four", perKind: 6).Select(e => e.Test)
        );
        Assert.Empty(SceneExamples.Gained(result, Part, "three of four", "perfect", perKind: 6));
    }

    [Fact]
    public void Gained_shows_the_clearest_first()
    {
        SceneEvaluationResult result = Run(encoder => [FakeScorer.Wrong(encoder), Sure(encoder, rightly: true)]);
        Assert.Equal([29, 28, 35, 34, 41, 40, 47, 46], SceneExamples.Gained(result, Part, "sure", "wrong", perKind: 2).Select(e => e.Test));
    }

    [Fact]
    public void A_tie_is_nothing_to_gain_on_but_is_wrong()
    {
        SceneEvaluationResult result = Run(encoder => [FakeScorer.Constant(encoder), FakeScorer.Perfect(encoder)]);
        Assert.Empty(SceneExamples.Gained(result, Part, "perfect", "constant", perKind: 6));
        Assert.Equal(8, SceneExamples.Wrong(result, Part, "constant", perKind: 2).Count);
        Assert.Empty(SceneExamples.Wrong(result, Part, "perfect", perKind: 2));
    }

    [Fact]
    public void Wrong_shows_the_surest_mistake_first()
    {
        SceneEvaluationResult result = Run(encoder => [Sure(encoder, rightly: false)]);
        Assert.Equal([29, 28, 35, 34, 41, 40, 47, 46], SceneExamples.Wrong(result, Part, "sure", perKind: 2).Select(e => e.Test));
    }

    [Fact]
    public void A_sample_is_shown_once_by_its_clearest_choice()
    {
        SceneEvaluationResult result = Run(encoder =>
            [
                FakeScorer.Wrong(encoder),
                new FakeScorer
                {
                    Name = "second paraphrase",
                    Encoder = encoder,
                    Rule = (_, image, caption, right) => right ? (image == 1 && caption == 3 ? 2 : 1) : 0,
                },
            ]
        );
        IReadOnlyList<SceneExample> gained = SceneExamples.Gained(result, Part, "second paraphrase", "wrong", perKind: 6);
        Assert.Equal(24, gained.Count);
        Assert.All(gained, e => Assert.Equal((1, 1), (e.Paraphrase, e.Image)));
    }

    [Fact]
    public void Captions_go_with_the_image()
    {
        SceneTestSet tests = Objects.Tests();
        Assert.Equal(tests.Tests[3].Captions[1], new SceneExample(3, 1, 0).RightCaption(tests));
        Assert.Equal(tests.Tests[3].OppositeCaptions[1], new SceneExample(3, 1, 0).WrongCaption(tests));
        Assert.Equal(tests.Tests[3].OppositeCaptions[0], new SceneExample(3, 0, 1).RightCaption(tests));
        Assert.Equal(tests.Tests[3].Captions[0], new SceneExample(3, 0, 1).WrongCaption(tests));
    }

    [Fact]
    public void An_unknown_scorer_is_an_error_that_tells_the_known_ones()
    {
        SceneEvaluationResult result = Run(encoder => [FakeScorer.Perfect(encoder)]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => SceneExamples.Wrong(result, Part, "nobody", 1));
        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
        Assert.Contains("perfect", error.Message, StringComparison.Ordinal);
    }

    private static SceneEvaluationResult Run(Func<FakeEncoder, IReadOnlyList<IScorer>> scorers) =>
        SceneEvaluation.Run(Objects.Tests(), scorers(new FakeEncoder()));

    // Surer from sample to sample.
    private static FakeScorer Sure(FakeEncoder encoder, bool rightly) =>
        new()
        {
            Name = "sure",
            Encoder = encoder,
            Rule = (sample, _, _, right) => right == rightly ? 1 + 0.1f * sample : 0,
        };
}
