using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;

namespace Dcsm.Evaluation.Geometry;

/// <summary>Draws the pictures of the conditions: one or two objects, tinted or not, on one and the same background.</summary>
public sealed class ScenePictures
{
    /// <summary>Where a single object may be.</summary>
    public static readonly IReadOnlyList<string> Places = ["the left", "the right"];

    /// <summary>How an object may stand to another.</summary>
    public static readonly IReadOnlyList<string> Relations = ["left of", "right of"];

    private const float Size = 0.4f,
        Near = 0.27f,
        Middle = 0.5f;

    private readonly ObjectLibrary _library;
    private readonly SceneRenderer _renderer;
    private readonly ulong _background;

    /// <param name="library">The objects.</param>
    /// <param name="side">Side of the pictures, in pixels.</param>
    /// <param name="background">Seed of the background.</param>
    public ScenePictures(ObjectLibrary library, int side, ulong background) =>
        (_library, _renderer, _background) = (library, new SceneRenderer(library, side), background);

    /// <summary>Everything that the conditions ask of.</summary>
    /// <param name="concepts">Names of objects.</param>
    /// <param name="attributes">Names of colors.</param>
    public static IEnumerable<GeometryPicture> All(IReadOnlyList<string> concepts, IReadOnlyList<string> attributes)
    {
        ArgumentNullException.ThrowIfNull(concepts);
        ArgumentNullException.ThrowIfNull(attributes);
        foreach (string x in concepts)
        {
            yield return new GeometryPicture(x);
            foreach (string attribute in attributes)
                yield return new GeometryPicture(x, attribute);
            foreach (string place in Places)
                yield return new GeometryPicture(x, Place: place);
            foreach (string y in concepts.Where(other => other != x))
            {
                yield return new GeometryPicture(x, Y: y);
                foreach (string relation in Relations)
                    yield return new GeometryPicture(x, Y: y, Relation: relation);
                foreach ((string a, int i) in attributes.Select((a, i) => (a, i)))
                {
                    foreach (string b in attributes.Skip(i + 1))
                        yield return new GeometryPicture(x, a, Y: y, AttributeOfY: b);
                }
            }
        }
    }

    /// <summary>Draws one, [side, side, 3].</summary>
    /// <exception cref="ArgumentException">It names no object of the library.</exception>
    public byte[] Draw(GeometryPicture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        // Pairs without a relation stand in an order of their own, so that (x, y) and (y, x), and exchanged attributes, are told apart by
        // what
        // is asked alone.
        bool first = picture.Relation is null ? string.CompareOrdinal(picture.X, picture.Y) < 0 : picture.Relation == Relations[0];
        float x =
            picture.Y is not null ? (first ? Near : 1 - Near)
            : picture.Place is null ? Middle
            : picture.Place == Places[0] ? Near
            : 1 - Near;
        List<PlacedObject> placed = [Place(picture.X, x, picture.Attribute)];
        if (picture.Y is { } y)
            placed.Add(Place(y, 1 - x, picture.AttributeOfY));
        return _renderer.Render(new Scene(_background, placed));
    }

    private PlacedObject Place(string name, float x, string? color) =>
        new(_library.IndexOf(name), x, Middle, Size, color is null ? SceneColors.None : SceneColors.IndexOf(color), false);
}
