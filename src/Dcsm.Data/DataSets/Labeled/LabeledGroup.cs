using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets.Labeled;

/// <summary>Some pictures and captions, and which caption is true of which picture.</summary>
/// <param name="Pictures">Name and place of each picture.</param>
/// <param name="Captions">The captions.</param>
/// <param name="Truth">[pictures, captions]; null where it is not known, or not told.</param>
/// <param name="Empty">Captions that say nothing of any picture.</param>
public sealed record LabeledGroup(
    IReadOnlyList<(string Name, string Path)> Pictures,
    IReadOnlyList<LabeledCaption> Captions,
    Grid<bool?> Truth,
    IReadOnlyList<string> Empty
)
{
    /// <summary>Name and place of each picture.</summary>
    public IReadOnlyList<(string Name, string Path)> Pictures
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Pictures);

    /// <summary>The captions.</summary>
    public IReadOnlyList<LabeledCaption> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>Captions that say nothing of any picture.</summary>
    public IReadOnlyList<string> Empty
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Empty);
}
