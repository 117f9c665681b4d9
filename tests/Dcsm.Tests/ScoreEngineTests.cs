using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Vectors;
using Dcsm.Scoring.Engines;

namespace Dcsm.Tests;

/// <summary>The fast path against the plain one.</summary>
[Trait("Kind", "Kernels")]
public class ScoreEngineTests
{
    // Image tokens, text tokens, dimension, channels, hidden units, convolutions.
    private static readonly int[][] Heads =
    [
        [10, 12, 8, 4, 16, 2],
        [1, 1, 1, 1, 1, 2],
        [2, 3, 5, 2, 7, 2],
        [17, 40, 300, 5, 13, 2],
        [5, 33, 260, 9, 31, 2],
        [65, 16, 128, 4, 128, 2],
        [10, 12, 8, 4, 16, 0],
        [10, 12, 8, 4, 16, 1],
        [10, 12, 8, 4, 16, 3],
        [10, 12, 8, 5, 16, 4],
        [1, 2, 8, 3, 4, 4],
        [2, 3, 5, 2, 7, 3],
        [17, 40, 30, 5, 13, 0],
    ];

    /// <summary>Every width of vectors that the processor has, with every head.</summary>
    public static TheoryData<int, int, int, int, int, int, int> Sizes
    {
        get
        {
            var data = new TheoryData<int, int, int, int, int, int, int>();
            foreach (VectorWidth width in VectorWidth.Available)
            {
                foreach (int[] head in Heads)
                    data.Add(width.Bits, head[0], head[1], head[2], head[3], head[4], head[5]);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_width_and_size_equals_the_reference(
        int bits,
        int imageTokens,
        int textTokens,
        int dimension,
        int channels,
        int hidden,
        int convolutions
    )
    {
        DcsmConfig config = TestHeads.Config(imageTokens, textTokens, dimension, channels, hidden) with { Convolutions = convolutions };
        var weights = DcsmHeadWeights.Create(config, 3);
        ImageEncoding images = TestHeads.Images(config, 1, 3);
        // More captions than lanes of any width, and not a multiple.
        TextEncoding captions = TestHeads.Captions(
            config,
            2,
            [.. Enumerable.Range(0, 37).Select(i => $"{i} {TestHeads.SomeCaptions[i % 10]}")]
        );
        ColumnLayout[] layouts = captions.Texts.Select(text => config.Words.Layout(text, RowPlacement.OfficialNotebook)).ToArray();
        float[] scores = new float[3 * 37];
        ScoreEngine
            .Create(config, weights, Width(bits))
            .Grid(images.Tokens, captions.Tokens, layouts, new ScoreOutput(scores, null, null), new ParallelOptions());

        float[] expected = new float[scores.Length];
        float[] map = new float[imageTokens * textTokens];
        for (int pair = 0; pair < expected.Length; pair++)
        {
            DenseMap.Compute(images.Tokens[pair / 37], captions.Tokens[pair % 37], dimension, map);
            DenseMap.PlaceRows(map, layouts[pair % 37], weights.FunctionalRows.ToArray());
            DenseMap.Standardize(map);
            expected[pair] = (float)ReferenceHead.Score(config, weights, map);
        }
        Assert.InRange(Goldens.MaxDifference(expected, scores), 0, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_few_pairs_score_as_in_the_grid_to_the_bit(
        int bits,
        int imageTokens,
        int textTokens,
        int dimension,
        int channels,
        int hidden,
        int convolutions
    )
    {
        DcsmConfig config = TestHeads.Config(imageTokens, textTokens, dimension, channels, hidden) with { Convolutions = convolutions };
        var engine = ScoreEngine.Create(config, DcsmHeadWeights.Create(config, 3), Width(bits));
        ImageEncoding images = TestHeads.Images(config, 1, 2);
        // As many as there are lanes, so that the grid fills them.
        TextEncoding captions = TestHeads.Captions(
            config,
            2,
            [.. Enumerable.Range(0, engine.Lanes).Select(i => TestHeads.SomeCaptions[i % 10])]
        );
        ColumnLayout[] layouts = captions.Texts.Select(text => config.Words.Layout(text, RowPlacement.OfficialNotebook)).ToArray();
        var grid = new ScoreOutput(new float[2 * engine.Lanes], new MapStatistics[2 * engine.Lanes], null);
        engine.Grid(images.Tokens, captions.Tokens, layouts, grid, new ParallelOptions());
        for (int count = 1; count <= 5; count++)
        {
            (int Image, int Caption)[] pairs = [.. Enumerable.Range(0, count).Select(i => (i % 2, (5 * i) % engine.Lanes))];
            var few = new ScoreOutput(new float[count], new MapStatistics[count], null);
            engine.Pairs(images.Tokens, captions.Tokens, layouts, pairs, few, new ParallelOptions());
            Assert.Equal(pairs.Select(pair => grid.Scores![(pair.Image * engine.Lanes) + pair.Caption]), few.Scores!);
            Assert.Equal(pairs.Select(pair => grid.Statistics![(pair.Image * engine.Lanes) + pair.Caption]), few.Statistics!);
        }
    }

    [Fact]
    public void Full_size_equals_the_reference()
    {
        DcsmHead head = Goldens.FormulaHead();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 2);
        TextEncoding captions = TestHeads.Captions(
            head.Config,
            2,
            [.. Enumerable.Range(0, 34).Select(i => TestHeads.SomeCaptions[i % 10])]
        );
        float[,] scores = head.Score(images, captions);
        float[] map = new float[197 * 30];
        foreach ((int image, int caption) in new[] { (0, 0), (0, 31), (1, 5), (1, 33) })
        {
            DenseMap.Compute(images.Tokens[image], captions.Tokens[caption], 512, map);
            DenseMap.PlaceRows(
                map,
                head.Config.Words.Layout(captions.Texts[caption], RowPlacement.TokenAligned),
                head.Weights.FunctionalRows.ToArray()
            );
            DenseMap.Standardize(map);
            Assert.Equal(ReferenceHead.Score(head.Config, head.Weights, map), scores[image, caption], 1e-4);
        }
    }

    [Fact]
    public void Vector_widths_agree_to_the_bit()
    {
        DcsmConfig config = TestHeads.Config(10, 12, 8, 4, 16);
        var weights = DcsmHeadWeights.Create(config, 3);
        ImageEncoding images = TestHeads.Images(config, 1, 2);
        TextEncoding captions = TestHeads.Captions(config, 2, TestHeads.SomeCaptions);
        ColumnLayout[] layouts = captions.Texts.Select(text => config.Words.Layout(text, RowPlacement.TokenAligned)).ToArray();
        float[][] all = VectorWidth
            .Available.Select(width =>
            {
                float[] scores = new float[2 * captions.Tokens.Count];
                ScoreEngine
                    .Create(config, weights, width)
                    .Grid(images.Tokens, captions.Tokens, layouts, new ScoreOutput(scores, null, null), new ParallelOptions());
                return scores;
            })
            .ToArray();
        Assert.All(all, scores => Assert.Equal(all[^1], scores));
    }

    [Fact]
    public void Whole_batch_standardization_is_over_all_maps_of_the_call()
    {
        DcsmHead head = TestHeads.Small(standardization: MapStandardization.WholeBatch);
        DcsmConfig config = head.Config;
        ImageEncoding images = TestHeads.Images(config, 1, 3);
        TextEncoding captions = TestHeads.Captions(config, 2, TestHeads.SomeCaptions);
        int size = config.ImageTokens * config.TextTokens;
        float[] maps = new float[3 * captions.Tokens.Count * size];
        for (int pair = 0; pair < 3 * captions.Tokens.Count; pair++)
        {
            (int image, int caption) = (pair / captions.Tokens.Count, pair % captions.Tokens.Count);
            Span<float> map = maps.AsSpan(pair * size, size);
            DenseMap.Compute(images.Tokens[image], captions.Tokens[caption], config.Dimension, map);
            DenseMap.PlaceRows(
                map,
                config.Words.Layout(captions.Texts[caption], RowPlacement.TokenAligned),
                head.Weights.FunctionalRows.ToArray()
            );
        }
        DenseMap.Standardize(maps);
        float[] expected = new float[3 * captions.Tokens.Count];
        head.Score(maps, expected);
        Assert.InRange(Goldens.MaxDifference(expected, head.Score(images, captions).Cast<float>().ToArray()), 0, 1e-5);
    }

    [Fact]
    public void Pairs_are_scored_as_in_the_grid()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 3);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, TestHeads.SomeCaptions);
        float[,] grid = head.Score(images, captions);
        (int Image, int Caption)[] pairs = [(2, 0), (0, 9), (1, 1), (2, 0), (0, 0)];
        Assert.Equal(pairs.Select(pair => grid[pair.Image, pair.Caption]), head.ScorePairs(images, captions, pairs));
        Assert.Empty(head.ScorePairs(images, captions, []));
        ArgumentException error = Assert.Throws<ArgumentException>(() => head.ScorePairs(images, captions, [(0, 0), (3, 0)]));
        Assert.Contains("Pair 1 is of image 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_gives_nothing()
    {
        DcsmHead head = TestHeads.Small();
        TextEncoding captions = TestHeads.Captions(head.Config, 2, TestHeads.SomeCaptions);
        Assert.Empty(head.Score(TestHeads.Images(head.Config, 1, 0), captions));
        Assert.Empty(head.Score(TestHeads.Images(head.Config, 1, 2), TestHeads.Captions(head.Config, 2)));
        head.Score([], []);
    }

    [Fact]
    public void Embeddings_that_are_not_finite_are_told_with_their_pair()
    {
        DcsmHead head = TestHeads.Small();
        ImageEncoding images = TestHeads.Images(head.Config, 1, 2).With(head.Config.ImageTokens * head.Config.Dimension, float.NaN);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            head.Score(images, TestHeads.Captions(head.Config, 2, "no cat"))
        );
        Assert.Contains("image 1 and caption 0 ('no cat') is NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encodings_of_other_shapes_are_refused()
    {
        DcsmHead head = TestHeads.Small();
        DcsmConfig other = TestHeads.Config(11, 12, 8, 4, 16);
        TextEncoding captions = TestHeads.Captions(head.Config, 2, "no cat");
        ArgumentException error = Assert.Throws<ArgumentException>(() => head.Score(TestHeads.Images(other, 1, 1), captions));
        Assert.Contains("10 image tokens of 8; these are 11 of 8", error.Message, StringComparison.Ordinal);
        DcsmConfig wide = TestHeads.Config(10, 14, 8, 4, 16);
        error = Assert.Throws<ArgumentException>(() =>
            head.Score(TestHeads.Images(head.Config, 1, 1), TestHeads.Captions(wide, 2, "no cat"))
        );
        Assert.Contains("12 text tokens of 8; these are 14 of 8", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => head.Score(new float[119], new float[1]));
    }

    [Fact]
    public void Work_can_be_stopped()
    {
        DcsmHead head = TestHeads.Small();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            head.Score(
                TestHeads.Images(head.Config, 1, 2),
                TestHeads.Captions(head.Config, 2, "no cat"),
                cancellationToken: new CancellationToken(true)
            )
        );
    }

    private static VectorWidth Width(int bits) => VectorWidth.Available.Single(width => width.Bits == bits);
}
