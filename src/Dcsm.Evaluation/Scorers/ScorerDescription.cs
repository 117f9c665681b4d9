namespace Dcsm.Evaluation.Scorers;

/// <summary>A scorer as results name it.</summary>
/// <param name="Name">The scorer's name.</param>
/// <param name="Properties">What it is: directory, fingerprints, settings.</param>
public sealed record ScorerDescription(string Name, IReadOnlyDictionary<string, string> Properties);
