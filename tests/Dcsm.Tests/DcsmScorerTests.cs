using System.Collections;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Head;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Tests;

public sealed class DcsmScorerTests : IDisposable
{
    private static readonly string[] Captions = TinyClip.Captions;

    private readonly TinyClip _clip = new();

    public void Dispose() => _clip.Dispose();

    [Fact]
    public void Scores_pictures_with_captions()
    {
        string[] pictures = _clip.Pictures(5);
        DcsmHead head = _clip.Head();
        var scorer = new DcsmScorer(_clip.Model, head);
        float[,] scores = scorer.Grid(pictures, Captions);
        Assert.Equal(5, scores.GetLength(0));
        Assert.Equal(7, scores.GetLength(1));
        Assert.Equal(35, scores.Cast<float>().Distinct().Count());
        ImageEncoding images = _clip.Model.EncodeImages(pictures);
        TextEncoding texts = _clip.Model.EncodeTexts(Captions, 30);
        Assert.Equal(head.Score(images, texts), scores);
    }

    [Theory]
    [InlineData(MapStandardization.PerMap, 0)]
    [InlineData(MapStandardization.WholeBatch, 1e-5)]
    public void Batches_change_no_score(MapStandardization standardization, double tolerance)
    {
        string[] pictures = _clip.Pictures(5);
        DcsmHead head = _clip.Head(standardization: standardization);
        float[,] whole = new DcsmScorer(_clip.Model, head).Grid(pictures, Captions);
        var told = new List<ImageResult>();
        float[,] inBatches = new DcsmScorer(
            _clip.Model,
            head,
            new DcsmScorerOptions
            {
                ImageBatchSize = 2,
                CaptionBatchSize = 3,
                Threads = 1,
            }
        ).Grid(pictures, Captions, told.Add);
        for (int i = 0; i < 5; i++)
        {
            for (int c = 0; c < Captions.Length; c++)
                Assert.Equal(whole[i, c], inBatches[i, c], Math.Max(tolerance, 1e-6));
        }
        Assert.Equal([0, 1, 2, 3, 4], told.Select(result => result.Number));
    }

    [Fact]
    public void Pairs_are_scored_in_their_order()
    {
        string[] pictures = _clip.Pictures(3);
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 1, CaptionBatchSize = 2 });
        float[,] grid = scorer.Grid(pictures, Captions);
        float[] scores = scorer.Pairs(
            [pictures[2], pictures[0], pictures[2], pictures[1]],
            [Captions[1], Captions[1], Captions[6], Captions[0]]
        );
        float[] expected = [grid[2, 1], grid[0, 1], grid[2, 6], grid[1, 0]];
        Assert.InRange(Goldens.MaxDifference(expected, scores), 0, 1e-5);
        Assert.Throws<ArgumentException>(() => scorer.Pairs(pictures, Captions));
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
            Assert.Throws<ArgumentException>(() => scorer.Grid(pictures, ["a", " "])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Caption 0 is empty",
            Assert.Throws<ArgumentException>(() => scorer.Explain(pictures[0], "")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "none.png",
            Assert.Throws<FileNotFoundException>(() => scorer.Score("none.png", ["a"])).Message,
            StringComparison.Ordinal
        );
        string text = _clip.WriteFile("text.png", "not a picture");
        Assert.Contains(text, Assert.Throws<InvalidDataException>(() => scorer.Score(text, ["a"])).Message, StringComparison.Ordinal);
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
        float[,] scores = scorer.Grid(_clip.Pictures(2), ["abcd efghi jk", "abcd efghi j"]);
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
        Assert.Equal(scorer.Score(pictures[0], ["a cat left of a dog"])[0].Logit, explanation.Score!.Value, 1e-5);
    }

    [Theory]
    [InlineData(MapStandardization.PerMap)]
    [InlineData(MapStandardization.WholeBatch)]
    public void A_bad_picture_amid_the_batches_is_named(MapStandardization standardization)
    {
        string[] pictures = _clip.Pictures(9);
        pictures[6] = _clip.WriteFile("bad.png", "not a picture");
        pictures[7] = "none.png";
        var told = new List<ImageResult>();
        var scorer = new DcsmScorer(
            _clip.Model,
            _clip.Head(standardization: standardization),
            new DcsmScorerOptions { ImageBatchSize = 2 }
        );
        Assert.Contains(
            "bad.png",
            Assert.Throws<InvalidDataException>(() => scorer.Grid(pictures, Captions, told.Add)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "bad.png",
            Assert.Throws<InvalidDataException>(() => scorer.Pairs(pictures, [.. pictures.Select(_ => "cat")], told.Add)).Message,
            StringComparison.Ordinal
        );
        // Whatever came before it has been given, and where one picture counts for all others, nothing.
        Assert.Equal(standardization == MapStandardization.PerMap ? 12 : 0, told.Count);
    }

    [Fact]
    public async Task Maps_that_are_standardized_together_do_without_those_of_bad_pictures_where_they_may()
    {
        string[] pictures = _clip.Pictures(7);
        string bad = _clip.WriteFile("bad.png", "not a picture");
        var scorer = new DcsmScorer(
            _clip.Model,
            _clip.Head(standardization: MapStandardization.WholeBatch),
            new DcsmScorerOptions { ImageBatchSize = 2, SkipBroken = true }
        );
        // One amid a batch, and a whole batch of them.
        string[] mixed = [.. pictures[..3], bad, .. pictures[3..5], "none.png", bad, .. pictures[5..]];
        CaptionSet captions = scorer.Encode(Captions);
        ImageResult[] whole = await scorer.ScoreAsync(ImageSource.FromFiles(pictures), captions).ToArrayAsync(),
            results = await scorer.ScoreAsync(ImageSource.FromFiles(mixed), captions).ToArrayAsync();
        Assert.Equal([3, 6, 7], results.Where(result => result.Error is not null).Select(result => result.Number));
        foreach ((ImageResult expected, ImageResult found) in whole.Zip(results.Where(result => result.Error is null)))
        {
            Assert.Equal(expected.Image, found.Image);
            foreach ((CaptionScore one, CaptionScore other) in expected.Scores.Zip(found.Scores))
                Assert.Equal(one.Logit, other.Logit, 1e-5);
        }

        string[] Words(string[] files) => [.. files.Select((file, i) => file == bad || file == "none.png" ? "cat" : $"a cat above {file}")];
        ImageResult[] pairs = await scorer.ScorePairsAsync(ImageSource.FromFiles(pictures), Words(pictures)).ToArrayAsync(),
            left = await scorer.ScorePairsAsync(ImageSource.FromFiles(mixed), Words(mixed)).ToArrayAsync();
        Assert.Equal([3, 6, 7], left.Where(pair => pair.Error is not null).Select(pair => pair.Number).Order());
        Dictionary<ImageSource, float> logits = pairs.ToDictionary(pair => pair.Image, pair => pair.Scores[0].Logit);
        Assert.All(left.Where(pair => pair.Error is null), pair => Assert.Equal(logits[pair.Image], pair.Scores[0].Logit, 1e-5));

        ImageResult only = Assert.Single(await scorer.ScoreAsync(ImageSource.FromFiles([bad]), captions).ToArrayAsync());
        Assert.NotNull(only.Error);
        Assert.NotNull(Assert.Single(await scorer.ScorePairsAsync([bad], ["cat"]).ToArrayAsync()).Error);
    }

    [Fact]
    public async Task A_bad_picture_among_many_is_one_error()
    {
        ImageSource[] pictures = [.. ImageSource.FromFiles(_clip.Pictures(7))];
        pictures[2] = ImageSource.FromFile(_clip.WriteFile("bad.png", "not a picture"), "upload 2");
        pictures[5] = ImageSource.FromFile("none.png", "upload 5");
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 2 });
        CaptionSet captions = scorer.Encode(Captions);
        ImageResult[] results = await scorer.ScoreAsync(pictures, captions).ToArrayAsync();
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], results.Select(result => result.Number));
        Assert.Equal(pictures, results.Select(result => result.Image));
        Assert.StartsWith("upload 2: ", Assert.IsType<InvalidDataException>(results[2].Error).Message, StringComparison.Ordinal);
        Assert.StartsWith("upload 5: ", Assert.IsType<FileNotFoundException>(results[5].Error).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_clip.Model.Directory, results[2].Error!.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0], new[] { results[2].Scores.Count, results[5].Scores.Count });
        foreach (int good in new[] { 0, 1, 3, 4, 6 })
            Assert.Equal(scorer.Score(pictures[good], captions), results[good].Scores);

        ImageResult[] pairs = await scorer.ScorePairsAsync(pictures, Captions).ToArrayAsync();
        Assert.Equal([2, 5], pairs.Where(pair => pair.Error is not null).Select(pair => pair.Number).Order());
        Assert.All(pairs.Where(pair => pair.Error is null), pair => Assert.Equal(Captions[pair.Number], pair.Scores[0].Caption));
    }

    [Fact]
    public async Task A_picture_scores_the_same_wherever_it_comes_from()
    {
        string path = _clip.Pictures(1)[0];
        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        CaptionSet captions = scorer.Encode(Captions);
        IReadOnlyList<CaptionScore> expected = scorer.Score(path, captions);
        byte[] bytes = File.ReadAllBytes(path);
        Assert.Equal(expected, scorer.Score(ImageSource.FromBytes(bytes, "a"), captions));
        Assert.Equal(expected, scorer.Score(ImageSource.FromStream(new MemoryStream(bytes), "a"), captions));
        Assert.Equal(expected, scorer.Score(await ImageSource.FromStreamAsync(new MemoryStream(bytes), "a"), captions));
        Assert.Equal(expected, scorer.Score(ImageSource.FromImage(RgbImage.Load(path), "a"), captions));
        Assert.Equal(expected, await scorer.ScoreAsync(path, captions));
        Assert.Equal(expected, await scorer.ScoreAsync(path, Captions));
        Assert.Equal(Captions, expected.Select(score => score.Caption));
        Assert.All(expected, score => Assert.Equal(scorer.Head.Probability(score.Logit, score.Caption), score.Probability));
        Assert.Throws<ArgumentException>(() => scorer.Score(path, new DcsmScorer(_clip.Model, _clip.Head()).Encode(Captions)));
    }

    [Fact]
    public async Task Scoring_stops_when_told_or_when_its_watcher_fails()
    {
        string[] pictures = _clip.Pictures(9);
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ImageBatchSize = 1 });
        using var stop = new CancellationTokenSource();
        int calls = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            scorer.Grid(
                pictures,
                Captions,
                _ =>
                {
                    calls++;
                    stop.Cancel();
                },
                stop.Token
            )
        );
        Assert.Equal(1, calls);
        Assert.Throws<NotSupportedException>(() => scorer.Grid(pictures, Captions, _ => throw new NotSupportedException()));
        Assert.Throws<NotSupportedException>(() =>
            scorer.Pairs(pictures, [.. pictures.Select(_ => "cat")], _ => throw new NotSupportedException())
        );
        Assert.ThrowsAny<OperationCanceledException>(() => scorer.Encode(Captions, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => scorer.Score(pictures[0], Captions, stop.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scorer.ScoreAsync(pictures[0], Captions, stop.Token));
        Assert.Equal(9, scorer.Grid(pictures, Captions).GetLength(0));
    }

    [Fact]
    public async Task Callers_wait_for_their_turn_and_no_more_than_may()
    {
        ImageSource picture = _clip.Pictures(1)[0];
        var scorer = new DcsmScorer(_clip.Model, _clip.Head(), new DcsmScorerOptions { ConcurrentRuns = 1, QueueLength = 2 });
        CaptionSet captions = scorer.Encode(Captions);
        using var gate = new ManualResetEventSlim();
        // The first is at work until the gate opens, two wait, and the fourth is sent away.
        Task<IReadOnlyList<CaptionScore>> first = scorer.ScoreAsync(picture, new GatedCaptions(gate, ["a cat"]));
        Task<IReadOnlyList<CaptionScore>>[] waiting = [scorer.ScoreAsync(picture, captions), scorer.ScoreAsync(picture, captions)];
        QueueFullException error = await Assert.ThrowsAsync<QueueFullException>(() => scorer.ScoreAsync(picture, captions));
        Assert.Contains("2 calls wait", error.Message, StringComparison.Ordinal);
        Task closing = scorer.DisposeAsync().AsTask();
        Assert.All(waiting, task => Assert.False(task.IsCompleted));
        Assert.False(closing.IsCompleted);
        gate.Set();
        Assert.Single(await first);
        Assert.All(await Task.WhenAll(waiting), scores => Assert.Equal(Captions.Length, scores.Count));
        await closing;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => scorer.ScoreAsync(picture, captions));
        Assert.Throws<ObjectDisposedException>(() => scorer.Score(picture, captions));
    }

    [Fact]
    public async Task A_scorer_that_is_loaded_owns_its_CLIP()
    {
        string picture = _clip.Pictures(1)[0];
        using var folder = new TemporaryFolder();
        _clip.Head().Save(folder["head"]);
        DcsmScorer scorer = await DcsmScorer.LoadAsync(_clip.Model.Directory, folder["head"]);
        Assert.Equal(
            new DcsmScorer(_clip.Model, _clip.Head()).Score(picture, Captions).Select(score => score.Logit),
            scorer.Score(picture, Captions).Select(score => score.Logit)
        );
        await scorer.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => scorer.Clip.EncodeTexts(["a"], 8));
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => DcsmScorer.LoadAsync(folder["none"], folder["head"]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DcsmScorer.LoadAsync(_clip.Model.Directory, folder["head"], null, new CancellationToken(true))
        );
    }

    [Fact]
    public async Task Who_cancels_does_not_wait_for_work_that_goes_on_and_keeps_its_turn()
    {
        ImageSource picture = _clip.Pictures(1)[0];
        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyList<CaptionScore>> first = scorer.ScoreAsync(picture, new GatedCaptions(gate, ["a cat"]), stop.Token);
        Task<IReadOnlyList<CaptionScore>> second = scorer.ScoreAsync(picture, Captions);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Task closing = scorer.DisposeAsync().AsTask();
        Assert.False(second.IsCompleted || closing.IsCompleted);
        gate.Set();
        Assert.Equal(Captions.Length, (await second).Count);
        await closing;
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_the_callers_parameter()
    {
        ImageSource picture = _clip.Pictures(1)[0];
        var scorer = new DcsmScorer(_clip.Model, _clip.Head());
        CaptionSet captions = scorer.Encode(Captions);
        await ExpectAsync("image", () => scorer.ScoreAsync((ImageSource)null!, captions));
        await ExpectAsync("captions", () => scorer.ScoreAsync(picture, ["a", ""]));
        await ExpectAsync("captions", () => scorer.ScoreAsync(picture, ["a", null!]));
        await ExpectAsync("images", () => FirstAsync(scorer.ScoreAsync([picture, null!], captions)));
        await ExpectAsync("images", () => FirstAsync(scorer.ScorePairsAsync([null!], ["a"])));
        await ExpectAsync("images", () => Task.Run(() => scorer.Clip.EncodeImages([picture, null!])));
        await ExpectAsync("texts", () => Task.Run(() => scorer.Clip.EncodeTexts(["a", null!], 8)));

        static async Task ExpectAsync(string parameter, Func<Task> call) =>
            Assert.Equal(parameter, (await Assert.ThrowsAnyAsync<ArgumentException>(call)).ParamName);

        static async Task FirstAsync(IAsyncEnumerable<ImageResult> results)
        {
            await foreach (ImageResult _ in results)
                return;
        }
    }

    /// <summary>Captions that can be looked at one by one, but are not handed out together before the gate opens.</summary>
    private sealed class GatedCaptions(ManualResetEventSlim gate, string[] captions) : IReadOnlyList<string>
    {
        public int Count => captions.Length;

        public string this[int index] => captions[index];

        public IEnumerator<string> GetEnumerator()
        {
            gate.Wait();
            return ((IEnumerable<string>)captions).GetEnumerator();
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
