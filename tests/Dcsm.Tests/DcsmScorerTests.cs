using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Progress;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Tests;

public sealed class DcsmScorerTests : IDisposable
{
    private static readonly string[] Captions =
    [
        "a cat above a dog",
        "a dog left of a cat",
        "no cat",
        "a big cat",
        "a cat but no dog",
        "cat",
        "dog without cat",
    ];

    private readonly TinyClip _clip = new();

    public void Dispose() => _clip.Dispose();

    [Fact]
    public void Scores_pictures_with_captions()
    {
        string[] pictures = _clip.Pictures(5);
        DcsmHead head = _clip.Head();
        var scorer = new DcsmScorer(_clip.Model, head);
        float[,] scores = scorer.Score(pictures, Captions);
        Assert.Equal(5, scores.GetLength(0));
        Assert.Equal(7, scores.GetLength(1));
        Assert.Equal(35, scores.Cast<float>().Distinct().Count());
        ImageEncoding images = _clip.Model.EncodeImages(pictures);
        TextEncoding texts = _clip.Model.EncodeTexts(Captions, 30);
        Assert.Equal(scorer.Score(images, texts), scores);
        Assert.Equal(head.Score(images, texts), scores);
    }

    [Theory]
    [InlineData(MapStandardization.PerMap, 0)]
    [InlineData(MapStandardization.WholeBatch, 1e-5)]
    public void Batches_change_no_score(MapStandardization standardization, double tolerance)
    {
        string[] pictures = _clip.Pictures(5);
        DcsmHead head = _clip.Head(standardization: standardization);
        float[,] whole = new DcsmScorer(_clip.Model, head).Score(pictures, Captions);
        var told = new List<long>();
        float[,] inBatches = new DcsmScorer(
            _clip.Model,
            head,
            new DcsmScorerOptions
            {
                ImageBatchSize = 2,
                CaptionBatchSize = 3,
                Threads = 1,
            }
        ).Score(pictures, Captions, new Told(told));
        for (int i = 0; i < 5; i++)
        {
            for (int c = 0; c < Captions.Length; c++)
                Assert.Equal(whole[i, c], inBatches[i, c], Math.Max(tolerance, 1e-6));
        }
        Assert.Equal(35, told[^1]);
        Assert.Equal(9, told.Count);
    }

    [Fact]
    public void Pairs_are_scored_in_their_order()
    {
        string[] pictures = _clip.Pictures(3);
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 1, CaptionBatchSize = 2 });
        float[,] grid = scorer.Score(pictures, Captions);
        float[] scores = scorer.ScorePairs(
            [pictures[2], pictures[0], pictures[2], pictures[1]],
            [Captions[1], Captions[1], Captions[6], Captions[0]]
        );
        float[] expected = [grid[2, 1], grid[0, 1], grid[2, 6], grid[1, 0]];
        Assert.InRange(Goldens.MaxDifference(expected, scores), 0, 1e-5);
        Assert.Throws<ArgumentException>(() => scorer.ScorePairs(pictures, Captions));
    }

    [Fact]
    public void A_head_of_another_clip_is_refused_with_both_named()
    {
        using var other = new TinyClip(change: 0.01f);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => new DcsmScorer(other.Model, _clip.Head()));
        Assert.Contains(_clip.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Model.Fingerprint, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.Model.Directory, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_input_is_told()
    {
        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        string[] pictures = _clip.Pictures(1);
        Assert.Contains(
            "Caption 1 is empty",
            Assert.Throws<ArgumentException>(() => scorer.Score(pictures, ["a", " "])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Caption 0 is empty",
            Assert.Throws<ArgumentException>(() => scorer.Explain(pictures[0], "")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "none.png",
            Assert.Throws<FileNotFoundException>(() => scorer.Score(["none.png"], ["a"])).Message,
            StringComparison.Ordinal
        );
        string text = _clip.WriteFile("text.png", "not a picture");
        Assert.Contains(text, Assert.Throws<InvalidDataException>(() => scorer.Score([text], ["a"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 0 })
        );
    }

    [Fact]
    public void A_caption_that_is_cut_is_warned_of_once()
    {
        var warnings = new List<string>();
        var scorer = new DcsmScorer(
            _clip.Model,
            _clip.Head(textTokens: 12),
            new DcsmScorerOptions { Warn = warnings.Add, ImageBatchSize = 1 }
        );
        // One token a letter: ten letters and the two ends fill twelve tokens.
        float[,] scores = scorer.Score(_clip.Pictures(2), ["abcd efghi jk", "abcd efghi j"]);
        string warning = Assert.Single(warnings);
        Assert.Contains("not read: 'k'", warning, StringComparison.Ordinal);
        Assert.Contains("12 tokens", warning, StringComparison.Ordinal);
        Assert.True(float.IsFinite(scores[1, 0]));
    }

    [Fact]
    public void A_picture_and_a_caption_are_explained()
    {
        string[] pictures = _clip.Pictures(1);
        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        DenseMapExplanation explanation = scorer.Explain(pictures[0], "a cat left of a dog");
        Assert.Equal(4, explanation.GridSide);
        Assert.Equal(["a", "cat", "left", "of", "a", "dog"], explanation.Words.Select(word => word.Text));
        Assert.Equal("left", explanation.Words[2].FunctionalWord);
        Assert.Equal("left", explanation.Words[3].FunctionalWord);
        Assert.Equal(scorer.Score(pictures, ["a cat left of a dog"])[0, 0], explanation.Score!.Value, 1e-5);
    }

    [Theory]
    [InlineData(MapStandardization.PerMap)]
    [InlineData(MapStandardization.WholeBatch)]
    public void A_bad_picture_amid_the_batches_is_named(MapStandardization standardization)
    {
        string[] pictures = _clip.Pictures(9);
        pictures[6] = _clip.WriteFile("bad.png", "not a picture");
        pictures[7] = "none.png";
        var told = new List<long>();
        var scorer = new DcsmScorer(
            _clip.Model,
            _clip.Head(standardization: standardization),
            new DcsmScorerOptions { ImageBatchSize = 2 }
        );
        Assert.Contains(
            "bad.png",
            Assert.Throws<InvalidDataException>(() => scorer.Score(pictures, Captions, new Told(told))).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "bad.png",
            Assert
                .Throws<InvalidDataException>(() => scorer.ScorePairs(pictures, [.. pictures.Select(_ => "cat")], new Told(told)))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Equal(standardization == MapStandardization.PerMap ? [14, 28, 42, 2, 4, 6] : [], told);
    }

    [Fact]
    public void Scoring_stops_when_told_or_when_its_watcher_fails()
    {
        string[] pictures = _clip.Pictures(9);
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 1 });
        using var stop = new CancellationTokenSource();
        int calls = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            scorer.Score(
                pictures,
                Captions,
                new Watcher(_ =>
                {
                    calls++;
                    stop.Cancel();
                }),
                stop.Token
            )
        );
        Assert.Equal(1, calls);
        Assert.Throws<NotSupportedException>(() => scorer.Score(pictures, Captions, new Watcher(_ => throw new NotSupportedException())));
        Assert.Throws<NotSupportedException>(() =>
            scorer.ScorePairs(pictures, [.. pictures.Select(_ => "cat")], new Watcher(_ => throw new NotSupportedException()))
        );
        Assert.Equal(9, scorer.Score(pictures, Captions).GetLength(0));
    }

    private sealed class Watcher(Action<WorkProgress> watch) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => watch(value);
    }

    private sealed class Told(List<long> values) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => values.Add(value.Done);
    }
}
