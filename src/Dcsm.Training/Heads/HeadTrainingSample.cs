using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Collections;

namespace Dcsm.Training.Heads;

/// <summary>One or two pictures and the captions that tell them apart.</summary>
/// <param name="Image">The picture that <paramref name="Captions"/> are true of.</param>
/// <param name="NegativeImage">
/// The picture that <paramref name="NegativeCaptions"/> are true of. Null where there is none: the captions are then told apart
/// on <paramref name="Image"/> alone.
/// </param>
/// <param name="Captions">Paraphrases of what <paramref name="Image"/> shows, at least one.</param>
/// <param name="NegativeCaptions">As many paraphrases of the hard negative, in the same order.</param>
public sealed record HeadTrainingSample(
    RgbImage Image,
    RgbImage? NegativeImage,
    IReadOnlyList<string> Captions,
    IReadOnlyList<string> NegativeCaptions
)
{
    /// <summary>Paraphrases of what <see cref="Image"/> shows, at least one.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>As many paraphrases of the hard negative, in the same order.</summary>
    public IReadOnlyList<string> NegativeCaptions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(NegativeCaptions);

    /// <summary>Caption and negative caption, paraphrase by paraphrase, sample by sample: the order in which they are encoded.</summary>
    internal static string[] CaptionsOf(IEnumerable<HeadTrainingSample> samples) =>
        [
            .. samples.SelectMany(sample =>
                sample.Captions.Zip(sample.NegativeCaptions, (caption, negative) => new[] { caption, negative }).SelectMany(pair => pair)
            ),
        ];
}
