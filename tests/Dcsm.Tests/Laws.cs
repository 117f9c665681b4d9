using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Tests;

[Properties(Arbitrary = [typeof(Laws)], MaxTest = 60)]
public class Laws
{
    /// <summary>Captions with many functional words.</summary>
    public static Arbitrary<Sentence> Sentences()
    {
        Gen<string> word = Gen.Elements(
            "a",
            "cat",
            "Dog",
            "leftover",
            "left",
            "of",
            "to",
            "the",
            "LEFT",
            "on",
            "top",
            "above",
            "over",
            "no",
            "not",
            "isn't",
            "but",
            "without",
            "with",
            "right-handed",
            "right",
            "side",
            "in",
            "front",
            "small",
            "big,",
            "absent.",
            "next"
        );
        Gen<string> space = Gen.Elements(" ", " ", " ", "  ", "-", ", ", "\t");
        Gen<Sentence> sentences =
            from count in Gen.Choose(1, 12)
            from words in Gen.ArrayOf(word, count)
            from spaces in Gen.ArrayOf(space, count)
            select new Sentence(string.Concat(words.Zip(spaces, static (a, b) => a + b)));
        return Arb.From(sentences);
    }

    /// <summary>Values as cosines are, of at least two.</summary>
    public static Arbitrary<MapValues> Maps()
    {
        Gen<MapValues> maps =
            from seed in Gen.Choose(0, int.MaxValue)
            from size in Gen.Choose(8, 600)
            from center in Gen.Choose(-90, 90)
            from spread in Gen.Choose(1, 100)
            select new MapValues(Values(seed, size, center / 100f, spread / 1000f));
        return Arb.From(maps);

        static float[] Values(int seed, int size, float center, float spread)
        {
            var random = new Random(seed);
            return [.. Enumerable.Range(0, size).Select(_ => center + (spread * ((2 * random.NextSingle()) - 1)))];
        }
    }

    [Property]
    public void A_standardized_map_has_mean_0_and_deviation_1(MapValues map)
    {
        float[] values = [.. map.Values];
        DenseMap.Standardize(values);
        double mean = values.Average(value => (double)value);
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        Assert.Equal(0, mean, 1e-5);
        Assert.Equal(1, deviation, 1e-5);
    }

    [Property]
    public void Standardizing_twice_changes_nothing(MapValues map)
    {
        float[] once = [.. map.Values];
        DenseMap.Standardize(once);
        float[] twice = [.. once];
        DenseMap.Standardize(twice);
        Assert.InRange(Goldens.MaxDifference(once, twice), 0, 1e-5);
    }

    [Property]
    public void Statistics_merge_to_those_of_the_whole(MapValues map, PositiveInt cut)
    {
        int at = cut.Get % map.Values.Length;
        var whole = MapStatistics.Of(map.Values, "map");
        MapStatistics merged = MapStatistics.Of(map.Values.AsSpan(0, at), "map").Merge(MapStatistics.Of(map.Values.AsSpan(at), "map"));
        Assert.Equal(whole.Count, merged.Count);
        Assert.Equal(whole.Mean, merged.Mean, 1e-12);
        Assert.Equal(whole.Deviation, merged.Deviation, 1e-12);
    }

    [Property]
    public void Placing_rows_is_idempotent(Sentence sentence)
    {
        TokenizedText caption = WordTokens.Tokenize(sentence.Text, 16);
        ColumnLayout layout = FunctionalWordList.Extended.Layout(caption, RowPlacement.TokenAligned);
        float[] rows = FunctionalRows.Create(FunctionalWordList.Extended.Words.Count, 5, 1);
        float[] once = [.. Enumerable.Range(0, 5 * 16).Select(i => (float)i)];
        DenseMap.PlaceRows(once, layout, rows);
        float[] twice = [.. once];
        DenseMap.PlaceRows(twice, layout, rows);
        Assert.Equal(once, twice);
    }

    [Property]
    public void The_longest_form_wins(Sentence sentence)
    {
        FunctionalWordList words = FunctionalWordList.Extended;
        IReadOnlyList<FunctionalMatch> found = words.Find(sentence.Text);
        // Nothing overlaps, all is in order.
        for (int i = 1; i < found.Count; i++)
            Assert.True(found[i - 1].Start + found[i - 1].Length <= found[i].Start);
        // Whatever a single entry alone finds is found, or a find at least as long takes some of it.
        foreach ((FunctionalWord? entry, int row) in words.Entries.Select((entry, row) => (entry, row)))
        {
            foreach (string form in entry.Forms)
            {
                FunctionalWordList alone = form.StartsWith('~')
                    ? new FunctionalWordList("one", [new FunctionalWord("\u01c3x", ["\u01c3x", form])])
                    : new FunctionalWordList("one", [new FunctionalWord(form, [form])]);
                foreach (FunctionalMatch match in alone.Find(sentence.Text))
                {
                    Assert.Contains(
                        found,
                        other =>
                            (other.Row == row && other.Start == match.Start && other.Length == match.Length)
                            || (
                                other.Start < match.Start + match.Length
                                && match.Start < other.Start + other.Length
                                && WordScanner.Words(sentence.Text.Substring(other.Start, other.Length)).Count
                                    >= WordScanner.Words(form).Count
                            )
                    );
                }
            }
        }
    }

    [Property]
    public void Finds_do_not_depend_on_case(Sentence sentence) =>
        Assert.Equal(
            FunctionalWordList.Extended.Find(sentence.Text.ToUpperInvariant()),
            FunctionalWordList.Extended.Find(sentence.Text.ToLowerInvariant())
        );

    [Property]
    public void A_layout_names_every_column(Sentence sentence, RowPlacement placement)
    {
        ColumnLayout layout = FunctionalWordList.Extended.Layout(WordTokens.Tokenize(sentence.Text, 10), placement);
        Assert.Equal(10, layout.Rows.Length);
        Assert.All(layout.Rows.ToArray(), row => Assert.InRange(row, -1, FunctionalWordList.Extended.Words.Count - 1));
    }

    [Property(MaxTest = 15)]
    public void The_score_of_a_pair_does_not_depend_on_its_neighbors(PositiveInt images, PositiveInt captions, int seed)
    {
        DcsmHead head = TestHeads.Small();
        (int rows, int columns) = ((images.Get % 5) + 1, (captions.Get % 70) + 1);
        ImageEncoding imageEncoding = TestHeads.Images(head.Config, seed, rows);
        TextEncoding captionEncoding = TestHeads.Captions(
            head.Config,
            seed + 7,
            [.. Enumerable.Range(0, columns).Select(i => TestHeads.SomeCaptions[i % 10])]
        );
        float[,] scores = head.Score(imageEncoding, captionEncoding);
        var random = new Random(seed);
        (int image, int caption) = (random.Next(rows), random.Next(columns));
        Assert.Equal(scores[image, caption], head.ScorePairs(imageEncoding, captionEncoding, [(image, caption)])[0]);
        Assert.Equal(scores[image, caption], head.Explain(imageEncoding, image, captionEncoding, caption).Score!.Value, 1e-5);
    }

    [Property(MaxTest = 15)]
    public void The_order_of_images_permutes_the_scores(int seed)
    {
        DcsmHead head = TestHeads.Small();
        DcsmConfig config = head.Config;
        ImageEncoding images = TestHeads.Images(config, seed, 6);
        TextEncoding captions = TestHeads.Captions(config, seed + 1, TestHeads.SomeCaptions);
        int[] order = [0, 1, 2, 3, 4, 5];
        new Random(seed).Shuffle(order);
        var permuted = new Clip.Models.TokenEmbeddings(
            [.. order.SelectMany(image => images.Tokens[image].ToArray())],
            6,
            config.ImageTokens,
            config.Dimension
        );
        float[,] scores = head.Score(images, captions);
        float[,] other = head.Score(images with { Tokens = permuted }, captions);
        for (int image = 0; image < 6; image++)
        {
            for (int caption = 0; caption < captions.Texts.Count; caption++)
                Assert.Equal(scores[order[image], caption], other[image, caption]);
        }
    }

    [Property(MaxTest = 15)]
    public void A_saved_head_comes_back_to_the_bit(ulong seed, PositiveInt hidden, PositiveInt channels, byte convolutions)
    {
        using var directory = new TemporaryFolder();
        DcsmConfig config = TestHeads.Config(5, 6, 4, (channels.Get % 6) + 1, (hidden.Get % 40) + 1) with
        {
            Convolutions = convolutions % 5,
        };
        var head = new DcsmHead(config, DcsmHeadWeights.Create(config, seed));
        head.Save(directory.Path);
        var back = DcsmHead.Load(directory.Path);
        foreach ((string? name, int[] _) in HeadTensors.Shapes(config))
        {
            Assert.Equal(
                HeadTensors.Values(head.Weights, name).ToArray().Select(BitConverter.SingleToInt32Bits),
                HeadTensors.Values(back.Weights, name).ToArray().Select(BitConverter.SingleToInt32Bits)
            );
        }
        Assert.Equal(ConfigJson.Write(head.Config), ConfigJson.Write(back.Config));
    }

    public sealed record Sentence(string Text);

    public sealed record MapValues(float[] Values);
}
