namespace Dcsm.Evaluation.Geometry;

/// <summary>What a picture of the conditions shows.</summary>
/// <param name="X">The concept.</param>
/// <param name="Attribute">Its attribute; null for none.</param>
/// <param name="Place">Where it is; null where that does not matter.</param>
/// <param name="Y">A second concept; null for none.</param>
/// <param name="AttributeOfY">Its attribute.</param>
/// <param name="Relation">How x stands to y.</param>
public sealed record GeometryPicture(
    string X,
    string? Attribute = null,
    string? Place = null,
    string? Y = null,
    string? AttributeOfY = null,
    string? Relation = null
)
{
    /// <summary>In words.</summary>
    public override string ToString() =>
        (Attribute is null ? X : $"{Attribute} {X}")
        + (Place is null ? "" : $" at {Place}")
        + (Y is null ? "" : $" {Relation ?? "and"} {(AttributeOfY is null ? Y : $"{AttributeOfY} {Y}")}");
}
