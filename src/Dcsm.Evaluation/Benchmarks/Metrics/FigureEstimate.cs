using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>A figure with its interval.</summary>
/// <param name="Key">The key of the figure, as <see cref="BenchmarkFigures"/> has it.</param>
/// <param name="Estimate">The figure and its interval, from a bootstrap over <paramref name="Clusters"/>.</param>
/// <param name="Clusters">How many independent clusters it rests on: pictures, or sets of pictures of the same objects.</param>
public sealed record FigureEstimate(string Key, Estimate Estimate, int Clusters);
