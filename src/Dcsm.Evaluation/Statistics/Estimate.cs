namespace Dcsm.Evaluation.Statistics;

/// <summary>A figure with the interval that it lies in, all in the figure's own unit (accuracies: 0 to 1).</summary>
/// <param name="Value">The point estimate.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end of the interval.</param>
public readonly record struct Estimate(double Value, double Low, double High);
