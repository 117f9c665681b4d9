using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>A scene and what is said of it.</summary>
/// <param name="Scene">The scene.</param>
/// <param name="Twins">Pairs of a true and a false statement of one kind, in each of the wordings.</param>
/// <param name="Choices">
/// A color and a relation in one caption: the true one, then those with colors, relation, or both exchanged; empty where the scene has no
/// two tinted objects that stand clearly to each other.
/// </param>
public sealed record StatementScene(Scene Scene, IReadOnlyList<StatementTwin> Twins, IReadOnlyList<WrittenStatement> Choices)
{
    /// <summary>Pairs of a true and a false statement of one kind, in each of the wordings.</summary>
    public IReadOnlyList<StatementTwin> Twins
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Twins);

    /// <summary>
    /// A color and a relation in one caption: the true one, then those with colors, relation, or both exchanged; empty where the scene has
    /// no two tinted objects that stand clearly to each other.
    /// </summary>
    public IReadOnlyList<WrittenStatement> Choices
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Choices);
}
