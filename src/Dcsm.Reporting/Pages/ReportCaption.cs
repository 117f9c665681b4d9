using Dcsm.IO.Collections;

namespace Dcsm.Reporting.Pages;

/// <summary>A caption beside a sample picture.</summary>
/// <param name="Text">The caption.</param>
/// <param name="IsTrue">Whether it is true of the picture; null where that is not known.</param>
/// <param name="Scores">What each of the sample's scorers gave it.</param>
public sealed record ReportCaption(string Text, bool? IsTrue, IReadOnlyList<float> Scores)
{
    /// <summary>What each of the sample's scorers gave it.</summary>
    public IReadOnlyList<float> Scores
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Scores);
}
