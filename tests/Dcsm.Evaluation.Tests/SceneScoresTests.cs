using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Scenes;

namespace Dcsm.Evaluation.Tests;

public class SceneScoresTests
{
    private static readonly SceneTest Test = new("part/kind/0", SplitPart.Train, SceneKind.Size, ["right"], ["left"]);

    [Fact]
    public void Both_directions_follow_from_four_scores()
    {
        // The opposite image prefers the wrong caption; each caption prefers its image.
        SceneScores scores = new(Test, "scorer", [0.9f, 0.1f, 0.3f, 0.2f]);
        Assert.Equal((2, 1, 1.0, 0), (scores.Items, scores.CaptionsRight, scores.CaptionsExpected, scores.Ties));
        Assert.True(scores.CaptionChoice(0, 0).Strict);
        Assert.False(scores.CaptionChoice(0, 1).Strict);
        Assert.Equal((2, 0), (scores.ImagesRight, scores.GroupsRight));
        Assert.Equal(0.8, scores.Margin(0, 0), 1e-6);
        Assert.Equal(-0.1, scores.Margin(0, 1), 1e-6);
        Assert.Equal(0.3f, scores.Score(0, 1, 0));
    }

    [Fact]
    public void A_group_is_right_only_when_all_four_are()
    {
        Assert.Equal(1, new SceneScores(Test, "scorer", [0.9f, 0.1f, 0.1f, 0.2f]).GroupsRight);
        Assert.Equal(0, new SceneScores(Test, "scorer", [0.9f, 0.2f, 0.1f, 0.2f]).GroupsRight);
    }

    [Fact]
    public void As_many_scores_are_asked_for_as_there_are_paraphrases() =>
        Assert.Throws<ArgumentException>(() => new SceneScores(Test, "scorer", [1, 2, 3]));
}
