using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Official;

/// <summary>What the published evaluation code of ARO (VG-relation, VG-attribution), COCO-QA and VG-QA gives.</summary>
/// <param name="Field">What the table calls its groups: "Relation", "Attributes", "Preposition".</param>
/// <param name="Dataset">What the table calls the benchmark.</param>
/// <param name="AccuracyPercent">Share of all items that is right, in percent.</param>
/// <param name="Records">A line per group, in the order of their names; for VG-attribution only groups of at least 25 items.</param>
/// <param name="MacroAccuracy">Mean over the lines; null where there is none, as in small files of VG-attribution.</param>
public sealed record OfficialRecords(
    string Field,
    string Dataset,
    double AccuracyPercent,
    IReadOnlyList<OfficialRecord> Records,
    double? MacroAccuracy
)
{
    /// <summary>A line per group, in the order of their names; for VG-attribution only groups of at least 25 items.</summary>
    public IReadOnlyList<OfficialRecord> Records
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Records);
}
