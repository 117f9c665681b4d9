namespace Dcsm.Evaluation.Association;

/// <summary>A label and the category that it counts for.</summary>
/// <param name="Label">The label.</param>
/// <param name="Category">Its category, such as harmful or neutral: whoever asks says which.</param>
public sealed record AssociationLabel(string Label, string Category);
