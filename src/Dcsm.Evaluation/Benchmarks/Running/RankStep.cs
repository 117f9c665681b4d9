namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>A score, and how many have it.</summary>
internal readonly record struct RankStep(float Score, int Count);
