namespace Dcsm.Cli.Inputs;

/// <summary>A picture, a caption and how well they fit.</summary>
/// <param name="Row">Row of the table of pairs; null where pictures and captions came by themselves.</param>
/// <param name="Image">The picture as it was named.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Score">The head's score, or CLIP's cosine where there is no head; the higher, the better they fit.</param>
/// <param name="Cosine">CLIP's own cosine, where asked for.</param>
internal sealed record ScoredPair(int? Row, string Image, string Caption, float Score, float? Cosine)
{
    /// <summary>How likely the caption is true of the picture; null where the head has no calibration, or can't judge it.</summary>
    public double? Probability { get; init; }

    /// <summary>Why a head with a calibration can't judge the caption; else null.</summary>
    public string? NotJudged { get; init; }

    /// <summary>The caption's share among all captions of the picture, a softmax of the scores; null where it was not asked for.</summary>
    public double? Softmax { get; init; }

    /// <summary>True where the caption is longer than the head reads, and was cut; else null.</summary>
    public bool? Truncated { get; init; }

    /// <summary>The table's other columns; null where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }
}
