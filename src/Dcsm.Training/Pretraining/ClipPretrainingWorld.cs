using Dcsm.Data.Scenes;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Pretraining;

/// <summary>
/// The pictures of pre-training: a pure function of seed, step and place in the batch, so that a resumed run
/// sees what an uninterrupted one would have seen.
/// </summary>
internal sealed class ClipPretrainingWorld(ObjectLibrary library)
{
    private const int PlacementAttempts = 60;

    /// <summary>One object over 34–64 of 96 px, half of them tinted.</summary>
    public Scene Single(ref SceneRandom random)
    {
        float size = 0.35f + 0.32f * random.NextSingle();
        return new Scene(random.NextUInt64(), [Place(random.NextInt(library.Objects.Count), size, ref random)]);
    }

    /// <summary>Two or three objects of 20–48 of 96 px that do not cover one another, half of them tinted.</summary>
    public Scene Many(ref SceneRandom random)
    {
        ulong background = random.NextUInt64();
        int wanted = random.NextDouble() < 0.75 ? 2 : 3;
        var objects = new List<PlacedObject>();
        for (int attempt = 0; attempt < PlacementAttempts && objects.Count < wanted; attempt++)
        {
            int index = random.NextInt(library.Objects.Count);
            // Uniform in the logarithm: small objects are as frequent as big ones.
            float size = 0.21f * MathF.Pow(2.4f, random.NextSingle());
            if (wanted == 3)
                size *= 0.85f;
            PlacedObject candidate = Place(index, size, ref random);
            if (objects.All(o => o.Object != index && Apart(o, candidate)))
                objects.Add(candidate);
        }
        return new Scene(background, objects);
    }

    private static bool Apart(PlacedObject a, PlacedObject b)
    {
        float reach = 0.47f * (a.Size + b.Size);
        return MathF.Abs(a.CenterX - b.CenterX) > reach || MathF.Abs(a.CenterY - b.CenterY) > reach;
    }

    private static PlacedObject Place(int index, float size, ref SceneRandom random)
    {
        float x = size / 2 + (1 - size) * random.NextSingle();
        float y = size / 2 + (1 - size) * random.NextSingle();
        int color = random.NextDouble() < 0.5 ? random.NextInt(SceneColors.Names.Count) : -1;
        return new PlacedObject(index, x, y, size, color, random.NextDouble() < 0.5);
    }
}
