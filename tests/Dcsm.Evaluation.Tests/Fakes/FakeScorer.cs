using Dcsm.Clip.Models;
using Dcsm.Evaluation.Scorers;

namespace Dcsm.Evaluation.Tests.Fakes;

/// <summary>Scores by rule. A sample has two images; its captions come first, then its opposite captions.</summary>
internal sealed class FakeScorer : IScorer
{
    private int _samples;

    public required string Name { get; init; }

    public required IEncoder Encoder { get; init; }

    public int TextTokens { get; init; }

    public IReadOnlyDictionary<string, string> Description { get; init; } = new Dictionary<string, string> { ["method"] = "fake" };

    /// <summary>Sample, image, caption, and whether the caption is true of the image.</summary>
    public required Func<int, int, int, bool, float> Rule { get; init; }

    public List<int> TextTokensGiven { get; } = [];

    public float[,] Score(ImageEncoding images, TextEncoding captions)
    {
        TextTokensGiven.Add(captions.Tokens.Tokens);
        int sample = _samples++,
            count = captions.Pooled.Count;
        float[,] scores = new float[images.Pooled.Count, count];
        for (int i = 0; i < images.Pooled.Count; i++)
        {
            for (int c = 0; c < count; c++)
                scores[i, c] = Rule(sample, i, c, i == 0 == c < count / 2);
        }

        return scores;
    }

    public static FakeScorer Perfect(IEncoder encoder, string name = "perfect") =>
        new()
        {
            Name = name,
            Encoder = encoder,
            Rule = (_, _, _, right) => right ? 1 : 0,
        };

    public static FakeScorer Wrong(IEncoder encoder, string name = "wrong") =>
        new()
        {
            Name = name,
            Encoder = encoder,
            Rule = (_, _, _, right) => right ? 0 : 1,
        };

    public static FakeScorer Constant(IEncoder encoder, string name = "constant") =>
        new()
        {
            Name = name,
            Encoder = encoder,
            Rule = (_, _, _, _) => 0.25f,
        };

    /// <summary>Knows the right caption in three of four samples, and is wrong about all of the fourth.</summary>
    public static FakeScorer ThreeOfFour(IEncoder encoder, string name = "three of four") =>
        new()
        {
            Name = name,
            Encoder = encoder,
            Rule = (sample, image, caption, right) => (sample % 4 == 3) != right ? 1 + 0.01f * caption : 0.01f * image,
        };
}
