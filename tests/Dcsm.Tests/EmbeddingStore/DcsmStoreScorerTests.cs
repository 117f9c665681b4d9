using Dcsm.Clip.EmbeddingStore;
using Dcsm.Head;
using Dcsm.IO.Tensors;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Tests.EmbeddingStore;

public sealed class DcsmStoreScorerTests : IDisposable
{
    private static readonly string[] Captions = TinyClip.Captions;

    private readonly TinyClip _clip = new();
    private readonly TemporaryFolder _directory = new();

    public void Dispose()
    {
        _clip.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(MapStandardization.PerMap, 64, 4096)]
    [InlineData(MapStandardization.PerMap, 2, 3)]
    [InlineData(MapStandardization.PerMap, 3, 2)]
    [InlineData(MapStandardization.WholeBatch, 2, 3)]
    public void Scores_are_those_of_the_pictures_to_the_bit(MapStandardization standardization, int images, int captions)
    {
        string[] pictures = _clip.Pictures(5);
        DcsmHead head = _clip.Head(standardization: standardization);
        var options = new DcsmScorerOptions { ImageBatchSize = images, CaptionBatchSize = captions };
        float[,] expected = new DcsmScorer(_clip.Model, head, options).Grid(pictures, Captions);
        using TokenEmbeddingStore store = Store(pictures, Captions);
        var scorer = new DcsmStoreScorer(store, head, options);
        Assert.Equal(expected, Join(scorer.Score()));
        Assert.Equal(expected, Join(scorer.Score(_clip.Model.EncodeTexts(Captions, 30))));
        Assert.Equal((5 + images - 1) / images, scorer.Score().Count());
    }

    [Theory]
    [InlineData(MapStandardization.PerMap)]
    [InlineData(MapStandardization.WholeBatch)]
    public void Pairs_are_those_of_the_pictures_to_the_bit(MapStandardization standardization)
    {
        string[] pictures = _clip.Pictures(4);
        DcsmHead head = _clip.Head(standardization: standardization);
        var options = new DcsmScorerOptions { ImageBatchSize = 2, CaptionBatchSize = 3 };
        (int Image, int Caption)[] pairs = [(2, 1), (0, 1), (2, 6), (1, 0), (3, 5), (2, 2), (0, 0)];
        float[] expected = new DcsmScorer(_clip.Model, head, options).Pairs(
            [.. pairs.Select(pair => pictures[pair.Image])],
            [.. pairs.Select(pair => Captions[pair.Caption])]
        );
        using TokenEmbeddingStore store = Store(
            pictures,
            Captions,
            [.. pairs.Select((pair, row) => new StoredPair(row, pair.Image, pair.Caption))]
        );
        Assert.Equal(expected, new DcsmStoreScorer(store, head, options).ScorePairs());
    }

    [Fact]
    public void Some_captions_are_scored_in_the_order_asked_for()
    {
        using TokenEmbeddingStore store = Store(_clip.Pictures(3), Captions);
        var scorer = new DcsmStoreScorer(store, _clip.Head());
        (float[,]? all, float[,]? some) = (Join(scorer.Score()), Join(scorer.Score([4, 4, 0])));
        for (int image = 0; image < 3; image++)
        {
            Assert.Equal(all[image, 4], some[image, 0], 1e-5f);
            Assert.Equal(all[image, 4], some[image, 1], 1e-5f);
            Assert.Equal(all[image, 0], some[image, 2], 1e-5f);
        }
    }

    [Fact]
    public void Half_precision_changes_scores_little()
    {
        string[] pictures = _clip.Pictures(4);
        using TokenEmbeddingStore store = Store(pictures, Captions, type: TensorType.F16);
        (float[,]? expected, float[,]? found) = (
            new DcsmScorer(_clip.Model, _clip.Head()).Grid(pictures, Captions),
            Join(new DcsmStoreScorer(store, _clip.Head()).Score())
        );
        double difference = Goldens.MaxDifference([.. expected.Cast<float>()], [.. found.Cast<float>()]);
        Assert.InRange(difference, 1e-9, 0.01);
    }

    [Fact]
    public void A_head_that_does_not_fit_is_refused()
    {
        using TokenEmbeddingStore store = Store(_clip.Pictures(1), Captions);
        using var other = new TinyClip(change: 0.01f);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => new DcsmStoreScorer(store, other.Head()));
        Assert.Contains(_clip.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "image tokens of 8",
            Assert.Throws<InvalidDataException>(() => new DcsmStoreScorer(store, TestHeads.Small())).Message,
            StringComparison.Ordinal
        );

        // Images serve a head of any number of text tokens; stored captions do not.
        var shorter = new DcsmStoreScorer(store, _clip.Head(textTokens: 12));
        Assert.Contains(
            "30 tokens; the head reads 12",
            Assert.Throws<InvalidDataException>(() => shorter.Score()).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => shorter.Score(_clip.Model.EncodeTexts(Captions, 30)));
        Assert.Single(shorter.Score(_clip.Model.EncodeTexts(Captions, 12)));
        using TokenEmbeddingStore images = Store(_clip.Pictures(1), [], name: "images");
        Assert.Contains(
            "holds no captions",
            Assert.Throws<InvalidDataException>(() => new DcsmStoreScorer(images, _clip.Head()).Score()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_cut_caption_is_warned_of_once_and_work_can_be_stopped()
    {
        using TokenEmbeddingStore store = Store(_clip.Pictures(3), ["cat", string.Concat(Enumerable.Repeat("ab ", 30)) + "end"]);
        var warnings = new List<string>();
        using var stop = new CancellationTokenSource();
        var scorer = new DcsmStoreScorer(
            store,
            _clip.Head(),
            new DcsmScorerOptions
            {
                ImageBatchSize = 1,
                CaptionBatchSize = 1,
                Warn = warnings.Add,
            }
        );
        Assert.Equal(3, scorer.Score(stop.Token).Count());
        Assert.Contains("not read", Assert.Single(warnings), StringComparison.Ordinal);
        using IEnumerator<ImageScores> batches = scorer.Score(stop.Token).GetEnumerator();
        Assert.True(batches.MoveNext());
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => batches.MoveNext());
    }

    private TokenEmbeddingStore Store(
        string[] pictures,
        string[] captions,
        StoredPair[]? pairs = null,
        TensorType type = TensorType.F32,
        string name = "store"
    )
    {
        var input = new EmbeddingStoreInput
        {
            Images = [.. pictures.Select(path => new ImageToEncode(path, path))],
            Captions = captions,
            Pairs = pairs ?? [],
        };
        TokenEmbeddingStore.Write(_directory[name], _clip.Model, input, new EmbeddingStoreOptions { Type = type });
        return TokenEmbeddingStore.Open(_directory[name]);
    }

    private static float[,] Join(IEnumerable<ImageScores> batches)
    {
        ImageScores[] all = batches.ToArray();
        float[,] scores = new float[all.Sum(batch => batch.Images), all[0].Scores.Columns];
        foreach (ImageScores batch in all)
        {
            for (int i = 0; i < batch.Scores.Count; i++)
            {
                (int image, int caption) = Math.DivRem(i, batch.Scores.Columns);
                scores[batch.FirstImage + image, caption] = batch.Scores[image, caption];
            }
        }
        return scores;
    }
}
