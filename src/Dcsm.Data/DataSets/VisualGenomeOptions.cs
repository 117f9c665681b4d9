using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>What is taken from Visual Genome.</summary>
public sealed record VisualGenomeOptions
{
    /// <summary>Attributes that captions name; colors, because objects without one of them can be told to lack it.</summary>
    public IReadOnlyList<string> Attributes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of<string>(["black", "white", "gray", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown"]);

    /// <summary>
    /// Smallest distance of the boxes' centres along the axis of a relation, as a share of the mean of the boxes' sides along it. A
    /// relation that the boxes do not bear out so clearly is left out.
    /// </summary>
    public double MinDistance { get; init; } = 0.5;

    /// <summary>
    /// Largest part of the smaller box that the other one may cover in a relation: what is within another thing is not beside or above it.
    /// </summary>
    public double MaxOverlap { get; init; } = 0.5;

    /// <summary>Largest number of attribute records, and of relation records, of one picture.</summary>
    public int MaxPairs { get; init; } = 4;

    /// <summary>Seed of choices: which pairs, which object is named first.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Where the pictures are, if not beside the annotations.</summary>
    public string? Images { get; init; }
}
