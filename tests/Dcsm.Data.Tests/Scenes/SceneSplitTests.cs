using Dcsm.Data.Scenes;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Scenes;

public class SceneSplitTests
{
    private static readonly string[] Names = [.. TestData.Library.Objects.Select(item => item.Name)];

    [Fact]
    public void Shares_are_as_asked()
    {
        SceneSplit split = TestData.Split;
        Assert.Equal(61, split.UnseenObjects.Count);
        Assert.Equal(246, split.SeenObjects.Count);
        Assert.Empty(split.SeenObjects.Intersect(split.UnseenObjects));
        double held = TestData.Sampler.PairCount(SplitPart.UnseenPairs);
        Assert.InRange(held / (held + TestData.Sampler.PairCount(SplitPart.Train)), 0.09, 0.11);
        Assert.Equal(61 * 60 / 2, TestData.Sampler.PairCount(SplitPart.UnseenObjects));
    }

    [Fact]
    public void The_split_is_the_same_for_ever()
    {
        Assert.Equal(["banana", "watermelon", "strawberry", "mango", "eggplant"], TestData.Split.UnseenObjects.Take(5));
        Assert.Equal(
            ["coconut", "onion", "hotdog", "egg"],
            TestData
                .Split.SeenObjects.Where(name => name != "apple" && TestData.Split.PartOf("apple", name) == SplitPart.UnseenPairs)
                .Take(4)
        );
    }

    [Property(MaxTest = 30)]
    public bool The_order_of_names_does_not_matter(ulong seed)
    {
        string[] shuffled = Names.OrderBy(name => name.Length).ThenByDescending(name => name, StringComparer.Ordinal).ToArray();
        var a = SceneSplit.Create(Names, seed);
        var b = SceneSplit.Create(shuffled, seed);
        return a.UnseenObjects.ToHashSet().SetEquals(b.UnseenObjects)
            && Names.Take(20).All(x => Names.TakeLast(20).All(y => a.PartOf(x, y) == b.PartOf(y, x)));
    }

    [Property(MaxTest = 30)]
    public bool Each_pair_has_a_part_where_both_are_seen_or_both_are_not(ulong seed)
    {
        var split = SceneSplit.Create(Names, seed);
        return Names
            .Take(40)
            .All(x =>
                Names
                    .Skip(20)
                    .Take(40)
                    .All(y =>
                    {
                        SplitPart? part = split.PartOf(x, y);
                        return part.HasValue == (x != y && split.IsUnseen(x) == split.IsUnseen(y))
                            && part == SplitPart.UnseenObjects == (x != y && split.IsUnseen(x) && split.IsUnseen(y));
                    })
            );
    }

    [Fact]
    public void Another_seed_gives_another_split() =>
        Assert.False(SceneSplit.Create(Names, 2).UnseenObjects.ToHashSet().SetEquals(TestData.Split.UnseenObjects));

    [Fact]
    public void All_or_nothing_may_be_held_out()
    {
        Assert.Empty(SceneSplit.Create(Names, 1, 0, 0).UnseenObjects);
        Assert.Empty(SceneSplit.Create(Names, 1, 1, 0).SeenObjects);
        var split = SceneSplit.Create(["a", "b", "c"], 1, 0, 1);
        Assert.Equal(SplitPart.UnseenPairs, split.PartOf("a", "c"));
        Assert.Equal(SplitPart.Train, SceneSplit.Create(["a", "b", "c"], 1, 0, 0).PartOf("c", "b"));
    }

    [Fact]
    public void Wrong_arguments_are_told()
    {
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => SceneSplit.Create(["a", "a"], 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SceneSplit.Create([""], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneSplit.Create(["a"], 1, 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => SceneSplit.Create(["a"], 1, 0.2, double.NaN));
        Assert.Contains(
            "unicorn",
            Assert.Throws<ArgumentException>(() => TestData.Split.PartOf("unicorn", TestData.Split.SeenObjects[0])).Message,
            StringComparison.Ordinal
        );
    }
}
