using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>The records of a data set that ask one and the same kind of thing: a stream of training.</summary>
/// <param name="Name">The kind, such as "spatial", "attributes" or "negation".</param>
/// <param name="Records">The records, at least one.</param>
public sealed record HardNegativeGroup(string Name, IReadOnlyList<HardNegativeRecord> Records)
{
    /// <summary>The records, at least one.</summary>
    public IReadOnlyList<HardNegativeRecord> Records
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Records);
}
