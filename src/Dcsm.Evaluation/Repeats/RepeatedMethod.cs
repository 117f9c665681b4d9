namespace Dcsm.Evaluation.Repeats;

/// <summary>A method of a <see cref="RepeatedEvaluation"/>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Parameters">Numbers that it learns.</param>
/// <param name="Seeds">How often it was trained.</param>
public sealed record RepeatedMethod(string Name, string Description, long Parameters, int Seeds);
