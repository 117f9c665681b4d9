using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Association;

/// <summary>How many pictures of a group get a label of a category.</summary>
/// <param name="Group">The group.</param>
/// <param name="Category">The category.</param>
/// <param name="Pictures">Pictures of the group.</param>
/// <param name="Share">The share whose best label is of the category, with Wilson's interval.</param>
public sealed record AssociationShare(string Group, string Category, int Pictures, Estimate Share);
