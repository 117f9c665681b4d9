using Dcsm.IO.Collections;

namespace Dcsm.Data.DataSets;

/// <summary>A picture, captions that are true of it, and captions that are not but are made of the same words.</summary>
/// <param name="Image">The picture's name as its data set has it.</param>
/// <param name="ImagePath">Where the picture is.</param>
/// <param name="NegativeImage">The name of the picture that the negative captions are true of; null where there is none.</param>
/// <param name="NegativeImagePath">Where that picture is; null where there is none.</param>
/// <param name="Captions">Two paraphrases of what the picture shows.</param>
/// <param name="NegativeCaptions">Two paraphrases of the hard negative, in the order of <paramref name="Captions"/>.</param>
/// <param name="Objects">The two objects that the captions are about; null where the data set does not say them.</param>
public sealed record HardNegativeRecord(
    string Image,
    string ImagePath,
    string? NegativeImage,
    string? NegativeImagePath,
    IReadOnlyList<string> Captions,
    IReadOnlyList<string> NegativeCaptions,
    (string First, string Second)? Objects
)
{
    /// <summary>Two paraphrases of what the picture shows.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>Two paraphrases of the hard negative, in the order of <see cref="Captions"/>.</summary>
    public IReadOnlyList<string> NegativeCaptions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(NegativeCaptions);
}
