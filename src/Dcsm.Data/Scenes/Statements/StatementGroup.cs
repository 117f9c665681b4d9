using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>Some scenes and statements, and which statement is true of which scene.</summary>
/// <param name="Scenes">The scenes.</param>
/// <param name="Statements">The statements.</param>
/// <param name="Scene">Per statement the scene that it was made for, by its place. [statements]</param>
/// <param name="Truth">[scenes, statements]; null where people might not agree.</param>
/// <param name="Empty">Captions that say nothing of any scene.</param>
public sealed record StatementGroup(
    IReadOnlyList<Scene> Scenes,
    IReadOnlyList<WrittenStatement> Statements,
    IReadOnlyList<int> Scene,
    Grid<bool?> Truth,
    IReadOnlyList<string> Empty
)
{
    /// <summary>The scenes.</summary>
    public IReadOnlyList<Scene> Scenes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Scenes);

    /// <summary>The statements.</summary>
    public IReadOnlyList<WrittenStatement> Statements
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Statements);

    /// <summary>Per statement the scene that it was made for, by its place. [statements]</summary>
    public IReadOnlyList<int> Scene
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Scene);

    /// <summary>Captions that say nothing of any scene.</summary>
    public IReadOnlyList<string> Empty
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Empty);
}
