using Dcsm.Numerics.RandomNumbers;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Scenes;

public class SceneRandomTests
{
    [Fact]
    public void Numbers_are_the_same_for_ever()
    {
        var random = new SceneRandom(1, 2, 3);
        ulong[] numbers = [random.NextUInt64(), random.NextUInt64(), random.NextUInt64()];
        Assert.Equal([14585400150120891368UL, 14442465275195754498UL, 2653354733060404283UL], numbers);
    }

    [Property]
    public bool Equal_arguments_give_equal_numbers(ulong seed, ulong stream, ulong index)
    {
        var a = new SceneRandom(seed, stream, index);
        var b = new SceneRandom(seed, stream, index);
        return Enumerable.Range(0, 5).All(_ => a.NextUInt64() == b.NextUInt64());
    }

    [Property]
    public bool Neighbors_are_unrelated(ulong seed, ulong stream, ulong index)
    {
        ulong own = new SceneRandom(seed, stream, index).NextUInt64();
        return own != new SceneRandom(seed, stream, index + 1).NextUInt64()
            && own != new SceneRandom(seed, stream + 1, index).NextUInt64()
            && own != new SceneRandom(seed + 1, stream, index).NextUInt64()
            && own != new SceneRandom(seed, stream - 1, index + 1).NextUInt64();
    }

    [Property]
    public bool Numbers_stay_in_their_range(ulong seed)
    {
        var random = new SceneRandom(seed);
        int count = 1 + (int)(seed % 1000);
        return Enumerable
            .Range(0, 50)
            .All(_ =>
                (uint)random.NextInt(count) < (uint)count
                && random.NextDouble() is >= 0 and < 1
                && random.NextSingle() is >= 0 and < 1
                && random.NextSingle(-2, 3) is >= -2 and <= 3
                && random.Normal() is >= -6 and <= 6
            );
    }

    [Fact]
    public void Whole_numbers_are_evenly_spread()
    {
        var random = new SceneRandom(5);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
            counts[random.NextInt(7)]++;
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
    }

    [Fact]
    public void Normal_has_mean_0_and_variance_1()
    {
        var random = new SceneRandom(6);
        double[] values = Enumerable.Range(0, 50_000).Select(_ => random.Normal()).ToArray();
        Assert.InRange(values.Average(), -0.02, 0.02);
        Assert.InRange(values.Average(value => value * value), 0.97, 1.03);
    }

    [Fact]
    public void A_range_without_numbers_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new SceneRandom(1).NextInt(0));
}
