using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Robustness;

/// <summary>How robust a model is.</summary>
/// <param name="Model">Its accuracies.</param>
/// <param name="IsStandard">Whether it is one of those that the line is fitted to.</param>
/// <param name="Effective">
/// Its accuracy under the shift less what the line says for its accuracy in distribution; the interval by bootstrap over the standard
/// models,
/// without one where they are too few.
/// </param>
/// <param name="Relative">Its accuracy under the shift less that of the model it is compared to; null where there is none.</param>
public sealed record RobustnessRow(RobustnessModel Model, bool IsStandard, Estimate Effective, double? Relative);
