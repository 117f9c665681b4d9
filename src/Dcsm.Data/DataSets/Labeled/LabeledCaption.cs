using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>A caption and how it came about.</summary>
/// <param name="Text">The caption.</param>
/// <param name="Kind">What it is about, such as "color".</param>
/// <param name="Picture">The picture that it was made for, by its place in the group.</param>
/// <param name="Why">What makes it true or false of that picture, in words.</param>
/// <param name="Boxes">Where on that picture the things are that it names, as far as known.</param>
public sealed record LabeledCaption(string Text, string Kind, int Picture, string Why, IReadOnlyList<LabeledBox> Boxes)
{
    /// <summary>Where on that picture the things are that it names, as far as known.</summary>
    public IReadOnlyList<LabeledBox> Boxes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Boxes);
}
