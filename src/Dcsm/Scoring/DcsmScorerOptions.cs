namespace Dcsm.Scoring;

/// <summary>How a <see cref="DcsmScorer"/> works.</summary>
public sealed record DcsmScorerOptions
{
    /// <summary>Threads that compute maps and heads; 0 for all cores.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Told what was done other than asked, in a sentence for the person: a caption longer than the head reads was cut. Null to
    /// hear nothing.
    /// </summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Images that are encoded and held at a time.</summary>
    public int ImageBatchSize { get; init; } = 64;

    /// <summary>
    /// Captions that are encoded and held at a time. Where there are more, every image is encoded once for each such batch.
    /// </summary>
    public int CaptionBatchSize { get; init; } = 4096;

    /// <summary>The defaults for null, and no numbers that make no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or zero where something must be done at a time.</exception>
    internal static DcsmScorerOptions Checked(DcsmScorerOptions? options)
    {
        options ??= new DcsmScorerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.ImageBatchSize, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.CaptionBatchSize, nameof(options));
        return options;
    }
}
