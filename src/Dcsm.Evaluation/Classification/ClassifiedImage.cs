using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Classification;

/// <summary>A picture with the labels that it may have, the likeliest first.</summary>
/// <param name="Image">The picture as it was named.</param>
/// <param name="Labels">All labels.</param>
public sealed record ClassifiedImage(string Image, IReadOnlyList<LabelGuess> Labels)
{
    /// <summary>All labels.</summary>
    public IReadOnlyList<LabelGuess> Labels
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Labels);
}
