namespace Dcsm.Data.Scenes;

/// <summary>What a pair of opposite scenes asks.</summary>
public enum SceneKind
{
    /// <summary>Which object has which color.</summary>
    Color,

    /// <summary>Which object is small and which is big.</summary>
    Size,

    /// <summary>Which object is above, below, to the left or to the right of the other.</summary>
    Spatial,

    /// <summary>Which object is there and which is not.</summary>
    Negation,
}
