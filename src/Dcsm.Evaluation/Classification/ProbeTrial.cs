namespace Dcsm.Evaluation.Classification;

/// <summary>A C that was tried.</summary>
/// <param name="C">What the cross-entropy was multiplied by.</param>
/// <param name="Accuracy">The share of validation pictures that were right.</param>
public sealed record ProbeTrial(double C, double Accuracy);
