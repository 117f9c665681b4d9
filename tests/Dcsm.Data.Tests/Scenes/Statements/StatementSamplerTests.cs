using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Scenes.Statements;

public class StatementSamplerTests
{
    private static readonly StatementSampler Sampler = new(TestData.Library, TestData.Split);

    [Property(MaxTest = 200)]
    public void A_twin_is_a_true_and_a_false_statement_of_one_kind(ulong seed)
    {
        StatementScene drawn = Sampler.Scene(SplitPart.Train, seed, 3);
        Assert.InRange(drawn.Scene.Objects.Count, 1, 4);
        foreach (StatementTwin twin in drawn.Twins)
        {
            Assert.True(twin.True.Statement.IsTrueOf(drawn.Scene, TestData.Library));
            Assert.False(twin.False.Statement.IsTrueOf(drawn.Scene, TestData.Library));
            Assert.Equal(twin.True.Statement.Kind, twin.False.Statement.Kind);
        }

        Assert.Equal(
            drawn.Choices.Select((_, i) => (bool?)(i == 0)),
            drawn.Choices.Select(c => c.Statement.IsTrueOf(drawn.Scene, TestData.Library))
        );
    }

    [Property(MaxTest = 50)]
    public void A_group_knows_which_statement_is_true_of_which_scene(ulong seed)
    {
        StatementGroup group = Sampler.Group(SplitPart.UnseenObjects, seed, 0);
        Assert.Equal(8, group.Scenes.Count);
        Assert.Equal(32, group.Statements.Count);
        for (int scene = 0; scene < group.Scenes.Count; scene++)
        {
            for (int own = 0; own < 4; own++)
                Assert.Equal(own % 2 == 0, group.Truth[scene, (scene * 4) + own]);
        }
    }

    [Fact]
    public void Of_two_objects_something_can_be_said()
    {
        string[] names = [.. TestData.Library.Objects.Take(10).Select(o => o.Name)];
        var few = new StatementSampler(TestData.Library, SceneSplit.Create(names, 1, unseenObjects: 0.2));
        for (int i = 0; i < 30; i++)
            Assert.Equal(32, few.Group(SplitPart.UnseenObjects, 1, i).Statements.Count);
    }

    [Fact]
    public void Every_kind_is_said_of_many_scenes()
    {
        StatementScene[] drawn = [.. Enumerable.Range(0, 300).Select(i => Sampler.Scene(SplitPart.UnseenObjects, 5, i))];
        foreach (StatementKind kind in Enum.GetValues<StatementKind>())
            Assert.InRange(drawn.Count(scene => scene.Twins.Any(twin => twin.True.Statement.Kind == kind)), 60, 300);
        Assert.InRange(drawn.Count(scene => scene.Choices.Count == 4), 60, 300);
    }

    [Theory]
    [InlineData("an orange", "a orange")]
    [InlineData("an apple", "a apple")]
    [InlineData("scissors", "a scissors")]
    [InlineData("bread", "a bread")]
    public void Grammar_is_natural(string right, string wrong)
    {
        string[] captions = [.. Captions(StatementWordings.Trained, 3000).Select(caption => caption.Text)];
        Assert.Contains(captions, caption => $" {caption} ".Contains($" {right} ", StringComparison.Ordinal));
        Assert.DoesNotContain(captions, caption => $" {caption} ".Contains($" {wrong} ", StringComparison.Ordinal));
    }

    /// <summary>A linear classifier that sees captions alone, without the pictures, must be at a loss.</summary>
    [Theory]
    [InlineData(1, StatementWordings.Trained)]
    [InlineData(2, StatementWordings.Trained)]
    [InlineData(2, StatementWordings.Other)]
    public void A_caption_alone_does_not_tell_whether_it_is_true(int gram, StatementWordings wordings)
    {
        (string Text, bool True)[] captions = Captions(wordings, 6000);
        int held = captions.Length / 4;
        double accuracy = BagOfWords.Accuracy(captions[held..], captions[..held], gram);
        Assert.InRange(accuracy, 0.45, 0.53);
    }

    /// <summary>The classifier of the test above does find a leak where there is one.</summary>
    [Fact]
    public void A_leak_would_be_found()
    {
        (string Text, bool True)[] captions =
        [
            .. Captions(StatementWordings.Trained, 3000)
                .Select(
                    (caption, i) =>
                        caption.True && i % 4 == 0 ? (caption.Text.Replace(" and ", " plus ", StringComparison.Ordinal), true) : caption
                ),
        ];
        int held = captions.Length / 4;
        Assert.InRange(BagOfWords.Accuracy(captions[held..], captions[..held], 2), 0.54, 1);
    }

    private static (string Text, bool True)[] Captions(StatementWordings wordings, int scenes) =>
        [
            .. Enumerable
                .Range(0, scenes)
                .SelectMany(i => Sampler.Scene(SplitPart.Train, 9, i).Twins)
                .Where(twin => twin.Wordings == wordings)
                .SelectMany(twin => new[] { (twin.True.Text, true), (twin.False.Text, false) }),
        ];
}
