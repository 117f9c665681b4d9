namespace Dcsm.Data.Scenes.Statements;

/// <summary>Some scenes and statements, and which statement is true of which scene.</summary>
/// <param name="Scenes">The scenes.</param>
/// <param name="Statements">The statements.</param>
/// <param name="Truth">[scenes, statements]; null where people might not agree.</param>
public sealed record StatementGroup(IReadOnlyList<Scene> Scenes, IReadOnlyList<WrittenStatement> Statements, bool?[,] Truth);
