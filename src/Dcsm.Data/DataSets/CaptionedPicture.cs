using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>A picture and what is true of it.</summary>
/// <param name="Name">Its name as its data set has it.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Captions">Its captions, at least one.</param>
public sealed record CaptionedPicture(string Name, string Path, IReadOnlyList<string> Captions)
{
    /// <summary>Its captions, at least one.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);
}
