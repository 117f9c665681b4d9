using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Pictures;

/// <summary>How a <see cref="DenseMapPicture"/> is drawn.</summary>
public sealed record DenseMapPictureOptions
{
    /// <summary>Panels a row, the picture itself being the first; at least 2.</summary>
    public int Columns { get; init; } = 6;

    /// <summary>Pixels a unit; a panel is 132 units wide.</summary>
    public float Scale { get; init; } = 2;

    /// <summary>Words to leave out; case does not matter.</summary>
    public IReadOnlyList<string> Skip
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(DenseMapPicture.Articles);

    /// <summary>
    /// Whether each word has a scale of its own, which shows where it points even when its values are low throughout; else all share one,
    /// so that words can be compared.
    /// </summary>
    public bool OwnScales { get; init; }

    /// <summary>The whole picture, where the model does not see all of it as it is; null where it does.</summary>
    public RgbImage? Whole { get; init; }

    /// <summary>The caption as it was written, where the head reads it in other words; null for the map's own.</summary>
    public string? Caption { get; init; }

    /// <summary>What stands below the caption, such as its scores; empty for nothing.</summary>
    public string Note { get; init; } = "";
}
