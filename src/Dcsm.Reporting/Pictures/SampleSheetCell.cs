using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Pictures;

/// <summary>A picture of a sheet.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Boxes">What is framed on it, in pixels of the picture.</param>
/// <param name="Captions">What stands beneath it.</param>
public sealed record SampleSheetCell(
    string Title,
    RgbImage Picture,
    IReadOnlyList<LabeledBox> Boxes,
    IReadOnlyList<SampleSheetCaption> Captions
)
{
    /// <summary>What is framed on it, in pixels of the picture.</summary>
    public IReadOnlyList<LabeledBox> Boxes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Boxes);

    /// <summary>What stands beneath it.</summary>
    public IReadOnlyList<SampleSheetCaption> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);
}
