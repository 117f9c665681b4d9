using Dcsm.Data.Scenes;
using Dcsm.IO.Collections;

namespace Dcsm.Evaluation.Scenes;

/// <summary>One sample to be judged: two opposite pictures and, in each paraphrase, the caption of each.</summary>
/// <param name="Id">What it is called in results and errors.</param>
/// <param name="Part">The part of the split that its objects come from.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="Captions">The paraphrases that are true of the image.</param>
/// <param name="OppositeCaptions">The paraphrases that are true of the opposite image, in the same order.</param>
public sealed record SceneTest(
    string Id,
    SplitPart Part,
    SceneKind Kind,
    IReadOnlyList<string> Captions,
    IReadOnlyList<string> OppositeCaptions
)
{
    /// <summary>The paraphrases that are true of the image.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>The paraphrases that are true of the opposite image, in the same order.</summary>
    public IReadOnlyList<string> OppositeCaptions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(OppositeCaptions);

    /// <summary>How many paraphrases there are.</summary>
    public int Paraphrases => Captions.Count;
}
