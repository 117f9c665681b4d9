namespace Dcsm.Scoring;

/// <summary>How well a caption fits a picture.</summary>
/// <param name="Caption">The caption as it was given.</param>
/// <param name="Logit">The head's number; the higher, the better they fit.</param>
/// <param name="Probability">
/// How likely the caption is true of the picture, from 0 to 1; null where the head has no calibration, logits then comparing only
/// within one form of caption, and where none can be told of the caption (<see cref="Dcsm.Head.DcsmConfig.WhyNotJudged"/>).
/// </param>
/// <param name="Truncated">Whether the caption is longer than the head reads: what was cut off does not count.</param>
public readonly record struct CaptionScore(string Caption, float Logit, double? Probability, bool Truncated);
