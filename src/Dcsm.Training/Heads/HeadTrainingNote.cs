using Dcsm.Data.DataSets.Labeled;
using Dcsm.IO.Collections;

namespace Dcsm.Training.Heads;

/// <summary>How a caption came about, for those who look at samples.</summary>
/// <param name="Why">What makes it true or false of the picture that it was made for, in words.</param>
/// <param name="Boxes">Where on that picture the things are that it names, as far as known.</param>
public sealed record HeadTrainingNote(string Why, IReadOnlyList<LabeledBox> Boxes)
{
    /// <summary>Where on that picture the things are that it names, as far as known.</summary>
    public IReadOnlyList<LabeledBox> Boxes
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Boxes);
}
