namespace Dcsm.Maps;

/// <summary>Over what a map is brought to mean 0 and standard deviation 1 before the head reads it.</summary>
public enum MapStandardization
{
    /// <summary>Each map by itself, so that the score of a pair does not depend on its neighbors. The default.</summary>
    PerMap,

    /// <summary>
    /// All maps of a call together, as the official code does it (<c>standardize</c>): a score depends on what else is scored
    /// in the same call.
    /// </summary>
    WholeBatch,

    /// <summary>
    /// By constants that were measured once on training data (<c>DcsmConfig.MapMean</c>, <c>DcsmConfig.MapDeviation</c>): a score
    /// depends on its pair alone, and the level of a map, how high its cosines are, reaches the head.
    /// </summary>
    Fixed,
}
