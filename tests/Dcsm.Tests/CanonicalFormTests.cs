using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using FsCheck.Xunit;

namespace Dcsm.Tests;

public class CanonicalFormTests
{
    [Theory]
    [InlineData("A picture of a dog on top of a cat", "a dog above a cat")]
    [InlineData("a dog to the left of a cat", "a dog left a cat")]
    [InlineData("the dog is on the left side of the cat", "a dog left a cat")]
    [InlineData("a tiny dog and a huge cat", "a small dog and a big cat")]
    [InlineData("a dog with no cat", "a dog without a cat")]
    [InlineData("An image of a dog but no a cat", "a dog without a cat")]
    [InlineData("a dog and not a cat", "a dog without a cat")]
    [InlineData("a dog with a cat", "a dog and a cat")]
    [InlineData("a snapshot with no dog", "no a dog")]
    [InlineData("a picture without a dog", "without a dog")]
    [InlineData("there isn't a dog", "not a dog")]
    [InlineData("an orange apple, scissors", "a orange apple and a scissors")]
    [InlineData("a left-handed cat and leftovers", "a left-handed cat and a leftovers")]
    [InlineData("the a of", "a of")]
    [InlineData("the dog is small, the cat big", "a small dog and a cat big")]
    [InlineData("The car is blue.", "a blue car")]
    [InlineData("the teapot is red and the cars are light blue", "a red teapot and a light blue cars")]
    [InlineData("the red car is tiny", "a small red car")]
    [InlineData("a little teddy bear is brown and big", "a small brown teddy bear and big")]
    [InlineData("a big car that is red above a dog which is little", "a big red car above a small dog")]
    [InlineData("there is a car that is red in the picture", "a red car")]
    [InlineData("the car is not blue", "a car not a blue")]
    [InlineData("the car is left of the dog, and the dog is small", "a car left a dog and a small dog")]
    [InlineData("the man is riding a horse", "a man riding horse")]
    [InlineData("the dog is very small", "a dog very small")]
    [InlineData("what is red", "a what red")]
    [InlineData("it is blue", "a blue")]
    [InlineData("the dog is in a big red box", "a dog in big red box")]
    [InlineData("blue is", "a blue")]
    [InlineData("the left-handed cat is blue-green", "a blue-green left-handed cat")]
    [InlineData("dog chasing the small red ball", "a dog chasing small red ball")]
    [InlineData("small", "small")]
    [InlineData("on the left a dog; on the right, a cat", "left a dog right a cat")]
    [InlineData("a", "")]
    [InlineData("A red car and a blue bowl.", "a red car and a blue bowl")]
    [InlineData("a dog , a cat , and a mouse !", "a dog and a cat and a mouse")]
    [InlineData("A dog. It is above a cat.", "a dog above a cat")]
    [InlineData("A dog, no cat", "a dog without a cat")]
    [InlineData("In this picture, \"a dog\" (small) & a cat…", "a dog and small and a cat")]
    [InlineData("a dog's bowl; a t-shirt - size 3.5", "a dog's bowl and a t-shirt and a size 3.5")]
    [InlineData("...", "")]
    [InlineData("There\u2019s a red car, and it's above a bowl", "a red car and above a bowl")]
    [InlineData("The picture has no dog.", "no a dog")]
    [InlineData("\u201cno dog\u201d", "no a dog")]
    public void Captions_are_read_in_few_words(string written, string read) =>
        Assert.Equal(read, FunctionalWordList.Canonical.Rewrite(written));

    [Fact]
    public void Long_texts_are_read_in_linear_time()
    {
        string text = string.Concat(Enumerable.Repeat("A dog, above a cat, no mouse. ", 5_000));
        string read = FunctionalWordList.Canonical.Rewrite(text);
        Assert.StartsWith("a dog above a cat without a mouse and a dog above a cat without a mouse", read, StringComparison.Ordinal);
        Assert.EndsWith("above a cat without a mouse", read, StringComparison.Ordinal);
    }

    [Property]
    public void What_is_canonical_stays_as_it_is(int seed)
    {
        string[] words =
        [
            "a",
            "dog",
            "on",
            "top",
            "of",
            "the",
            "left",
            "to",
            "no",
            "with",
            "picture",
            "isn't",
            "cat,",
            "mouse.",
            "\"it\"",
            "-",
            "(there",
            "is)",
            "&",
            "and",
            "not",
            "big",
        ];
        var random = new Random(seed);
        string text = string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => words[random.Next(words.Length)]));
        string once = FunctionalWordList.Canonical.Rewrite(text);
        Assert.Equal(once, FunctionalWordList.Canonical.Rewrite(once));
        Assert.DoesNotContain("a a ", once + " ", StringComparison.Ordinal);
        Assert.DoesNotContain(once, letter => ",.\"()&".Contains(letter));
        Assert.Equal(once, FunctionalWordList.Canonical.Rewrite(text + "."));
    }

    [Fact]
    public void Noun_phrases_are_marked_by_a_filler_and_hold_functional_words_of_the_list()
    {
        FunctionalWord[] words = [new("small", ["small"]), new("left", ["left", "left of"])];
        var list = new FunctionalWordList("own", words, ["ein"], new NounPhrases("ein", ["small"]));
        Assert.Equal("ein small Hund left ein Haus", list.Rewrite("small Hund left of Haus"));
        Assert.Equal("Hund left Haus", new FunctionalWordList("own", words, ["ein"]).Rewrite("ein Hund left of ein Haus"));
        Assert.Throws<ArgumentException>(() => new FunctionalWordList("own", words, ["ein"], new NounPhrases("eine", ["small"])));
        Assert.Throws<ArgumentException>(() => new FunctionalWordList("own", words, ["ein"], new NounPhrases("ein", ["red"])));
        var joined = new NounPhrases("ein", ["small"]);
        Assert.Equal("ein Hund, ein Haus.", new FunctionalWordList("own", words, ["ein"], joined).Rewrite("Hund, Haus."));
        NounPhrases said = joined with { Copulas = ["ist"] };
        Assert.Equal("ein roter Hund", new FunctionalWordList("own", words, ["ein", "ist"], said).Rewrite("ein Hund ist roter"));
        Assert.Contains(
            "the copula 'ist' is none of the fillers",
            Assert.Throws<ArgumentException>(() => new FunctionalWordList("own", words, ["ein"], said)).Message,
            StringComparison.Ordinal
        );
        foreach (string none in new[] { "und", "small" })
        {
            Assert.Contains(
                $"conjunction '{none}'",
                Assert
                    .Throws<ArgumentException>(() => new FunctionalWordList("own", words, ["ein"], joined with { Conjunction = none }))
                    .Message,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void A_form_can_be_added()
    {
        FunctionalWordList list = FunctionalWordList.Canonical.With("above", "straight over the head of");
        Assert.Equal("a dog above a cat", list.Rewrite("a dog straight over the head of a cat"));
        Assert.Throws<ArgumentException>(() => list.With("sideways", "askew"));
        Assert.Throws<ArgumentException>(() => list.With("below", "on top of"));
    }

    [Fact]
    public void The_end_comes_first_and_the_start_behind_the_words()
    {
        var layout = ColumnLayout.EndFirst([-1, -1, 4, -1, -1, -1], length: 4);
        Assert.Equal([3, 1, 2, 0, 0, 0], layout.Tokens);
        Assert.Equal([-1, -1, 4, -1, -1, -1], layout.Rows);
    }

    [Fact]
    public void Fixed_constants_make_a_score_of_its_pair_alone()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 4, 16) with
        {
            Standardization = MapStandardization.Fixed,
            MapMean = 0.05,
            MapDeviation = 0.3,
        };
        var head = new DcsmHead(config, DcsmHeadWeights.Create(config, 5));
        ImageEncoding images = TestHeads.Images(config, 1, 4);
        TextEncoding captions = TestHeads.Captions(config, 2, [.. Enumerable.Range(0, 21).Select(i => $"{i} cat left of a dog")]);
        float[,] all = head.Score(images, captions);
        for (int image = 0; image < 4; image++)
        {
            for (int caption = 0; caption < 21; caption++)
            {
                Assert.Equal(all[image, caption], head.ScorePairs(images, captions, [(image, caption)])[0]);
                Assert.Equal(all[image, caption], head.Explain(images, image, captions, caption).Score!.Value, 4);
            }
        }

        images = images.With(3, float.NaN);
        Assert.Contains(
            "image 0",
            Assert.Throws<InvalidDataException>(() => head.Score(images, captions)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("a dog left of the cat", null, null)]
    [InlineData("a picture of the", "names nothing", "names nothing")]
    [InlineData("very quickly because", "names nothing", "names nothing")]
    [InlineData("no left above of", "names nothing", "names nothing")]
    [InlineData("", "names nothing", "names nothing")]
    [InlineData("a DOG", null, null)]
    [InlineData("a walrus left of a dog", null, "'walrus'")]
    [InlineData("hello world", null, "'world'")]
    public void Of_a_caption_without_ground_no_probability_is_told(string caption, string? ofAnyClip, string? ofSmallClip)
    {
        DcsmConfig any = TestHeads.Config(10, 12, 8, 4, 16) with
        {
            Words = FunctionalWordList.Canonical,
            CaptionForm = CaptionForm.Canonical,
            Calibration = new ScoreCalibration(1, 0),
        };
        DcsmConfig small = any with { KnownWords = ["dog", "cat"] };
        foreach ((DcsmConfig config, string? reason) in new[] { (any, ofAnyClip), (small, ofSmallClip) })
        {
            Assert.Equal(reason is null, config.WhyNotJudged(caption) is null);
            Assert.Contains(reason ?? "", config.WhyNotJudged(caption) ?? "", StringComparison.Ordinal);
            var head = new DcsmHead(config, DcsmHeadWeights.Create(config, 5));
            Assert.Equal(reason is null ? 0.5 : null, head.Probability(0, caption));
        }
    }

    [Fact]
    public void A_calibration_is_a_logistic_curve()
    {
        var calibration = new ScoreCalibration(2, -1);
        Assert.Equal(0.5, calibration.Probability(0.5), 12);
        Assert.Equal(1 / (1 + Math.Exp(-1)), calibration.Probability(1), 12);
        Assert.Equal(0, calibration.Probability(-1e9));
        Assert.Equal(1, calibration.Probability(1e9));
    }
}
