namespace Dcsm.Data.Scenes.Statements;

/// <summary>A statement in words.</summary>
/// <param name="Statement">What is said.</param>
/// <param name="Text">How.</param>
public sealed record WrittenStatement(Statement Statement, string Text);
