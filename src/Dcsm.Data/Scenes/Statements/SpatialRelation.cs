namespace Dcsm.Data.Scenes.Statements;

/// <summary>Where one object is from another; each beside its inverse.</summary>
public enum SpatialRelation
{
    /// <summary>Higher in the picture.</summary>
    Above,

    /// <summary>Lower in the picture.</summary>
    Below,

    /// <summary>To the left, as the viewer sees it.</summary>
    Left,

    /// <summary>To the right, as the viewer sees it.</summary>
    Right,
}
