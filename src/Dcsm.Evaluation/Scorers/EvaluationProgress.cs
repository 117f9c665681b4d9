namespace Dcsm.Evaluation.Scorers;

/// <summary>How far an evaluation is.</summary>
/// <param name="Stage">What is being done, such as "scenes".</param>
/// <param name="Done">How many steps are done.</param>
/// <param name="Total">How many there are.</param>
public readonly record struct EvaluationProgress(string Stage, int Done, int Total);
