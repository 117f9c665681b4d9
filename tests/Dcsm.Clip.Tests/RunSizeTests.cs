using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests;

public sealed class RunSizeTests
{
    [Theory]
    [InlineData(197, 3072, 32, 2)]
    [InlineData(50, 3072, 32, 6)]
    [InlineData(257, 4096, 32, 1)]
    [InlineData(65, 512, 32, 24)]
    [InlineData(77, 2048, 32, 5)]
    [InlineData(65, 512, 8, 8)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(100_000, 100_000, 32, 1)]
    [InlineData(0, 0, 32, 32)]
    public void Large_towers_take_few_at_once(int tokens, int intermediateSize, int atMost, int expected) =>
        Assert.Equal(expected, RunSize.Items(tokens, intermediateSize, atMost));
}
