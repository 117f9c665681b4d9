using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes;

/// <summary>Two scenes that differ in one respect, and the captions that tell them apart.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Image">The scene that <paramref name="Captions"/> are true of.</param>
/// <param name="Opposite">The scene that <paramref name="OppositeCaptions"/> are true of; same background.</param>
/// <param name="Captions">Two paraphrases of the same fact.</param>
/// <param name="OppositeCaptions">Two paraphrases, in the order of <paramref name="Captions"/>.</param>
public sealed record SceneSample(
    SceneKind Kind,
    Scene Image,
    Scene Opposite,
    IReadOnlyList<string> Captions,
    IReadOnlyList<string> OppositeCaptions
)
{
    /// <summary>Two paraphrases of the same fact.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>Two paraphrases, in the order of <see cref="Captions"/>.</summary>
    public IReadOnlyList<string> OppositeCaptions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(OppositeCaptions);
}
