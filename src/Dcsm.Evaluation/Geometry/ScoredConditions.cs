using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Geometry;

/// <summary>The conditions that a score can be asked, and what one scorer makes of them.</summary>
/// <param name="Name">What the scorer is called.</param>
/// <param name="Conditions">The conditions.</param>
public sealed record ScoredConditions(string Name, IReadOnlyList<GeometryCondition> Conditions)
{
    /// <summary>The conditions.</summary>
    public IReadOnlyList<GeometryCondition> Conditions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Conditions);
}
