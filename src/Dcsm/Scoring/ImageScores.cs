namespace Dcsm.Scoring;

/// <summary>Scores of some images that follow each other, with every caption.</summary>
/// <param name="FirstImage">The number of the first image.</param>
/// <param name="Scores">Higher is a better match. [images, captions]</param>
/// <param name="Truncated">Whether a caption is longer than the head reads, and was cut. [captions]</param>
public sealed record ImageScores(int FirstImage, float[,] Scores, IReadOnlyList<bool> Truncated)
{
    /// <summary>Whether all is the same, number by number.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(ImageScores? other) =>
        other is not null
        && FirstImage == other.FirstImage
        && Scores.GetLength(1) == other.Scores.GetLength(1)
        && Scores.Cast<float>().SequenceEqual(other.Scores.Cast<float>())
        && Truncated.SequenceEqual(other.Truncated);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(FirstImage, Scores.Length);

    /// <summary>How many images they are.</summary>
    public int Images => Scores.GetLength(0);
}
