using System.Diagnostics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.Files;
using Dcsm.Maps;

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
    private readonly ScorerQueue _queue;
    private readonly ImageResults _results;
    private readonly bool _ownsClip;

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
        _queue = new ScorerQueue(_options, _uses);
        _results = new ImageResults(clip, Head, _options, _uses);
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
        return ImageResults.InTurn(stop => _results.Batches(images, captions, stop), cancellationToken);
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
        return ImageResults.InTurn(stop => _results.Batches(images.ToBlockingEnumerable(stop), captions, stop), cancellationToken);
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
        return ImageResults.InTurn(stop => _results.Pairs(images, captions, stop), cancellationToken);
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
        return _queue.Run(work, cancellationToken).WaitAsync(cancellationToken);
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
        TextEncoding text = CaptionSet.Encode(Clip, Head, [caption], cancellationToken);
        return Head.Explain(Clip.EncodeImages([image], cancellationToken), 0, text, 0);
    }

    /// <summary>Waits for calls in flight, and closes the CLIP where the scorer owns it.</summary>
    public void Dispose()
    {
        if (!_uses.Close())
            return;
        _queue.Dispose();
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
        var set = new CaptionSet(
            Head,
            captions,
            DcsmTelemetry.Stage("captions", () => CaptionSet.Encode(Clip, Head, captions, cancellationToken))
        );
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
        return captions.Row(scores, 0);
    }
}
