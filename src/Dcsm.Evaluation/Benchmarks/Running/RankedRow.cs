namespace Dcsm.Evaluation.Benchmarks.Running;

/// <summary>What a picture's scores with some captions say of ranks.</summary>
/// <param name="Waiting">Its scores with those captions whose own picture comes later, or is itself.</param>
/// <param name="Higher">Of the other captions a bit each: whether its score is above that of the caption's own picture.</param>
/// <param name="Equal">Likewise: whether it is the same.</param>
/// <param name="Top">The highest of its scores with these others, and how many have each.</param>
internal sealed record RankedRow(float[] Waiting, byte[] Higher, byte[] Equal, RankStep[] Top);
