namespace Dcsm.Data.Scenes.Statements;

/// <summary>A size that a statement gives an object.</summary>
public enum ObjectSize
{
    /// <summary>Its longer side is at most <see cref="Statement.MostOfSmall"/> of the picture's.</summary>
    Small,

    /// <summary>Its longer side is at least <see cref="Statement.LeastOfBig"/> of the picture's.</summary>
    Big,
}
