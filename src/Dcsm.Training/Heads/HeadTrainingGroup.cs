using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Collections;

namespace Dcsm.Training.Heads;

/// <summary>Some pictures and captions, and what is known of which caption is true of which picture.</summary>
/// <param name="Images">The pictures.</param>
/// <param name="Captions">The captions.</param>
/// <param name="Targets">
/// [images, captions]: 1 for true, 0 for false, between where a caption is neither, NaN where it is not known; a pair that is not known
/// takes no part.
/// </param>
/// <param name="Image">Per caption the picture that it was made for, by its place, or −1 for none. [captions]</param>
/// <param name="Kinds">Per caption what it is about, such as "color". [captions]</param>
public sealed record HeadTrainingGroup(
    IReadOnlyList<RgbImage> Images,
    IReadOnlyList<string> Captions,
    Grid<float> Targets,
    IReadOnlyList<int> Image,
    IReadOnlyList<string> Kinds
)
{
    /// <summary>The pictures.</summary>
    public IReadOnlyList<RgbImage> Images
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Images);

    /// <summary>The captions.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>Per caption the picture that it was made for, by its place, or −1 for none. [captions]</summary>
    public IReadOnlyList<int> Image
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Image);

    /// <summary>Per caption what it is about, such as "color". [captions]</summary>
    public IReadOnlyList<string> Kinds
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Kinds);

    /// <summary>What the pictures are called, for those who look at samples; null where they have no names. [images]</summary>
    public IReadOnlyList<string>? Names
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>How the captions came about, for those who look at samples; null where that is not known. [captions]</summary>
    public IReadOnlyList<HeadTrainingNote>? Notes
    {
        get;
        init => field = Contents.Of(value);
    }

    /// <summary>The target of a caption that says nothing of any picture.</summary>
    public const float Neither = 0.5f;

    /// <summary>
    /// The group of a sample: its captions are true of its picture and false of the negative one, and the other way round.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="kind">What its captions are about.</param>
    public static HeadTrainingGroup Of(HeadTrainingSample sample, string kind)
    {
        ArgumentNullException.ThrowIfNull(sample);
        IReadOnlyList<RgbImage> images = sample.NegativeImage is { } negative ? [sample.Image, negative] : [sample.Image];
        string[] captions = [.. sample.Captions, .. sample.NegativeCaptions];
        float[,] targets = new float[images.Count, captions.Length];
        for (int image = 0; image < images.Count; image++)
        {
            for (int caption = 0; caption < captions.Length; caption++)
                targets[image, caption] = image == 0 == caption < sample.Captions.Count ? 1 : 0;
        }

        return new HeadTrainingGroup(images, captions, targets, new int[captions.Length], [.. captions.Select(_ => kind)]);
    }
}
