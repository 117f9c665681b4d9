using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Benchmarks.Judging;

/// <summary>What a figure is the mean of: items, pairs, sets or queries.</summary>
/// <param name="Key">The key of the figure.</param>
/// <param name="Units">The units, in the same order for every scorer.</param>
/// <param name="IsMacro">Whether the figure is the mean over groups instead of over units.</param>
internal sealed record JudgedUnits(string Key, IReadOnlyList<JudgedUnit> Units, bool IsMacro = false)
{
    /// <summary>The figure.</summary>
    public double Mean => IsMacro ? Units.GroupBy(unit => unit.Group).Average(group => group.Average(unit => unit.Value)) : Sums().Mean;

    /// <summary>
    /// The figures of units as a whole, by group, as the mean over groups, and both by category, where there are groups and categories.
    /// </summary>
    /// <param name="prefix">What keys begin with: "direct.strict".</param>
    /// <param name="figure">What they end with: "accuracy".</param>
    /// <param name="units">The units.</param>
    public static IEnumerable<JudgedUnits> Of(string prefix, string figure, IReadOnlyList<JudgedUnit> units)
    {
        yield return new JudgedUnits($"{prefix}.{figure}", units);
        if (units.Any(unit => unit.Group.Length > 0))
        {
            foreach (IGrouping<string, JudgedUnit> group in By(units, unit => unit.Group))
                yield return new JudgedUnits($"{prefix}.by_group.{group.Key}.{figure}", [.. group]);
            yield return new JudgedUnits($"{prefix}.macro_{figure}", units, IsMacro: true);
        }

        if (units.All(unit => unit.Category.Length == 0))
            yield break;
        foreach (IGrouping<string, JudgedUnit> category in By(units, unit => unit.Category))
        {
            yield return new JudgedUnits($"{prefix}.by_category.{category.Key}.{figure}", [.. category]);
            if (category.DistinctBy(unit => unit.Group).Skip(1).Any())
                yield return new JudgedUnits($"{prefix}.by_category.{category.Key}.macro_{figure}", [.. category], IsMacro: true);
        }
    }

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

    private static IEnumerable<IGrouping<string, JudgedUnit>> By(IReadOnlyList<JudgedUnit> units, Func<JudgedUnit, string> key) =>
        units.GroupBy(key, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal);
}
