namespace Dcsm.Scoring;

/// <summary>Scores of some images that follow each other, with every caption.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="Scores">Higher is a better match. [images, captions]</param>
/// <param name="Truncated">Whether a caption is longer than the head reads, and was cut. [captions]</param>
public sealed record ImageScores(int FirstImage, float[,] Scores, IReadOnlyList<bool> Truncated)
{
    /// <summary>How many images they are.</summary>
    public int Images => Scores.GetLength(0);
}
