namespace Dcsm.Scoring;

/// <summary>What is encoded and held at a time.</summary>
/// <param name="Images">The number of each image, once.</param>
/// <param name="Captions">The number of each caption, once.</param>
internal abstract record Batch(IReadOnlyList<int> Images, IReadOnlyList<int> Captions);
