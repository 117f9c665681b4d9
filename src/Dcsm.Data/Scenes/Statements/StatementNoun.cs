namespace Dcsm.Data.Scenes.Statements;

/// <summary>A noun of statements.</summary>
/// <param name="Name">The noun.</param>
/// <param name="Form">Which article it takes.</param>
internal readonly record struct StatementNoun(string Name, NounForm Form);
