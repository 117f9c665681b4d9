using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Benchmarks.Metrics;

/// <summary>Accuracy under one way to count ties.</summary>
/// <param name="Correct">How many items are right; not whole where ties count in part.</param>
/// <param name="Items">How many items there are.</param>
/// <param name="Groups">The same for each group, in the order of their names; empty where items have no groups.</param>
public sealed record ChoiceAccuracy(double Correct, int Items, IReadOnlyList<GroupAccuracy> Groups)
{
    /// <summary>The same for each group, in the order of their names; empty where items have no groups.</summary>
    public IReadOnlyList<GroupAccuracy> Groups
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Groups);

    /// <summary>The share of all items that is right (the micro average), 0 to 1.</summary>
    public double Accuracy => Correct / Items;

    /// <summary>The plain mean of the groups' accuracies (the macro average); null where there are no groups.</summary>
    public double? MacroAccuracy => Macro(1);

    /// <summary>The macro average over the groups of at least so many items; null where none is that large.</summary>
    /// <param name="least">Items that a group must have; 25 in the published evaluation of VG-attribution.</param>
    /// <param name="without">Groups that are left out, such as symmetric relations.</param>
    public double? Macro(int least, IReadOnlyCollection<string>? without = null)
    {
        double[] accuracies =
        [
            .. Groups.Where(group => group.Count >= least && without?.Contains(group.Group) != true).Select(group => group.Accuracy),
        ];
        return accuracies.Length == 0 ? null : accuracies.Average();
    }
}
