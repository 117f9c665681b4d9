using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Statements;
using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Statements;

/// <summary>One picture to be judged by.</summary>
/// <param name="Id">What it is called in results and errors.</param>
/// <param name="Part">The part of the split that its objects come from.</param>
/// <param name="Said">The scene, and what is said of it.</param>
/// <param name="Caption">The true statement that stands for it in the gallery of captions.</param>
public sealed record StatementPicture(string Id, SplitPart Part, StatementScene Said, WrittenStatement Caption)
{
    /// <summary>All that is said: the true and the false statement of each twin in turn, then the choices.</summary>
    public IReadOnlyList<WrittenStatement> Statements { get; } =
        Contents.Of<WrittenStatement>([.. Said.Twins.SelectMany(twin => (WrittenStatement[])[twin.True, twin.False]), .. Said.Choices]);
}
