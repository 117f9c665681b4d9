using Dcsm.Clip.Models;

namespace Dcsm.Clip.Tests;

/// <summary>Sizes whose product wraps to that of what is given.</summary>
public sealed class SizesTests
{
    [Theory]
    [InlineData(1 << 22, 1 << 21, 1 << 21)]
    [InlineData(1 << 30, 1 << 30, 16)]
    public void Embeddings_have_as_many_values_as_their_sizes_say(int count, int tokens, int dimension) =>
        Assert.Throws<ArgumentException>(() => new TokenEmbeddings([], count, tokens, dimension));
}
