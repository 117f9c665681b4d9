namespace Dcsm.Scoring;

/// <summary>Scores of some images that follow each other, with every caption.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="Scores">Higher is a better match. [images, captions]</param>
public sealed record ImageScores(int FirstImage, float[,] Scores)
{
    /// <summary>How many images they are.</summary>
    public int Images => Scores.GetLength(0);
}
