using Dcsm.Training.Adaptation.DcsmHeads;
using Dcsm.Training.Adaptation.FullFineTuning;
using Dcsm.Training.Adaptation.LowRank;
using Dcsm.Training.Adaptation.Probing;
using Dcsm.Training.Adaptation.Projections;

namespace Dcsm.Training.Adaptation;

/// <summary>All methods of adaptation.</summary>
public static class AdaptationMethods
{
    /// <summary>In the order of tables: from what trains least to what trains all.</summary>
    public static IReadOnlyList<AdaptationMethod> All { get; } =
    [new LinearProbeMethod(), new DcsmHeadMethod(), new ProjectionMethod(), new LowRankMethod(), new FullFineTuningMethod()];

    /// <summary>The method of a name.</summary>
    /// <param name="name">One of <see cref="AdaptationMethod.Name"/>.</param>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public static AdaptationMethod Find(string name) =>
        All.FirstOrDefault(method => method.Name == name) ?? throw new ArgumentException($"'{name}' is none of {string.Join(", ", All)}");
}
