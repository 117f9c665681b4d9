using Dcsm.IO.Collections;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>What a caption says of a scene, whatever its words: objects that are there or not, and how the first two stand.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Mentions">The objects that it names, each once.</param>
/// <param name="Relation">Where the first object is from the second; null where that is not said.</param>
public sealed record Statement(StatementKind Kind, IReadOnlyList<Mention> Mentions, SpatialRelation? Relation = null)
{
    /// <summary>The objects that it names, each once.</summary>
    public IReadOnlyList<Mention> Mentions
    {
        get;
        init => field = Contents.Of(value);
    } = Contents.Of(Mentions);

    /// <summary>An object is small up to this share of the picture's side.</summary>
    public const float MostOfSmall = 0.275f;

    /// <summary>An object is big from this share of the picture's side on.</summary>
    public const float LeastOfBig = 0.42f;

    // Shares of the picture's side, or of the distance along the axis.
    private const float LeastDistance = 0.25f;
    private const float MostSlant = 0.5f;
    private const float BesideSlant = 0.2f;

    /// <summary>
    /// Whether the statement is true of a scene; null where people might not agree: a color of an object in its own colors, a size
    /// between small and big, a relation along a diagonal.
    /// </summary>
    /// <param name="scene">The scene, no object of which occurs twice.</param>
    /// <param name="library">Its objects.</param>
    public bool? IsTrueOf(Scene scene, ObjectLibrary library)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentNullException.ThrowIfNull(library);
        bool? all = true;
        foreach (Mention mention in Mentions)
            all = And(all, IsTrueOf(mention, Find(scene, mention.Object)));
        if (Relation is not { } relation || all == false)
            return all;
        return And(all, Holds(relation, Find(scene, Mentions[0].Object)!, Find(scene, Mentions[1].Object)!, library));
    }

    /// <summary>Whether one object stands so from another; null where people might not agree.</summary>
    public static bool? Holds(SpatialRelation relation, PlacedObject first, PlacedObject second, ObjectLibrary library)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(library);
        (SceneBox a, SceneBox b) = (library.Box(first), library.Box(second));
        (float dx, float dy) = (second.CenterX - first.CenterX, second.CenterY - first.CenterY);
        (float along, float across, float gap) = relation switch
        {
            SpatialRelation.Above => (dy, dx, b.Top - a.Bottom),
            SpatialRelation.Below => (-dy, dx, a.Top - b.Bottom),
            SpatialRelation.Left => (dx, dy, b.Left - a.Right),
            _ => (-dx, dy, a.Left - b.Right),
        };
        across = MathF.Abs(across);
        if (along >= LeastDistance && across <= MostSlant * along && gap >= 0)
            return true;
        bool opposite = along <= -LeastDistance / 2;
        bool beside = across >= LeastDistance && MathF.Abs(along) <= BesideSlant * across;
        return opposite || beside ? false : null;
    }

    private static bool? IsTrueOf(Mention mention, PlacedObject? placed)
    {
        if (mention.IsAbsent || placed is null)
            return mention.IsAbsent == (placed is null);
        bool? color =
            mention.Color == SceneColors.None ? true
            : placed.Color == SceneColors.None ? null
            : placed.Color == mention.Color;
        return And(
            color,
            mention.Size is not { } size ? true
                : SizeOf(placed) is { } own ? own == size
                : null
        );
    }

    /// <summary>Whether a placed object is small or big; null between.</summary>
    internal static ObjectSize? SizeOf(PlacedObject placed) =>
        placed.Size <= MostOfSmall ? ObjectSize.Small
        : placed.Size >= LeastOfBig ? ObjectSize.Big
        : null;

    internal static PlacedObject? Find(Scene scene, int item)
    {
        foreach (PlacedObject placed in scene.Objects)
        {
            if (placed.Object == item)
                return placed;
        }

        return null;
    }

    // Kleene's: unknown unless one of the two decides.
    internal static bool? And(bool? a, bool? b) => a == false || b == false ? false : a & b;
}
