namespace Dcsm.Training.Probing;

/// <summary>How a logistic regression is fitted.</summary>
public sealed record LogisticOptions
{
    /// <summary>What the cross-entropy is multiplied by: the inverse of the regularization. 0.316 is CLIP's.</summary>
    public double C { get; init; } = 0.316;

    /// <summary>
    /// How far the coefficients may be from the optimum, as a part of their length: the gradient over the strength of the regularization
    /// bounds it.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Most steps.</summary>
    public int MaxIterations { get; init; } = 1000;
}
