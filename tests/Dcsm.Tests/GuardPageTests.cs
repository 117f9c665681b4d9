using Dcsm.Head;
using Dcsm.Maps;

namespace Dcsm.Tests;

/// <summary>Heads and maps of odd shapes in memory that ends, or begins, at a page that nobody may touch.</summary>
public sealed class GuardPageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Maps_are_read_and_scored_as_far_as_they_reach(bool atEnd)
    {
        var random = new Random(16);
        for (int i = 0; i < 120; i++)
        {
            DcsmConfig config = TestHeads.Config(
                random.Next(1, 40),
                random.Next(1, 40),
                random.Next(1, 70),
                random.Next(1, 9),
                random.Next(1, 40)
            ) with
            {
                Convolutions = random.Next(0, 5),
            };
            DcsmHead head = new(config, DcsmHeadWeights.Create(config, (ulong)i));
            int size = config.ImageTokens * config.TextTokens,
                count = random.Next(1, 40);
            using var images = GuardedFloats.Random(config.ImageTokens * config.Dimension, i, atEnd);
            using var texts = GuardedFloats.Random(config.TextTokens * config.Dimension, i + 1, atEnd);
            using var map = new GuardedFloats(size, atEnd);
            DenseMap.Compute(images.Span, texts.Span, config.Dimension, map.Span);
            DenseMap.Standardize(map.Span);

            using var maps = new GuardedFloats(count * size, atEnd);
            using var scores = new GuardedFloats(count, atEnd);
            for (int m = 0; m < count; m++)
                map.Span.CopyTo(maps.Span[(m * size)..]);
            head.Score(maps.Span, scores.Span);
            // The same map has the same score in every lane.
            Assert.All(scores.Span.ToArray(), score => Assert.Equal(scores.Span[0], score, 1e-4));
        }
    }
}
