using Dcsm.Clip.Models;

namespace Dcsm.Scoring;

/// <summary>How a <see cref="DcsmScorer"/> works.</summary>
public sealed record DcsmScorerOptions
{
    /// <summary>Threads that compute maps and heads, and the CLIP where <see cref="Clip"/> is null; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// How <see cref="DcsmScorer.LoadAsync"/> opens the CLIP: precision, threads, the pixel limit and other habits of pictures; null for
    /// the defaults.
    /// </summary>
    public ClipOptions? Clip { get; init; }

    /// <summary>
    /// How many pictures <see cref="DcsmScorer.ScoreAsync(Dcsm.Clip.Preprocessing.ImageSource, CaptionSet, CancellationToken)"/> works on
    /// at a time, others waiting for their turn; 0 for any number. One run uses all threads already: with more, callers share the cores.
    /// </summary>
    public int ConcurrentRuns { get; init; } = 1;

    /// <summary>How many may wait for their turn; whoever comes when so many do gets a <see cref="QueueFullException"/>.</summary>
    public int QueueLength { get; init; } = int.MaxValue;

    /// <summary>
    /// Told what was done other than asked, in a sentence for the person: a caption longer than the head reads was cut. Null to
    /// hear nothing.
    /// </summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Images that are encoded and held at a time, of many.</summary>
    public int ImageBatchSize { get; init; } = 64;

    /// <summary>
    /// Captions that are encoded and held at a time, of pairs and of stored embeddings. A <see cref="CaptionSet"/> holds all of its own.
    /// </summary>
    public int CaptionBatchSize { get; init; } = 4096;

    /// <summary>
    /// Whether heads that standardize all maps together (<see cref="Maps.MapStandardization.WholeBatch"/>) leave out those of pictures that
    /// can't be read; else such a picture, which would count for all others, ends the work. For other heads it is no matter.
    /// </summary>
    public bool SkipBroken { get; init; }

    /// <summary>The defaults for null, and no numbers that make no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or zero where something must be done at a time.</exception>
    internal static DcsmScorerOptions Checked(DcsmScorerOptions? options)
    {
        options ??= new DcsmScorerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.ConcurrentRuns, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.QueueLength, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ImageBatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.CaptionBatchSize, nameof(options));
        return options;
    }
}
