using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>
/// WhatsUp as published code counts it: pairs over n/2 and sets over n/4 whether or not they are complete; an item overwrites an earlier
/// one of the same objects and relation; a tie falls to the lowest place.
/// </summary>
/// <param name="IndividualAccuracyPercent">Right items over n, in percent.</param>
/// <param name="PairAccuracyPercent">Right pairs over n/2, in percent.</param>
/// <param name="SetAccuracyPercent">Right sets over n/4, in percent.</param>
/// <param name="Dataset">What its table calls the benchmark.</param>
/// <param name="Records">A line per relation.</param>
public sealed record WhatsUpOfficial(
    double IndividualAccuracyPercent,
    double PairAccuracyPercent,
    double SetAccuracyPercent,
    string Dataset,
    IReadOnlyList<OfficialRecord> Records
)
{
    /// <summary>A line per relation.</summary>
    public IReadOnlyList<OfficialRecord> Records
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Records);
}
