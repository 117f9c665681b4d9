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
    bool?[,] Truth,
    IReadOnlyList<string> Empty
)
{
    /// <summary>Whether all is the same, one by one.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(StatementGroup? other) =>
        other is not null
        && Scenes.SequenceEqual(other.Scenes)
        && Statements.SequenceEqual(other.Statements)
        && Scene.SequenceEqual(other.Scene)
        && Truth.GetLength(1) == other.Truth.GetLength(1)
        && Truth.Cast<bool?>().SequenceEqual(other.Truth.Cast<bool?>())
        && Empty.SequenceEqual(other.Empty);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scenes.Count, Statements.Count, Truth.Length);
}
