namespace Dcsm.Evaluation.Geometry;

/// <summary>Least squares of i(x_a) ≈ (1 − δ) · i(x) + p · t(a).</summary>
/// <param name="Concept">The concept x.</param>
/// <param name="Attribute">The attribute a.</param>
/// <param name="OneMinusDelta">What i(x) is multiplied by.</param>
/// <param name="P">What t(a) is multiplied by.</param>
/// <param name="Rest">The length of what is left.</param>
public sealed record AttributeFit(string Concept, string Attribute, double OneMinusDelta, double P, double Rest);
