using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes;

/// <summary>Places for objects. All lengths are fractions of the picture's side.</summary>
internal sealed class SceneLayout(ObjectLibrary library)
{
    /// <summary>How far boxes stay from the picture's edge.</summary>
    public const float Margin = 0.01f;

    /// <summary>The share of the smaller box that another one may cover.</summary>
    public const float MaxOverlap = 0.02f;

    /// <summary>Smallest gap between the boxes of a spatial relation, along its axis.</summary>
    public const float MinGap = 0.04f;

    /// <summary>Smallest distance of the centers of a spatial relation, along its axis.</summary>
    public const float MinDistance = 0.30f;

    /// <summary>Largest offset across the axis of a spatial relation, as a share of the distance along it.</summary>
    public const float MaxSlant = 0.30f;

    /// <summary>Smallest ratio of a big object's longer side to a small one's.</summary>
    public const float MinSizeRatio = 1.7f;

    /// <summary>Box sizes of an object of a given longer side.</summary>
    public (float Width, float Height) Extent(int index, float size)
    {
        SceneObject item = library.Objects[index];
        float longer = Math.Max(item.Width, item.Height);
        return (size * item.Width / longer, size * item.Height / longer);
    }

    /// <summary>Objects of sizes alike at random places, apart from each other.</summary>
    /// <param name="random">Where the places come from.</param>
    /// <param name="alternatives">For each place, the objects that must fit there.</param>
    /// <param name="low">Smallest longer side.</param>
    /// <param name="high">Largest longer side; it shrinks towards <paramref name="low"/> where there is no room.</param>
    public Place[] Scatter(ref SceneRandom random, IReadOnlyList<int[]> alternatives, float low, float high)
    {
        var places = new Place[alternatives.Count];
        while (true)
        {
            float size = random.NextSingle(low, high);
            if (TryScatter(ref random, alternatives, low, size, places))
                return places;
            high = low + ((high - low) * 0.97f);
        }
    }

    private bool TryScatter(ref SceneRandom random, IReadOnlyList<int[]> alternatives, float low, float size, Place[] places)
    {
        for (int i = 0; i < places.Length; i++)
        {
            float own = MathF.Max(low, size * random.NextSingle(0.87f, 1f));
            float width = 0,
                height = 0;
            foreach (int item in alternatives[i])
            {
                (float w, float h) = Extent(item, own);
                width = MathF.Max(width, w);
                height = MathF.Max(height, h);
            }

            places[i] = new Place(Within(ref random, width), Within(ref random, height), own, width, height);
            for (int j = 0; j < i; j++)
            {
                if (places[i].Box.Overlap(places[j].Box) > MaxOverlap)
                    return false;
            }
        }

        return true;
    }

    /// <summary>Two places that hold either object small with the other one big.</summary>
    /// <returns>The places, each with the box of its big object, and the two sizes.</returns>
    public (Place First, Place Second, float Small, float Big) SmallAndBig(ref SceneRandom random, int first, int second)
    {
        while (true)
        {
            float small = random.NextSingle(0.20f, 0.27f);
            float big = random.NextSingle(MathF.Max(0.42f, small * (MinSizeRatio + 0.01f)), 0.52f);
            Place a = PlaceOf(ref random, first, big);
            Place b = PlaceOf(ref random, second, big);
            if (a.Box.Overlap(Resize(b, second, small).Box) <= MaxOverlap && Resize(a, first, small).Box.Overlap(b.Box) <= MaxOverlap)
                return (a, b, small, big);
        }
    }

    /// <summary>Two places of a clear relation that may be exchanged.</summary>
    /// <param name="random">Where the places come from.</param>
    /// <param name="first">The object that is above or to the left.</param>
    /// <param name="second">The other one.</param>
    /// <param name="vertical">Whether the first is above the second; to the left of it otherwise.</param>
    /// <returns>The first place (above, or to the left), then the second; the sizes are those of the first and second object.</returns>
    public (Place First, Place Second) Related(ref SceneRandom random, int first, int second, bool vertical)
    {
        while (true)
        {
            float size = random.NextSingle(0.27f, 0.47f);
            float sizeA = MathF.Max(0.27f, size * random.NextSingle(0.85f, 1f));
            float sizeB = MathF.Max(0.27f, size * random.NextSingle(0.85f, 1f));
            (float widthA, float heightA) = Extent(first, sizeA);
            (float widthB, float heightB) = Extent(second, sizeB);
            (float alongA, float acrossA) = vertical ? (heightA, widthA) : (widthA, heightA);
            (float alongB, float acrossB) = vertical ? (heightB, widthB) : (widthB, heightB);

            // Either object has to fit at either place.
            float along = MathF.Max(alongA, alongB);
            float across = MathF.Max(acrossA, acrossB);
            float least = MathF.Max(MinDistance, ((alongA + alongB) / 2) + MinGap) + 0.005f;
            float most = 1 - (2 * Margin) - along;
            if (least > most)
                continue;
            float distance = random.NextSingle(least, MathF.Min(most, least + 0.2f));
            float start = Margin + (along / 2) + ((most - distance) * random.NextSingle());
            float middle = Within(ref random, across);
            float slant = distance * MaxSlant * 0.98f;
            float other = Math.Clamp(middle + random.NextSingle(-slant, slant), Margin + (across / 2), 1 - Margin - (across / 2));
            return vertical
                ? (new Place(middle, start, sizeA, widthA, heightA), new Place(other, start + distance, sizeB, widthB, heightB))
                : (new Place(start, middle, sizeA, widthA, heightA), new Place(start + distance, other, sizeB, widthB, heightB));
        }
    }

    private Place PlaceOf(ref SceneRandom random, int item, float size)
    {
        (float width, float height) = Extent(item, size);
        return new Place(Within(ref random, width), Within(ref random, height), size, width, height);
    }

    private Place Resize(Place place, int item, float size)
    {
        (float width, float height) = Extent(item, size);
        return place with { Size = size, Width = width, Height = height };
    }

    /// <summary>A center so that something this long lies inside of the picture.</summary>
    internal static float Within(ref SceneRandom random, float length) =>
        random.NextSingle(Margin + (length / 2), 1 - Margin - (length / 2));

    /// <summary>Room for an object: center, longer side, and the box.</summary>
    internal readonly record struct Place(float X, float Y, float Size, float Width, float Height)
    {
        public SceneBox Box => new(X - (Width / 2), Y - (Height / 2), Width, Height);
    }
}
