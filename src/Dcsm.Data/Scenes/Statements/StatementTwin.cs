namespace Dcsm.Data.Scenes.Statements;

/// <summary>A true statement and a false one that differs from it in one thing.</summary>
/// <param name="Wordings">Which wordings both are written in; each in one drawn by itself.</param>
/// <param name="True">True of the scene.</param>
/// <param name="False">False of the scene.</param>
public sealed record StatementTwin(StatementWordings Wordings, WrittenStatement True, WrittenStatement False);
