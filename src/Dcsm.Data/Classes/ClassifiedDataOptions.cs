namespace Dcsm.Data.Classes;

/// <summary>How <see cref="ClassifiedData"/> reads pictures of classes.</summary>
public sealed record ClassifiedDataOptions
{
    /// <summary>A file of class names (<see cref="ClassNames"/>); null for what the data bring.</summary>
    public string? NamesFile { get; init; }

    /// <summary>The column or field of a table that names the class, or classes.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>The column or field of a table that names a picture's group; null for none.</summary>
    public string? GroupColumn { get; init; }
}
