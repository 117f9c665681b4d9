namespace Dcsm.Evaluation.Association;

/// <summary>How much nearer one group's pictures are to one label than to another, against another group's.</summary>
/// <param name="Group">The group.</param>
/// <param name="Other">The other one.</param>
/// <param name="Label">The label.</param>
/// <param name="Against">The label that it is compared with.</param>
/// <param name="Size">
/// Difference between the groups' means of cosine with the one less cosine with the other label, over their pooled standard deviation.
/// </param>
public sealed record AssociationEffect(string Group, string Other, string Label, string Against, double Size);
