using Dcsm.IO.Collections;

namespace Dcsm.Scoring;

/// <summary>Scores of some images that follow each other, with every caption.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="Scores">Higher is a better match. [images, captions]</param>
/// <param name="Truncated">Whether a caption is longer than the head reads, and was cut. [captions]</param>
public sealed record ImageScores(int FirstImage, Grid<float> Scores, IReadOnlyList<bool> Truncated)
{
    /// <summary>Whether a caption is longer than the head reads, and was cut. [captions]</summary>
    public IReadOnlyList<bool> Truncated
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Truncated);

    /// <summary>How many images they are.</summary>
    public int Images => Scores.Rows;
}
