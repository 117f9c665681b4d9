using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;
using Dcsm.Training.Heads;
using Dcsm.Training.Samples;
using Dcsm.Training.Sources;

namespace Dcsm.Training.Tests;

public sealed class PlainParaphrasesTests
{
    [Fact]
    public void Training_sees_each_fact_in_other_words_too_and_validation_does_not()
    {
        ObjectLibrary library = SmallRun.Library;
        var source = new SceneTrainingSource(
            library,
            SceneSplit.Create([.. library.Objects.Select(o => o.Name)], 3, 0.3, 0.2),
            32,
            seed: 5
        );
        var openings = new HashSet<string>();
        for (int stream = 0; stream < source.Streams.Count; stream++)
        {
            for (int i = 0; i < 40; i++)
            {
                HeadTrainingSample sample = source.Read(stream, i);
                Assert.Equal((4, 4), (sample.Captions.Count, sample.NegativeCaptions.Count));
                for (int paraphrase = 0; paraphrase < 2; paraphrase++)
                {
                    string published = sample.Captions[paraphrase],
                        plain = sample.Captions[paraphrase + 2],
                        opposite = sample.NegativeCaptions[paraphrase + 2];
                    Assert.Matches("^(A picture|An image) of a ", published);
                    Assert.DoesNotMatch("A picture of|An image of", plain);
                    // What stands around the facts must not give the right one away. (Negations are worded independently, as published.)
                    if (source.Streams[stream] != SceneNames.Of(SceneKind.Negation))
                        Assert.Equal(plain.Split(' ').Order(), opposite.Split(' ').Order());
                    Assert.Equal(Opening(plain), Opening(opposite));
                    openings.Add(Opening(plain));
                }
            }
        }

        Assert.True(openings.Count >= 4, string.Join(" | ", openings));
        HeadTrainingSample judged = source.Validation.Values.First().Read(0, 0);
        Assert.Equal(2, judged.Captions.Count);
    }

    [Theory]
    [InlineData("An image of a penguin but no a hat")]
    [InlineData("An image of a penguin without a hat")]
    public void The_article_behind_a_negation_goes_or_stays(string caption)
    {
        string[] plain =
        [
            .. Enumerable.Range(0, 60).Select(i => PlainParaphrases.Of([caption], new SceneRandom(1, 2, (ulong)i)).Single()).Distinct(),
        ];
        Assert.Contains(plain, text => text.EndsWith(" a hat", StringComparison.Ordinal));
        Assert.Contains(
            plain,
            text => text.EndsWith(" no hat", StringComparison.Ordinal) || text.EndsWith("without hat", StringComparison.Ordinal)
        );
        Assert.All(plain, text => Assert.Contains("a penguin", text, StringComparison.Ordinal));
    }

    private static string Opening(string text) =>
        text[..text.IndexOf("a ", text.StartsWith("a photo", StringComparison.Ordinal) ? 8 : 0, StringComparison.Ordinal)];
}
