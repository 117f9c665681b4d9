using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Numerics.Tests;

public sealed class RandomNumbersTests
{
    // What the authors' C program gives for the state 1234567.
    [Fact]
    public void The_generator_is_the_published_one()
    {
        var random = new SplitMix64(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];
        Assert.Equal(expected, expected.Select(_ => random.NextUInt64()).ToArray());
        Assert.Equal(expected[0], SplitMix64.Hash(1234567));
    }

    // Streams as they were before they shared a generator: whatever is drawn from them must stay as it is.
    [Fact]
    public void Streams_stay_as_they_are()
    {
        var stream = new SplitMix64(3, 1000);
        var resampling = new ResamplingRandom(7, 2);
        var scene = new SceneRandom(5, 6, 7);
        Assert.Equal(13381839407970564826UL, stream.NextUInt64());
        Assert.Equal(8306715068735764257UL, resampling.NextUInt64());
        Assert.Equal(18257261596401832322UL, scene.NextUInt64());
        Assert.Equal(1245273734903202402UL, StableHash.Of(1, "a", "bc"));
    }
}
