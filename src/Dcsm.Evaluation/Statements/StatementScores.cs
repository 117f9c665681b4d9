namespace Dcsm.Evaluation.Statements;

/// <summary>What one scorer gave one picture.</summary>
/// <param name="Statements">A score for each of <see cref="StatementPicture.Statements"/>.</param>
/// <param name="Gallery">A score for the caption of each picture of the part.</param>
public sealed record StatementScores(IReadOnlyList<float> Statements, IReadOnlyList<float> Gallery);
