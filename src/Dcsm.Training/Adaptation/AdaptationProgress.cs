namespace Dcsm.Training.Adaptation;

/// <summary>Where an adaptation stands.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Of the last step; NaN while there is none.</param>
public sealed record AdaptationProgress(int Step, int Steps, double Loss);
