using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>What a figure is the mean of: items, pairs, sets or queries, each with its cluster, group and what it counts.</summary>
/// <param name="Key">The key of the figure.</param>
/// <param name="Units">The units, in the same order for every scorer.</param>
/// <param name="IsMacro">Whether the figure is the mean over groups instead of over units.</param>
internal sealed record JudgedUnits(
    string Key,
    IReadOnlyList<(string Cluster, string Group, double Value, bool Right)> Units,
    bool IsMacro = false
)
{
    public ClusterSums Sums()
    {
        (double Sum, double Count)[] clusters = Units
            .GroupBy(unit => unit.Cluster, StringComparer.Ordinal)
            .Select(cluster => (Sum: cluster.Sum(unit => unit.Value), Count: (double)cluster.Count()))
            .ToArray();
        return new ClusterSums([.. clusters.Select(cluster => cluster.Sum)], [.. clusters.Select(cluster => cluster.Count)]);
    }

    public ClusteredGroups Groups(JudgedUnits? less = null) =>
        new(Units.Select((unit, i) => (unit.Cluster, unit.Group, unit.Value - (less?.Units[i].Value ?? 0))));
}
