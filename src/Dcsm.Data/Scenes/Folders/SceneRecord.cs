using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes.Folders;

/// <summary>A stored pair of opposite scenes: one line of <c>scenes.jsonl</c>.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Part">The part of the split that the objects come from.</param>
/// <param name="Seed">The seed of the stream that the sample was drawn from.</param>
/// <param name="Index">The sample's number in that stream.</param>
/// <param name="ImageFile">
/// The picture that <paramref name="Captions"/> are true of. Relative to the data set's folder in the file, joined with the folder once
/// read.
/// </param>
/// <param name="OppositeFile">The picture that <paramref name="OppositeCaptions"/> are true of.</param>
/// <param name="ImageSize">Side of both pictures in pixels.</param>
/// <param name="BackgroundSeed">Decides the background of both.</param>
/// <param name="Captions">Two paraphrases of the same fact.</param>
/// <param name="OppositeCaptions">Two paraphrases of the opposite.</param>
/// <param name="Objects">What the picture shows.</param>
/// <param name="OppositeObjects">What the opposite picture shows.</param>
public sealed record SceneRecord(
    SceneKind Kind,
    SplitPart Part,
    ulong Seed,
    long Index,
    string ImageFile,
    string OppositeFile,
    int ImageSize,
    ulong BackgroundSeed,
    IReadOnlyList<string> Captions,
    IReadOnlyList<string> OppositeCaptions,
    IReadOnlyList<SceneRecordObject> Objects,
    IReadOnlyList<SceneRecordObject> OppositeObjects
)
{
    /// <summary>Two paraphrases of the same fact.</summary>
    public IReadOnlyList<string> Captions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Captions);

    /// <summary>Two paraphrases of the opposite.</summary>
    public IReadOnlyList<string> OppositeCaptions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(OppositeCaptions);

    /// <summary>What the picture shows.</summary>
    public IReadOnlyList<SceneRecordObject> Objects
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Objects);

    /// <summary>What the opposite picture shows.</summary>
    public IReadOnlyList<SceneRecordObject> OppositeObjects
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(OppositeObjects);

    internal static SceneRecord Of(
        SceneSample sample,
        SplitPart part,
        ulong seed,
        long index,
        ObjectLibrary library,
        int imageSize,
        string imageFile,
        string oppositeFile
    ) =>
        new(
            sample.Kind,
            part,
            seed,
            index,
            imageFile,
            oppositeFile,
            imageSize,
            sample.Image.BackgroundSeed,
            sample.Captions,
            sample.OppositeCaptions,
            Describe(library, sample.Image, imageSize),
            Describe(library, sample.Opposite, imageSize)
        );

    private static SceneRecordObject[] Describe(ObjectLibrary library, Scene scene, int imageSize) =>
        [
            .. scene.Objects.Select(placed =>
            {
                SceneBox box = library.Box(placed);
                return new SceneRecordObject(
                    library.Objects[placed.Object].Name,
                    new SceneBox(Pixels(box.Left), Pixels(box.Top), Pixels(box.Width), Pixels(box.Height)),
                    placed.Color == SceneColors.None ? null : SceneColors.Names[placed.Color],
                    placed.CenterX,
                    placed.CenterY,
                    placed.Size,
                    placed.Mirrored
                );

                float Pixels(float fraction) => MathF.Round(fraction * imageSize, 2);
            }),
        ];
}
