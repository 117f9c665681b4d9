namespace Dcsm.Data.Scenes;

/// <summary>The parts of a <see cref="SceneSplit"/>.</summary>
public enum SplitPart
{
    /// <summary>Pairs of seen objects, to train on.</summary>
    Train,

    /// <summary>Pairs of seen objects that training never combines.</summary>
    UnseenPairs,

    /// <summary>Pairs of objects that training never shows.</summary>
    UnseenObjects,
}
