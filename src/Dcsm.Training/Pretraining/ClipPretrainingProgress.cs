namespace Dcsm.Training.Pretraining;

/// <summary>Where a pre-training run stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Symmetric cross-entropy of the pooled embeddings.</param>
/// <param name="DenseLoss">Symmetric cross-entropy of the dense scores.</param>
/// <param name="StepsPerSecond">Rate since the run was started or resumed.</param>
/// <param name="Evaluation">Figures, where this report carries an evaluation.</param>
public sealed record ClipPretrainingProgress(
    int Step,
    int Steps,
    double Loss,
    double DenseLoss,
    double StepsPerSecond,
    ClipPretrainingEvaluation? Evaluation
);
