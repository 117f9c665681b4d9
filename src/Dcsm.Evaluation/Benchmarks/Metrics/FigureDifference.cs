using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>A figure of two scorers on the same benchmark.</summary>
/// <param name="Key">The key of the figure, as <see cref="BenchmarkFigures"/> has it.</param>
/// <param name="First">The figure of the scorer that is asked about.</param>
/// <param name="Second">The figure of the scorer that it is compared with.</param>
/// <param name="Difference">The first less the second, the interval from a paired bootstrap over the same clusters.</param>
/// <param name="OnlyFirst">
/// Items (pairs, sets, queries) that only the first scorer has right; ties count as wrong unless they count by place. Null for
/// figures that all items decide together, such as an area under a curve.
/// </param>
/// <param name="OnlySecond">The same for the second scorer.</param>
/// <param name="McNemarP">
/// Exact p value of McNemar's test on those counts; null for macro averages and areas, which it does not test. Items of one picture are not
/// independent: where a picture has several, the interval and <paramref name="ClusterP"/> are the safer guides.
/// </param>
/// <param name="ClusterP">
/// Exact p value of a sign test on clusters (pictures, or sets of them): each counts once, for the scorer that has more of its items right.
/// Null for macro averages and areas.
/// </param>
public sealed record FigureDifference(
    string Key,
    double First,
    double Second,
    Estimate Difference,
    int? OnlyFirst,
    int? OnlySecond,
    double? McNemarP,
    double? ClusterP
);
