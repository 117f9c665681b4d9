using Dcsm.IO.Collections;
using Dcsm.Training.Heads;

namespace Dcsm.Training.Sources;

/// <summary>A source and its share in a mixture.</summary>
/// <param name="Name">
/// What streams and validations of the source are called by: "coco" makes "coco/spatial". Each part has a name of its own.
/// </param>
/// <param name="Source">The source.</param>
/// <param name="Weight">The source's share of the loss, above 0; only ratios count. Its streams divide it among themselves.</param>
/// <param name="StreamWeights">How they divide it: a number above 0 for some or all of them, 1 for the others; null for evenly.</param>
public sealed record TrainingPart(
    string Name,
    IHeadTrainingSource Source,
    double Weight = 1,
    IReadOnlyDictionary<string, double>? StreamWeights = null
)
{
    /// <summary>How they divide it: a number above 0 for some or all of them, 1 for the others; null for evenly.</summary>
    public IReadOnlyDictionary<string, double>? StreamWeights
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(StreamWeights);
}
