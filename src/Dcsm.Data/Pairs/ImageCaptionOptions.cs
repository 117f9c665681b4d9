namespace Dcsm.Data.Pairs;

/// <summary>How a table of pictures and captions is laid out.</summary>
public sealed record ImageCaptionOptions
{
    /// <summary>The columns of the picture and of the caption; null for the first of the usual names that are there.</summary>
    public (string Image, string Caption)? Columns { get; init; }

    /// <summary>What stands between fields; null to see by the header: a comma, or else a semicolon or a tab.</summary>
    public char? Separator { get; init; }

    /// <summary>Whether a picture may be missing; whoever opens it is told.</summary>
    public bool AllowMissing { get; init; }
}
