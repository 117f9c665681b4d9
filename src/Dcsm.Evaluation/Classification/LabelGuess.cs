namespace Dcsm.Evaluation.Classification;

/// <summary>A label that a picture may have.</summary>
/// <param name="Rank">1 for the likeliest.</param>
/// <param name="Label">The label.</param>
/// <param name="Probability">Its share among the labels: softmax of scale · score.</param>
/// <param name="Score">CLIP's cosine, or the logit of a probe.</param>
public sealed record LabelGuess(int Rank, string Label, double Probability, float Score)
{
    /// <summary>The one prompt that it was asked with; null for several.</summary>
    public string? Prompt { get; init; }

    /// <summary>Its share among the labels by a scorer of pairs, such as a DCSM head; null without one.</summary>
    public double? HeadShare { get; init; }

    /// <summary>How likely that scorer takes its prompts for true, by its calibration; null without one.</summary>
    public double? HeadProbability { get; init; }
}
