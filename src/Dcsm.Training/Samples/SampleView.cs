using Dcsm.Clip.Preprocessing;
using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Collections;

namespace Dcsm.Training.Samples;

/// <summary>A caption and the picture that it was made for, as training takes them, to be looked at.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Group">The number of the sample in the stream.</param>
/// <param name="Name">What the picture is called; null where it has no name.</param>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">The caption.</param>
/// <param name="IsTrue">Whether it is true of the picture; null where it is neither true nor false.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Why">What makes it true or false, in words; null where that is not known.</param>
/// <param name="Boxes">Where the things are that it names, in pixels of the picture, as far as known.</param>
public sealed record SampleView(
    string Stream,
    long Group,
    string? Name,
    RgbImage Picture,
    string Caption,
    bool? IsTrue,
    string Kind,
    string? Why,
    IReadOnlyList<LabeledBox> Boxes
)
{
    /// <summary>Where the things are that it names, in pixels of the picture, as far as known.</summary>
    public IReadOnlyList<LabeledBox> Boxes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Boxes);
}
