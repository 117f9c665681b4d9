using Dcsm.Clip.Models;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Evaluation.ZeroShot;

namespace Dcsm.Evaluation.Tests;

public class ZeroShotClassifierTests
{
    [Fact]
    public void A_class_is_the_mean_of_its_prompts_at_unit_length()
    {
        FakeEncoder encoder = new()
        {
            Picture = i => i == 0 ? [1, 0, 0, 0] : [0, 0.6f, 0.8f, 0],
            Text = text =>
                text switch
                {
                    "x" => [1, 0, 0, 0],
                    "y" => [0, 1, 0, 0],
                    _ => [0, 0, 1, 0],
                },
        };
        ZeroShotClassifier classifier = new(
            encoder,
            [
                ["x", "y"],
                ["z"],
            ]
        );
        float[,] scores = classifier.Score(Pictures(encoder, 2));
        Assert.Equal(2, classifier.Classes);
        Assert.Equal(Math.Sqrt(0.5), scores[0, 0], 1e-6);
        Assert.Equal(0, scores[0, 1], 1e-6);
        Assert.Equal(0.6 * Math.Sqrt(0.5), scores[1, 0], 1e-6);
        Assert.Equal(0.8, scores[1, 1], 1e-6);
    }

    [Fact]
    public void The_number_of_prompts_does_not_weigh()
    {
        FakeEncoder encoder = new() { Text = text => text[0] == 'x' ? [1, 0, 0, 0] : [0, 1, 0, 0], Picture = _ => [0.6f, 0.8f, 0, 0] };
        float[,] scores = new ZeroShotClassifier(
            encoder,
            [
                ["x 1", "x 2", "x 3", "x 4"],
                ["y"],
            ]
        ).Score(Pictures(encoder, 1));
        Assert.Equal(0.6, scores[0, 0], 1e-6);
        Assert.Equal(0.8, scores[0, 1], 1e-6);
    }

    [Fact]
    public void Many_prompts_stay_with_their_classes()
    {
        float[][] directions =
        [
            [1, 0, 0, 0],
            [0, 1, 0, 0],
            [0, 0, 1, 0],
        ];
        FakeEncoder encoder = new() { Picture = i => directions[i], Text = text => directions[text[0] - 'a'] };
        ZeroShotClassifier classifier = new(
            encoder,
            [.. "abc".Select(letter => (IReadOnlyList<string>)[.. Enumerable.Range(0, 200).Select(i => $"{letter} {i}")])]
        );
        float[,] scores = classifier.Score(Pictures(encoder, 3));
        for (int image = 0; image < 3; image++)
        {
            for (int c = 0; c < 3; c++)
                Assert.Equal(image == c ? 1 : 0, scores[image, c], 1e-5);
        }
    }

    [Fact]
    public void Names_are_put_into_every_template()
    {
        List<string> asked = [];
        FakeEncoder encoder = new()
        {
            Text = text =>
            {
                asked.Add(text);
                return [1, 0, 0, 0];
            },
        };
        ZeroShotClassifier.FromNames(encoder, ["apple", "pear"], ["a {name}", "{name}, a {name}"]);
        Assert.Equal(["a apple", "apple, a apple", "a pear", "pear, a pear"], asked);
    }

    [Fact]
    public void A_template_without_a_place_for_the_name_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            ZeroShotClassifier.FromNames(new FakeEncoder(), ["apple"], ["a {name}", "a picture"])
        );
        Assert.Contains("'a picture'", error.Message, StringComparison.Ordinal);
        Assert.Contains("{name}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Classes_and_prompts_are_asked_for()
    {
        Assert.Throws<ArgumentException>(() => new ZeroShotClassifier(new FakeEncoder(), []));
        Assert.Throws<ArgumentException>(() =>
            new ZeroShotClassifier(
                new FakeEncoder(),
                [
                    ["a"],
                    [],
                ]
            )
        );
        Assert.Throws<ArgumentException>(() => ZeroShotClassifier.FromNames(new FakeEncoder(), ["apple"], []));
    }

    private static ImageEncoding Pictures(FakeEncoder encoder, int count) =>
        encoder.EncodeRgb(new byte[count * 3 * encoder.ImageSize * encoder.ImageSize], count);
}
