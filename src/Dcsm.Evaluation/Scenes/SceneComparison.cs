using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Scenes;

/// <summary>Two scorers on the same samples.</summary>
/// <param name="First">The scorer that is asked about.</param>
/// <param name="Second">The scorer that it is compared with.</param>
/// <param name="Part">The part of the split.</param>
/// <param name="Kind">The kind; null for the plain mean over the kinds.</param>
/// <param name="Difference">
/// Accuracy of <paramref name="First"/> less that of <paramref name="Second"/>, the interval from a paired bootstrap over samples.
/// </param>
/// <param name="OnlyFirst">Samples that only <paramref name="First"/> has right altogether.</param>
/// <param name="OnlySecond">Samples that only <paramref name="Second"/> has right altogether.</param>
/// <param name="McNemarP">
/// Exact p value of McNemar's test on those counts. It tests samples, all of a sample's items right or not, since the items
/// of a sample are not independent.
/// </param>
public sealed record SceneComparison(
    string First,
    string Second,
    SplitPart Part,
    SceneKind? Kind,
    Estimate Difference,
    int OnlyFirst,
    int OnlySecond,
    double McNemarP
);
