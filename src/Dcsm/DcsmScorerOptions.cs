namespace Dcsm;

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
    public int ImagesAtATime { get; init; } = 64;

    /// <summary>
    /// Captions that are encoded and held at a time. Where there are more, every image is encoded once for each such lot.
    /// </summary>
    public int CaptionsAtATime { get; init; } = 4096;
}
