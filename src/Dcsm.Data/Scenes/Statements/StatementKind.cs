namespace Dcsm.Data.Scenes.Statements;

/// <summary>What a statement about a scene is about.</summary>
public enum StatementKind
{
    /// <summary>One object: "a dog".</summary>
    Name,

    /// <summary>Two or three objects: "a dog and a cat".</summary>
    Pair,

    /// <summary>Colors of one or two objects: "a red dog and a blue cat".</summary>
    Color,

    /// <summary>Sizes of one or two objects: "a small dog and a big cat".</summary>
    Size,

    /// <summary>Where one object is from another: "a dog above a cat".</summary>
    Spatial,

    /// <summary>What is not there: "a dog but no cat", "no cat".</summary>
    Negation,

    /// <summary>Two or three of these at once: "a red dog above a blue cat".</summary>
    Combined,
}
