using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Benchmarks.Compare;

/// <summary>Features to fit a probe to, as long as a CLIP's: unit vectors around a center for each class, drawn by a seed.</summary>
internal sealed record ProbeFeatures(int Pictures, int Width, int Classes)
{
    // So near to one another that a probe does not tell all classes apart.
    private const double Spread = 0.11;

    private const ulong Seed = 1,
        CenterStream = 0xCE,
        PictureStream = 0x91C;

    public int[] Labels { get; } = [.. Enumerable.Range(0, Pictures).Select(i => i % Classes)];

    /// <summary>[pictures, width]</summary>
    public float[] Draw()
    {
        float[][] centers = [.. Enumerable.Range(0, Classes).Select(k => Direction(new SceneRandom(Seed, CenterStream, (ulong)k)))];
        float[] features = new float[Pictures * Width];
        Parallel.For(
            0,
            Pictures,
            i =>
            {
                float[] noise = Direction(new SceneRandom(Seed, PictureStream, (ulong)i)),
                    center = centers[Labels[i]];
                Span<float> own = features.AsSpan(i * Width, Width);
                double squares = 0;
                for (int d = 0; d < Width; d++)
                {
                    own[d] = (float)((Spread * center[d]) + noise[d]);
                    squares += own[d] * own[d];
                }
                for (int d = 0; d < Width; d++)
                    own[d] = (float)(own[d] / Math.Sqrt(squares));
            }
        );
        return features;
    }

    private float[] Direction(SceneRandom random)
    {
        double[] values = new double[Width];
        for (int d = 0; d < Width; d++)
            values[d] = random.Normal();
        double length = Math.Sqrt(values.Sum(value => value * value));
        return [.. values.Select(value => (float)(value / length))];
    }
}
