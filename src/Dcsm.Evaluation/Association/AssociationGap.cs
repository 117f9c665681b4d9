using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Association;

/// <summary>By how much two groups differ in the share of a category.</summary>
/// <param name="Group">The group.</param>
/// <param name="Other">The other one.</param>
/// <param name="Category">The category.</param>
/// <param name="Gap">The share of the first less that of the other; bootstrap over pictures within groups.</param>
/// <param name="PValue">Pearson's chi-square, two groups by category or not.</param>
public sealed record AssociationGap(string Group, string Other, string Category, Estimate Gap, double PValue);
