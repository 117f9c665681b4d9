using Dcsm.Data.Classes;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Evaluation.ZeroShot;

/// <summary>Freshly drawn pictures of single objects as a data set, a class for each object.</summary>
public static class ObjectPictures
{
    /// <summary>Draws the set whose pictures <see cref="ZeroShotEvaluation"/> asks of.</summary>
    /// <param name="library">The objects.</param>
    /// <param name="side">Side of the pictures, in pixels.</param>
    /// <param name="options">How many of each, their sizes and the seed.</param>
    public static ClassifiedSet Create(ObjectLibrary library, int side, ZeroShotOptions options)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(options);
        var renderer = new SceneRenderer(library, side);
        return new ClassifiedSet(
            "objects",
            [.. library.Objects.Select(own => new PictureClass(own.Name, [own.Name]))],
            [
                .. Enumerable
                    .Range(0, library.Objects.Count * options.PicturesPerObject)
                    .Select(i =>
                    {
                        int thing = i / options.PicturesPerObject;
                        return ClassifiedPicture.OfRgb(
                            FormattableString.Invariant($"{library.Objects[thing].Name} {i % options.PicturesPerObject}"),
                            [thing],
                            side,
                            side,
                            () =>
                            {
                                byte[] rgb = new byte[renderer.ByteCount];
                                renderer.Render(ZeroShotEvaluation.Draw(library, thing, i, options), rgb);
                                return rgb;
                            }
                        );
                    }),
            ]
        );
    }
}
