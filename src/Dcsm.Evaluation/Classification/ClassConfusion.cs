using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Classification;

/// <summary>Pictures of one class that are taken for another.</summary>
/// <param name="Class">What they show.</param>
/// <param name="Chosen">What they are taken for.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Pictures">Which, by their places in the set.</param>
public sealed record ClassConfusion(string Class, string Chosen, int Count, IReadOnlyList<int> Pictures)
{
    /// <summary>Which, by their places in the set.</summary>
    public IReadOnlyList<int> Pictures
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Pictures);
}
