using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Statements;

/// <summary>Draws scenes of one to four objects, and scenes that differ from a given one in one respect.</summary>
internal sealed class StatementScenes(ObjectLibrary library, SceneSampler sampler)
{
    private const int Attempts = 60;

    private static readonly (float Low, float High) Small = (0.20f, 0.27f),
        Big = (0.43f, 0.55f);

    // By the number of objects: of one alone, of two, three, four.
    private static readonly (float Low, float High)[] Middle = [(0.31f, 0.39f), (0.31f, 0.39f), (0.30f, 0.38f), (0.28f, 0.34f)];

    /// <summary>Draws a scene.</summary>
    public Scene Draw(SplitPart part, ref SceneRandom random)
    {
        ulong background = random.NextUInt64();
        int count = random.NextDouble() switch
        {
            < 0.2 => 1,
            < 0.6 => 2,
            < 0.85 => 3,
            _ => 4,
        };
        List<int> items = ChooseObjects(count, part, ref random);
        int[] colors = SceneSampler.ChooseTints(ref random, items.Count, chance: 0.65);
        bool clear = random.NextBool(0.6);
        while (true)
        {
            // Small and big stand side by side or not at all, so that neither word is the more frequent one.
            float[] sizes = ChooseSizes(items.Count, ref random);
            if (Place(items, sizes, colors, clear, ref random) is { } placed)
                return new Scene(background, placed);
        }
    }

    /// <summary>
    /// A scene that differs in one respect: two colors, places or sizes exchanged, an object recolored, replaced or gone.
    /// </summary>
    public Scene Vary(Scene scene, SplitPart part, ref SceneRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryVary(scene, part, ref random) is { } varied)
                return varied;
        }

        return Draw(part, ref random);
    }

    private Scene? TryVary(Scene scene, SplitPart part, ref SceneRandom random)
    {
        PlacedObject[] objects = [.. scene.Objects];
        int i = random.NextInt(objects.Length),
            j = objects.Length > 1 ? (i + 1 + random.NextInt(objects.Length - 1)) % objects.Length : i;
        (PlacedObject a, PlacedObject b) = (objects[i], objects[j]);
        switch (random.NextInt(6))
        {
            case 0 when i != j && a.Color != b.Color:
                (objects[i], objects[j]) = (a with { Color = b.Color }, b with { Color = a.Color });
                break;
            case 1 when i != j:
                (objects[i], objects[j]) = (
                    a with
                    {
                        CenterX = b.CenterX,
                        CenterY = b.CenterY,
                    },
                    b with
                    {
                        CenterX = a.CenterX,
                        CenterY = a.CenterY,
                    }
                );
                break;
            case 2 when i != j && Statement.SizeOf(a) != Statement.SizeOf(b):
                (objects[i], objects[j]) = (a with { Size = b.Size }, b with { Size = a.Size });
                break;
            case 3:
                int color = random.NextInt(SceneColors.Count);
                if (objects.Any(other => other.Color == color))
                    return null;
                objects[i] = a with { Color = color };
                break;
            case 4:
                int[] others = [.. objects.Where(other => other != a).Select(other => other.Object), a.Object];
                if (sampler.ChooseOther(ref random, others, part) is not (>= 0 and var item))
                    return null;
                objects[i] = a with { Object = item };
                break;
            case 5 when i != j:
                objects = [.. objects.Where(other => other != a)];
                break;
            default:
                return null;
        }

        return Fits(objects) ? scene with { Objects = objects } : null;
    }

    private List<int> ChooseObjects(int count, SplitPart part, ref SceneRandom random)
    {
        (int first, int second) = sampler.ChoosePair(ref random, part);
        List<int> items = count == 1 ? [first] : [first, second];
        while (items.Count < count && sampler.ChooseOther(ref random, items.ToArray(), part) is >= 0 and var item)
            items.Add(item);
        return items;
    }

    private static float[] ChooseSizes(int count, ref SceneRandom random)
    {
        float[] sizes = new float[count];
        if (count == 1)
        {
            (float low, float high) = random.NextInt(3) switch
            {
                0 => Small,
                1 => (Big.Low, 0.65f),
                _ => Middle[0],
            };
            sizes[0] = random.NextSingle(low, high);
            return sizes;
        }

        for (int i = 0; i < count; i++)
            sizes[i] = random.NextSingle(Middle[count - 1].Low, Middle[count - 1].High);
        if (random.NextBool(0.45))
        {
            int small = random.NextInt(count),
                big = (small + 1 + random.NextInt(count - 1)) % count;
            sizes[small] = random.NextSingle(Small.Low, Small.High);
            sizes[big] = random.NextSingle(Big.Low, Big.High);
        }

        return sizes;
    }

    private PlacedObject[]? Place(List<int> items, float[] sizes, int[] colors, bool clear, ref SceneRandom random)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var placed = new PlacedObject[items.Count];
            for (int i = 0; i < placed.Length; i++)
            {
                PlacedObject centered = new(items[i], 0.5f, 0.5f, sizes[i], colors[i], random.NextBool());
                SceneBox box = library.Box(centered);
                placed[i] = centered with
                {
                    CenterX = SceneLayout.Within(ref random, box.Width),
                    CenterY = SceneLayout.Within(ref random, box.Height),
                };
            }

            if (Fits(placed) && (!clear || placed.Length < 2 || IsClear(placed[0], placed[1])))
                return placed;
        }

        return null;
    }

    private bool Fits(PlacedObject[] objects)
    {
        for (int i = 0; i < objects.Length; i++)
        {
            SceneBox box = library.Box(objects[i]);
            if (
                box.Left < SceneLayout.Margin - 1e-4f
                || box.Top < SceneLayout.Margin - 1e-4f
                || box.Right > 1 - SceneLayout.Margin + 1e-4f
                || box.Bottom > 1 - SceneLayout.Margin + 1e-4f
            )
            {
                return false;
            }

            for (int j = 0; j < i; j++)
            {
                if (box.Overlap(library.Box(objects[j])) > SceneLayout.MaxOverlap)
                    return false;
            }
        }

        return true;
    }

    private bool IsClear(PlacedObject first, PlacedObject second) =>
        Enum.GetValues<SpatialRelation>().Any(relation => Statement.Holds(relation, first, second, library) == true);
}
