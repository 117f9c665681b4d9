using Dcsm.IO.Collections;

namespace Dcsm.Data.Pairs;

/// <summary>A picture and a caption that belong to one row of a table.</summary>
/// <param name="Row">Line of the file at which the row starts, from 1; the header is line 1.</param>
/// <param name="Image">The picture's name as the file has it.</param>
/// <param name="ImagePath">Where the picture is: relative names start at the folder of the table.</param>
/// <param name="Caption">The caption.</param>
/// <param name="Others">The row's other fields, by their columns, in the order of the table.</param>
public sealed record ImageCaptionPair(
    int Row,
    string Image,
    string ImagePath,
    string Caption,
    IReadOnlyList<KeyValuePair<string, string>> Others
)
{
    /// <summary>The row's other fields, by their columns, in the order of the table.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Others
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Others);
}
