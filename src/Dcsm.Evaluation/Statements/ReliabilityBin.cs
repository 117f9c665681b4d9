namespace Dcsm.Evaluation.Statements;

/// <summary>A bin of a <see cref="ReliabilityDiagram"/>.</summary>
/// <param name="From">The lowest probability that belongs to it.</param>
/// <param name="To">The lowest one above it.</param>
/// <param name="Statements">How many statements lie in it.</param>
/// <param name="MeanProbability">The mean of their probabilities.</param>
/// <param name="TrueShare">The share of them that is true.</param>
public sealed record ReliabilityBin(double From, double To, int Statements, double MeanProbability, double TrueShare);
