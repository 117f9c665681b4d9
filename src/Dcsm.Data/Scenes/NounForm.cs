namespace Dcsm.Data.Scenes;

/// <summary>How a noun stands in a sentence.</summary>
public enum NounForm
{
    /// <summary>With "a" or "an": "an apple".</summary>
    Countable,

    /// <summary>Without an article, for several: "scissors".</summary>
    Plural,

    /// <summary>Without an article, for some of it: "bread".</summary>
    Mass,
}
