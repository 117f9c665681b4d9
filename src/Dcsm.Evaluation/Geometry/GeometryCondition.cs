using System.Text.Json.Serialization;
using Dcsm.Evaluation.Statistics;

namespace Dcsm.Evaluation.Geometry;

/// <summary>A condition of an ideal CLIP and how far it holds.</summary>
public sealed class GeometryCondition
{
    /// <param name="id">Its number: 1a to 4c.</param>
    /// <param name="words">What it asks.</param>
    /// <param name="cases">Its cases.</param>
    public GeometryCondition(string id, string words, IReadOnlyList<GeometryCase> cases)
    {
        ArgumentNullException.ThrowIfNull(cases);
        (Id, Words, All, Cases) = (id, words, cases, cases.Count);
        Ties = cases.Count(own => own.Margin == 0);
        MeanMargin = cases.Count == 0 ? double.NaN : cases.Average(own => own.Margin);
        ClusterSums clusters = Clusters(cases);
        Satisfied = Bootstrap.Share([clusters], 1);
    }

    /// <summary>Its number.</summary>
    public string Id { get; }

    /// <summary>What it asks.</summary>
    public string Words { get; }

    /// <summary>How many cases there are.</summary>
    public int Cases { get; }

    /// <summary>The share of cases that satisfy it, the interval clustered by concept; NaN without cases.</summary>
    public Estimate Satisfied { get; }

    /// <summary>The mean of left less right.</summary>
    public double MeanMargin { get; }

    /// <summary>Cases whose sides are equal, which do not satisfy it.</summary>
    public int Ties { get; }

    /// <summary>The cases.</summary>
    [JsonIgnore]
    public IReadOnlyList<GeometryCase> All { get; }

    private static ClusterSums Clusters(IReadOnlyList<GeometryCase> cases)
    {
        IGrouping<int, GeometryCase>[] concepts = [.. cases.GroupBy(own => own.Concept).OrderBy(group => group.Key)];
        return new ClusterSums(
            [.. concepts.Select(group => (double)group.Count(own => own.Margin > 0))],
            [.. concepts.Select(group => (double)group.Count())]
        );
    }
}
