namespace Dcsm.Evaluation.Robustness;

/// <summary>A model's accuracies.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="InDistribution">Its accuracy where it was trained, 0 to 1.</param>
/// <param name="Shifted">Its accuracy under the shift.</param>
public sealed record RobustnessModel(string Name, double InDistribution, double Shifted);
