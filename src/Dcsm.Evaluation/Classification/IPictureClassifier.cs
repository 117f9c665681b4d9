namespace Dcsm.Evaluation.Classification;

/// <summary>Gives a picture's vector a score for each label; the highest is its guess.</summary>
public interface IPictureClassifier
{
    /// <summary>The labels.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>What of a picture's embeddings it reads.</summary>
    PictureFeatures Features { get; }

    /// <summary>Scores a picture.</summary>
    /// <param name="picture">What it reads of the picture.</param>
    /// <param name="scores">[classes]</param>
    void Score(ReadOnlySpan<float> picture, Span<float> scores);
}
