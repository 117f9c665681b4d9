namespace Dcsm.Scoring;

/// <summary>Scores of some pairs.</summary>
/// <param name="Pairs">The numbers of the pairs.</param>
/// <param name="Scores">Higher is a better match. [pairs]</param>
/// <param name="Truncated">Whether the pair's caption is longer than the head reads, and was cut. [pairs]</param>
internal sealed record PairScores(IReadOnlyList<int> Pairs, IReadOnlyList<float> Scores, IReadOnlyList<bool> Truncated);
