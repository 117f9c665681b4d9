using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Statistics;
using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Repeats;

/// <summary>How often a method of several seeds chooses the right caption of two.</summary>
/// <param name="Name">The method.</param>
/// <param name="Part">Which pairs of objects.</param>
/// <param name="Kind">Which opposites; null for the mean of all kinds.</param>
/// <param name="Accuracy">Mean over samples and seeds, with an interval over both.</param>
/// <param name="Difference">To the first method, by the same samples and seeds.</param>
/// <param name="Seeds">The mean of each seed.</param>
public sealed record RepeatedCell(
    string Name,
    SplitPart Part,
    SceneKind? Kind,
    Estimate Accuracy,
    Estimate Difference,
    IReadOnlyList<double> Seeds
)
{
    /// <summary>The mean of each seed.</summary>
    public IReadOnlyList<double> Seeds
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Seeds);
}
