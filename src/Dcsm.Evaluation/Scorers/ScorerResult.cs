namespace Dcsm.Evaluation.Scorers;

/// <summary>What one of several scorers made of a benchmark.</summary>
/// <typeparam name="T">The benchmark's result.</typeparam>
/// <param name="Scorer">What the scorer is called; no two of a table share a name.</param>
/// <param name="Result">What it made of it.</param>
public sealed record ScorerResult<T>(string Scorer, T Result);
