using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Maps;
using Dcsm.Numerics.Maps;

namespace Dcsm.Scoring;

/// <summary>
/// Scores pictures with captions: a CLIP and a head that was trained on it. Thread-safe. Disposing waits for calls in flight; whoever asks
/// for more gets an <see cref="ObjectDisposedException"/>.
/// </summary>
/// <example>
/// <code>
/// await using DcsmScorer scorer = await DcsmScorer.LoadAsync("data/clip-small", "data/head-small");
/// foreach (CaptionScore score in scorer.Score("photo.jpg", ["a red mug and a blue bowl", "a blue mug and a red bowl"]))
///     Console.WriteLine($"{score.Probability:P0} {score.Caption}");
/// </code>
/// </example>
public sealed class DcsmScorer : IDisposable, IAsyncDisposable
{
    private readonly DcsmScorerOptions _options;
    private readonly UseCount _uses;
    private readonly SemaphoreSlim? _turns;
    private readonly bool _ownsClip;
    private int _waiting;

    /// <summary>Joins a CLIP and a head that are open.</summary>
    /// <param name="clip">The CLIP; stays the caller's to dispose of.</param>
    /// <param name="head">The head.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <exception cref="InvalidDataException">
    /// The head was trained on another CLIP: the fingerprint or the shapes differ. The message says both.
    /// </exception>
    public DcsmScorer(ClipModel clip, DcsmHead head, DcsmScorerOptions? options = null)
        : this(clip, head, options, ownsClip: false) { }

    private DcsmScorer(ClipModel clip, DcsmHead head, DcsmScorerOptions? options, bool ownsClip)
    {
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentNullException.ThrowIfNull(head);
        _options = DcsmScorerOptions.Checked(options);
        (Clip, Head, _ownsClip, _uses) = (
            clip,
            head.On(clip.Device, half: clip.Precision == ClipPrecision.Float16),
            ownsClip,
            new UseCount(this)
        );
        _turns = _options.ConcurrentRuns == 0 ? null : new SemaphoreSlim(_options.ConcurrentRuns);
        if (ClipOfHead.Check(clip, head) is { } wrong)
            throw new InvalidDataException(wrong);
    }

    /// <summary>Opens a CLIP and a head, which the scorer owns.</summary>
    /// <param name="clipDirectory">The CLIP's directory or checkpoint; see <see cref="ClipModel.Load"/>.</param>
    /// <param name="headDirectory">The head's directory.</param>
    /// <param name="options">How to work; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between the two and before the head is checked against the CLIP.</param>
    /// <exception cref="DirectoryNotFoundException">One of them is not there.</exception>
    /// <exception cref="InvalidDataException">One of them is damaged, or the head was trained on another CLIP.</exception>
    public static Task<DcsmScorer> LoadAsync(
        string clipDirectory,
        string headDirectory,
        DcsmScorerOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(clipDirectory);
        ArgumentException.ThrowIfNullOrWhiteSpace(headDirectory);
        options = DcsmScorerOptions.Checked(options);
        return Task.Run(
            () =>
            {
                var clip = ClipModel.Load(
                    clipDirectory,
                    options.Clip ?? new ClipOptions { Threads = options.Threads, Warn = options.Warn }
                );
                try
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var head = DcsmHead.Load(headDirectory);
                    cancellationToken.ThrowIfCancellationRequested();
                    return new DcsmScorer(clip, head, options, ownsClip: true);
                }
                catch
                {
                    clip.Dispose();
                    throw;
                }
            },
            cancellationToken
        );
    }

    /// <summary>The CLIP.</summary>
    public ClipModel Clip { get; }

    /// <summary>The head, on the device of the CLIP (<see cref="ClipOptions.Device"/>).</summary>
    public DcsmHead Head { get; }

    /// <summary>Encodes captions, to be scored with any number of pictures.</summary>
    /// <param name="captions">
    /// The captions; one that is too long is cut as CLIP cuts, which <see cref="CaptionScore.Truncated"/> says and
    /// <see cref="DcsmScorerOptions.Warn"/> is told.
    /// </param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <exception cref="ArgumentException">A caption is empty; the message names its index.</exception>
    /// <example>
    /// <code>
    /// CaptionSet captions = scorer.Encode(["a red car", "no car"]);
    /// foreach (string file in Directory.GetFiles("photos"))
    ///     Console.WriteLine($"{file}: {scorer.Score(file, captions)[0].Probability:P0}");
    /// </code>
    /// </example>
    public CaptionSet Encode(IReadOnlyList<string> captions, CancellationToken cancellationToken = default)
    {
        CheckCaptions(captions);
        using UseCount.Use use = _uses.Begin();
        return EncodeNow(captions, cancellationToken);
    }

    /// <summary>Scores a picture with captions.</summary>
    /// <param name="image">The picture: a path, or what <see cref="ImageSource"/> can be made of.</param>
    /// <param name="captions">The captions.</param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <returns>In the order of the captions.</returns>
    /// <exception cref="ArgumentException">A caption is empty; the message names its index.</exception>
    /// <exception cref="FileNotFoundException">The picture does not exist.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read; the message begins with its name.</exception>
    public IReadOnlyList<CaptionScore> Score(
        ImageSource image,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckCaptions(captions);
        using UseCount.Use use = _uses.Begin();
        return ScoreNow(image, EncodeNow(captions, cancellationToken), cancellationToken);
    }

    /// <summary>Scores a picture with captions that are encoded.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="captions">The captions, encoded by this scorer.</param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <returns>In the order of the captions.</returns>
    /// <exception cref="ArgumentException">The captions were encoded for another head.</exception>
    /// <exception cref="FileNotFoundException">The picture does not exist.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read; the message begins with its name.</exception>
    public IReadOnlyList<CaptionScore> Score(ImageSource image, CaptionSet captions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckCaptions(captions);
        using UseCount.Use use = _uses.Begin();
        return ScoreNow(image, captions, cancellationToken);
    }

    /// <summary>
    /// Scores a picture when it is its turn: callers share the cores as <see cref="DcsmScorerOptions.ConcurrentRuns"/> and
    /// <see cref="DcsmScorerOptions.QueueLength"/> say. The scores are those of
    /// <see cref="Score(ImageSource, CaptionSet, CancellationToken)"/>.
    /// </summary>
    /// <inheritdoc cref="Score(ImageSource, CaptionSet, CancellationToken)"/>
    /// <exception cref="QueueFullException">As many wait as may.</exception>
    public async Task<IReadOnlyList<CaptionScore>> ScoreAsync(
        ImageSource image,
        CaptionSet captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckCaptions(captions);
        return await InTurnAsync(() => ScoreNow(image, captions, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As the other, of captions that are not encoded.</summary>
    /// <inheritdoc cref="Score(ImageSource, IReadOnlyList{string}, CancellationToken)"/>
    /// <exception cref="QueueFullException">As many wait as may.</exception>
    public async Task<IReadOnlyList<CaptionScore>> ScoreAsync(
        ImageSource image,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckCaptions(captions);
        return await InTurnAsync(() => ScoreNow(image, EncodeNow(captions, cancellationToken), cancellationToken), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <summary>
    /// Scores any number of pictures with captions, batch by batch: the next pictures are read and decoded while some are scored, and
    /// memory does not grow with their number. A picture that can't be read is one result with an error, and the others go on.
    /// </summary>
    /// <param name="images">The pictures; taken as they are needed, on another thread.</param>
    /// <param name="captions">The captions, encoded by this scorer.</param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <returns>A result for each picture, in their order.</returns>
    /// <exception cref="ArgumentException">The captions were encoded for another head.</exception>
    /// <remarks>
    /// Heads that standardize a whole batch (<see cref="MapStandardization.WholeBatch"/>) need all pictures twice: they are listed first,
    /// and encoded anew where they take more than 512 MiB. One that can't be read ends the work, unless
    /// <see cref="DcsmScorerOptions.SkipBroken"/> says otherwise.
    /// </remarks>
    /// <example>
    /// <code>
    /// CaptionSet captions = scorer.Encode(["a red car", "no car"]);
    /// await foreach (ImageResult result in scorer.ScoreAsync(ImageSource.FromFiles(Directory.GetFiles("photos")), captions))
    ///     Console.WriteLine(result.Error?.Message ?? $"{result.Image}: {result.Scores[0].Probability:P0}");
    /// </code>
    /// </example>
    public IAsyncEnumerable<ImageResult> ScoreAsync(
        IEnumerable<ImageSource> images,
        CaptionSet captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckCaptions(captions);
        return InBatches(stop => Batches(images, captions, stop), cancellationToken);
    }

    /// <inheritdoc cref="ScoreAsync(IEnumerable{ImageSource}, CaptionSet, CancellationToken)"/>
    public IAsyncEnumerable<ImageResult> ScoreAsync(
        IAsyncEnumerable<ImageSource> images,
        CaptionSet captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckCaptions(captions);
        // Taken by the thread that reads ahead, which has nothing else to do.
        return InBatches(stop => Batches(images.ToBlockingEnumerable(stop), captions, stop), cancellationToken);
    }

    /// <summary>
    /// Scores pairs: the first picture with the first caption, and so on. Each different picture and caption of a batch is encoded once.
    /// </summary>
    /// <param name="images">The pictures. [pairs]</param>
    /// <param name="captions">The captions. [pairs]</param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <returns>
    /// A result with one score for each pair, those of a picture together; <see cref="ImageResult.Number"/> is the pair's.
    /// </returns>
    /// <exception cref="ArgumentException">A caption is empty, or the two lists differ in length.</exception>
    public IAsyncEnumerable<ImageResult> ScorePairsAsync(
        IReadOnlyList<ImageSource> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        CheckCaptions(captions);
        if (images.Contains(null))
            throw new ArgumentException("A picture is null.", nameof(images));
        if (images.Count != captions.Count)
            throw new ArgumentException($"{images.Count} pictures and {captions.Count} captions do not make pairs.", nameof(captions));
        return InBatches(stop => Pairs(images, captions, stop), cancellationToken);
    }

    /// <summary>Does work of one's own on the CLIP or the head when it is its turn, in the queue of those who score.</summary>
    /// <typeparam name="T">What comes of it.</typeparam>
    /// <param name="work">The work, run by a thread of the pool; it should stop when the token says so.</param>
    /// <param name="cancellationToken">
    /// Stops waiting, at once: work that goes on nevertheless keeps its turn until it is over.
    /// </param>
    /// <exception cref="QueueFullException">As many wait as may.</exception>
    public Task<T> InTurnAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return ToItsEndAsync(work, cancellationToken).WaitAsync(cancellationToken);
    }

    private async Task<T> ToItsEndAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        // A scorer is not closed while someone waits.
        using UseCount.Use use = _uses.Begin();
        if (_turns is null)
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        if (!_turns.Wait(0, CancellationToken.None))
            await WaitAsync(_turns, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Task.Run(work, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>The map of one picture and one caption, token by token, to be looked at and drawn.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="caption">The caption.</param>
    /// <param name="cancellationToken">Stops the work, within a network's operation.</param>
    /// <exception cref="ArgumentException">The caption is empty.</exception>
    /// <exception cref="FileNotFoundException">The picture does not exist.</exception>
    /// <exception cref="InvalidDataException">The picture cannot be read.</exception>
    public DenseMapExplanation Explain(ImageSource image, string caption, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        CheckCaptions([caption]);
        using UseCount.Use use = _uses.Begin();
        return Head.Explain(Clip.EncodeImages([image], cancellationToken), 0, EncodeTexts([caption], cancellationToken), 0);
    }

    /// <summary>Waits for calls in flight, and closes the CLIP where the scorer owns it.</summary>
    public void Dispose()
    {
        if (!_uses.Close())
            return;
        _turns?.Dispose();
        if (_ownsClip)
            Clip.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public async ValueTask DisposeAsync() => await Task.Run(Dispose).ConfigureAwait(false);

    internal static void CheckCaptions(IReadOnlyList<string> captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        for (int i = 0; i < captions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(captions[i]))
                throw new ArgumentException($"Caption {i} is empty.", nameof(captions));
        }
    }

    private void CheckCaptions(CaptionSet captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        if (captions.Head != Head)
            throw new ArgumentException("The captions were encoded by the scorer of another head.", nameof(captions));
    }

    private CaptionSet EncodeNow(IReadOnlyList<string> captions, CancellationToken cancellationToken)
    {
        using Activity? activity = DcsmTelemetry.Start("dcsm.encode", 0, captions.Count);
        var set = new CaptionSet(Head, captions, DcsmTelemetry.Stage("captions", () => EncodeTexts(captions, cancellationToken)));
        if (_options.Warn is { } warn)
        {
            foreach (TokenizedText text in set.Encoding.Texts.Where(text => text.Truncated).DistinctBy(text => text.Text))
                warn(CaptionSet.TruncationWarning(text));
        }
        return set;
    }

    private CaptionScore[] ScoreNow(ImageSource image, CaptionSet captions, CancellationToken cancellationToken)
    {
        using Activity? activity = DcsmTelemetry.Start("dcsm.score", 1, captions.Count);
        ImageEncoding encoding = DcsmTelemetry.Stage("images", () => Clip.EncodeImages([image], cancellationToken));
        float[,] scores = DcsmTelemetry.Stage("head", () => Head.Score(encoding, captions.Encoding, _options.Threads, cancellationToken));
        DcsmTelemetry.Scored(1, captions.Count);
        return Row(captions, scores, 0);
    }

    private TextEncoding EncodeTexts(IReadOnlyList<string> captions, CancellationToken cancellationToken) =>
        Clip.EncodeTexts(Head.Config.Read(captions), Head.Config.TextTokens, cancellationToken);

    private async Task WaitAsync(SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > _options.QueueLength)
                throw new QueueFullException($"{_options.QueueLength} calls wait for the scorer already, as many as may.");
            DcsmTelemetry.Waiting(1);
            long start = Stopwatch.GetTimestamp();
            try
            {
                await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                DcsmTelemetry.Waiting(-1);
                DcsmTelemetry.Took("queue", start);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    // Each batch is computed by a thread of the pool when it is asked for.
    private static async IAsyncEnumerable<ImageResult> InBatches(
        Func<CancellationToken, IEnumerable<IReadOnlyList<ImageResult>>> batches,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using IEnumerator<IReadOnlyList<ImageResult>> all = batches(cancellationToken).GetEnumerator();
        while (await Task.Run(all.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            foreach (ImageResult result in all.Current)
                yield return result;
        }
    }

    private IEnumerable<IReadOnlyList<ImageResult>> Batches(
        IEnumerable<ImageSource> images,
        CaptionSet captions,
        CancellationToken cancellationToken
    )
    {
        var scoring = new EncodedPairScorer(Head, Head.Engine, _options.Threads, cancellationToken);
        MapStatistics? together = Head.Config.FixedStatistics;
        var failed = new ConcurrentDictionary<ImageSource, Exception>(ReferenceEqualityComparer.Instance);
        IEnumerable<(ImageSource[] Batch, ImageEncoding Encoding)> encoded;
        if (Head.Config.Standardization == MapStandardization.WholeBatch)
        {
            ImageSource[][] all = [.. images.Chunk(_options.ImageBatchSize).Select(Checked)];
            var kept = new KeptEncodings<ImageSource>(Clip, _options.SkipBroken ? Failed : null, cancellationToken);
            encoded = all.Zip(kept.Of(all, batch => batch));
            together = encoded
                .Where(pair => !Array.TrueForAll(pair.Batch, failed.ContainsKey))
                .Aggregate(
                    default(MapStatistics),
                    (sum, pair) => sum.Merge(scoring.Measure(Readable(pair.Batch, pair.Encoding, failed), captions.Encoding))
                );
        }
        else
        {
            encoded = Streamed(images.Chunk(_options.ImageBatchSize), Failed, cancellationToken);
        }

        long number = 0;
        foreach ((ImageSource[] batch, ImageEncoding encoding) in encoded)
        {
            using UseCount.Use use = _uses.Begin();
            using Activity? activity = DcsmTelemetry.Start("dcsm.score", encoding.Tokens.Count, captions.Count);
            float[,] scores = Array.TrueForAll(batch, failed.ContainsKey)
                ? new float[0, 0]
                : DcsmTelemetry.Stage("head", () => scoring.All(encoding, captions.Encoding, together));
            var results = new ImageResult[batch.Length];
            for (int i = 0; i < batch.Length; i++)
                results[i] = Result(number++, batch[i], failed, () => Row(captions, scores, i));
            DcsmTelemetry.Scored(results.Count(result => result.Error is null), captions.Count);
            yield return results;
        }

        void Failed(ImageSource image, Exception error) => failed[image] = error;
    }

    /// <summary>Batches with what becomes of them, each taken once.</summary>
    private IEnumerable<(ImageSource[] Batch, ImageEncoding Encoding)> Streamed(
        IEnumerable<ImageSource[]> batches,
        Action<ImageSource, Exception> failed,
        CancellationToken cancellationToken
    )
    {
        var taken = new ConcurrentQueue<ImageSource[]>();
        foreach (ImageEncoding encoding in Clip.EncodeImageBatches(batches.Select(Take), failed, cancellationToken))
        {
            taken.TryDequeue(out ImageSource[]? batch);
            yield return (batch!, encoding);
        }

        ImageSource[] Take(ImageSource[] batch)
        {
            taken.Enqueue(Checked(batch));
            return batch;
        }
    }

    private static ImageSource[] Checked(ImageSource[] images) =>
        Array.IndexOf(images, null) is var none && none >= 0
            ? throw new ArgumentException($"Picture {none} of a batch is null.", nameof(images))
            : images;

    private static ImageEncoding Readable(
        ImageSource[] batch,
        ImageEncoding encoding,
        ConcurrentDictionary<ImageSource, Exception> failed
    ) =>
        Array.Exists(batch, failed.ContainsKey)
            ? encoding.Take([.. Enumerable.Range(0, batch.Length).Where(i => !failed.ContainsKey(batch[i]))])
            : encoding;

    private IEnumerable<IReadOnlyList<ImageResult>> Pairs(
        IReadOnlyList<ImageSource> images,
        IReadOnlyList<string> captions,
        CancellationToken cancellationToken
    )
    {
        bool isWhole = Head.Config.Standardization == MapStandardization.WholeBatch;
        var failed = new ConcurrentDictionary<ImageSource, Exception>(ReferenceEqualityComparer.Instance);
        Numbered<ImageSource> pictures = new(images);
        Numbered<string> texts = new(captions);
        var kept = new KeptEncodings<int>(Clip, _options.SkipBroken ? Failed : null, cancellationToken);
        var scorer = new BatchScorer(
            Head,
            _options,
            batches =>
                isWhole
                    ? kept.Of([.. batches], pictures.Items)
                    : Clip.EncodeImageBatches(batches.Select(pictures.Items), Failed, cancellationToken),
            batch => EncodeTexts(texts.Items(batch), cancellationToken),
            cancellationToken
        )
        {
            IsReadable = image => !failed.ContainsKey(pictures.All[image]),
        };
        foreach (PairScores batch in scorer.PairBatches(pictures.Numbers, texts.Numbers))
        {
            using UseCount.Use use = _uses.Begin();
            var results = new ImageResult[batch.Pairs.Count];
            for (int i = 0; i < results.Length; i++)
            {
                (int pair, float logit) = (batch.Pairs[i], batch.Scores[i]);
                var score = new CaptionScore(captions[pair], logit, Head.Probability(logit, captions[pair]), batch.Truncated[i]);
                results[i] = Result(pair, pictures.All[pictures.Numbers[pair]], failed, () => [score]);
            }
            DcsmTelemetry.Scored(results.Count(result => result.Error is null), 1);
            yield return results;
        }

        void Failed(ImageSource image, Exception error) => failed[image] = error;
    }

    private static ImageResult Result(
        long number,
        ImageSource image,
        ConcurrentDictionary<ImageSource, Exception> failed,
        Func<IReadOnlyList<CaptionScore>> scores
    ) => failed.TryGetValue(image, out Exception? error) ? new(number, image, [], error) : new(number, image, scores(), null);

    private static CaptionScore[] Row(CaptionSet captions, float[,] scores, int row)
    {
        var result = new CaptionScore[captions.Count];
        for (int i = 0; i < result.Length; i++)
            result[i] = captions.Score(i, scores[row, i]);
        return result;
    }

    /// <summary>Items by numbers, equal ones under the same.</summary>
    private sealed class Numbered<T>
        where T : notnull
    {
        public Numbered(IReadOnlyList<T> items)
        {
            var numbers = new Dictionary<T, int>();
            Numbers = new int[items.Count];
            for (int i = 0; i < items.Count; i++)
            {
                if (!numbers.TryGetValue(items[i], out Numbers[i]))
                {
                    numbers.Add(items[i], Numbers[i] = All.Count);
                    All.Add(items[i]);
                }
            }
        }

        public List<T> All { get; } = [];

        public int[] Numbers { get; }

        public IReadOnlyList<T> Items(IReadOnlyList<int> numbers) => [.. numbers.Select(number => All[number])];
    }
}
