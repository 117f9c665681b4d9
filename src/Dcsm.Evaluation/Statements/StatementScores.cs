using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Statements;

/// <summary>What one scorer gave one picture.</summary>
/// <param name="Statements">A score for each of <see cref="StatementPicture.Statements"/>.</param>
/// <param name="Gallery">A score for the caption of each picture of the part.</param>
public sealed record StatementScores(IReadOnlyList<float> Statements, IReadOnlyList<float> Gallery)
{
    /// <summary>A score for each of <see cref="StatementPicture.Statements"/>.</summary>
    public IReadOnlyList<float> Statements
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Statements);

    /// <summary>A score for the caption of each picture of the part.</summary>
    public IReadOnlyList<float> Gallery
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Gallery);
}
