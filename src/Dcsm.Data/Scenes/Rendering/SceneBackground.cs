using System.Runtime.Intrinsics;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Rendering;

/// <summary>Generated backgrounds, 0…1 a channel, and the last step from there to bytes.</summary>
internal static class SceneBackground
{
    private const int MaxCells = 24;

    /// <summary>Fills the canvas with a soft field of muted colors, or a gradient, a horizon, stripes, a grain.</summary>
    public static void Paint(ref SceneRandom random, Span<Vector128<float>> canvas, int size)
    {
        switch (random.NextInt(10))
        {
            case 0 or 1:
                PaintGradient(ref random, canvas, size);
                break;
            case 2 or 3:
                PaintHorizon(ref random, canvas, size);
                break;
            case 4:
                PaintField(ref random, canvas, size, 3 + random.NextInt(3));
                AddStripes(ref random, canvas, size);
                break;
            case 5:
                PaintGradient(ref random, canvas, size);
                AddGrain(ref random, canvas, size);
                break;
            case 6:
                PaintField(ref random, canvas, size, 3 + random.NextInt(3));
                AddGrain(ref random, canvas, size);
                break;
            default:
                PaintField(ref random, canvas, size, 3 + random.NextInt(4));
                break;
        }
    }

    /// <summary>Brightness, noise and rounding to bytes.</summary>
    public static void Finish(ref SceneRandom random, ReadOnlySpan<Vector128<float>> canvas, Span<byte> rgb)
    {
        var brightness = Vector128.Create(255f * random.NextSingle(0.85f, 1.12f));
        float strength = random.NextSingle(0f, 5f) / 127.5f;
        // A noise byte b adds (b − 127.5) · strength; a half is added for rounding.
        var scale = Vector128.Create(strength);
        var offset = Vector128.Create(0.5f - (127.5f * strength));
        Vector128<float> zero = Vector128<float>.Zero;
        var full = Vector128.Create(255f);
        ulong noise = 0UL;
        ulong state = random.NextUInt64() | 1;
        for (int i = 0; i < canvas.Length; i++)
        {
            if ((i & 1) == 0)
            {
                // xorshift64*: 64 bits serve two pixels.
                state ^= state >> 12;
                state ^= state << 25;
                state ^= state >> 27;
                noise = state * 0x2545F4914F6CDD1DUL;
            }
            else
            {
                noise >>= 32;
            }

            Vector128<byte> bytes = Vector128.CreateScalarUnsafe((uint)noise).AsByte();
            var grain = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
            Vector128<float> value = (canvas[i] * brightness) + ((grain * scale) + offset);
            var rounded = Vector128.ConvertToInt32(Vector128.Min(Vector128.Max(value, zero), full));
            int at = i * 3;
            rgb[at] = (byte)rounded.GetElement(0);
            rgb[at + 1] = (byte)rounded.GetElement(1);
            rgb[at + 2] = (byte)rounded.GetElement(2);
        }
    }

    /// <summary>A color that is neither bright nor strong, so that tinted objects stand out.</summary>
    public static Vector128<float> MutedColor(ref SceneRandom random)
    {
        float gray = random.NextSingle(0.22f, 0.80f);
        return Vector128.Create(
            gray + random.NextSingle(-0.11f, 0.11f),
            gray + random.NextSingle(-0.11f, 0.11f),
            gray + random.NextSingle(-0.11f, 0.11f),
            0f
        );
    }

    private static Vector128<float> Near(ref SceneRandom random, Vector128<float> color, float distance) =>
        color
        + Vector128.Create(
            random.NextSingle(-distance, distance),
            random.NextSingle(-distance, distance),
            random.NextSingle(-distance, distance),
            0f
        );

    private static float Smooth(float t) => t * t * (3f - (2f * t));

    private static void PaintField(ref SceneRandom random, Span<Vector128<float>> canvas, int size, int cells)
    {
        Span<Vector128<float>> corners = stackalloc Vector128<float>[MaxCells * MaxCells];
        corners = corners[..((cells + 1) * (cells + 1))];
        Vector128<float> center = MutedColor(ref random);
        // From nearly plain to lively: corners lie around one color or are drawn freely.
        bool around = random.NextBool(0.7);
        float distance = random.NextSingle(0.04f, 0.18f);
        foreach (ref Vector128<float> corner in corners)
            corner = around ? Near(ref random, center, distance) : MutedColor(ref random);
        Interpolate(corners, cells, canvas, size, add: false);
    }

    private static void AddGrain(ref SceneRandom random, Span<Vector128<float>> canvas, int size)
    {
        int cells = 9 + random.NextInt(12);
        float strength = random.NextSingle(0.03f, 0.08f);
        Span<Vector128<float>> corners = stackalloc Vector128<float>[MaxCells * MaxCells];
        corners = corners[..((cells + 1) * (cells + 1))];
        foreach (ref Vector128<float> corner in corners)
            corner = Vector128.Create(random.NextSingle(-strength, strength)).WithElement(3, 0f);
        Interpolate(corners, cells, canvas, size, add: true);
    }

    private static void Interpolate(ReadOnlySpan<Vector128<float>> corners, int cells, Span<Vector128<float>> canvas, int size, bool add)
    {
        Span<Vector128<float>> line = stackalloc Vector128<float>[MaxCells];
        int stride = cells + 1;
        float step = cells / (float)size;
        for (int y = 0; y < size; y++)
        {
            float v = (y + 0.5f) * step;
            int cellY = (int)v;
            float weightY = Smooth(v - cellY);
            ReadOnlySpan<Vector128<float>> upper = corners.Slice(cellY * stride, stride);
            ReadOnlySpan<Vector128<float>> lower = corners.Slice((cellY + 1) * stride, stride);
            for (int i = 0; i < stride; i++)
                line[i] = upper[i] + ((lower[i] - upper[i]) * weightY);

            Span<Vector128<float>> row = canvas.Slice(y * size, size);
            for (int x = 0; x < row.Length; x++)
            {
                float u = (x + 0.5f) * step;
                int cellX = (int)u;
                Vector128<float> value = line[cellX] + ((line[cellX + 1] - line[cellX]) * Smooth(u - cellX));
                row[x] = add ? row[x] + value : value;
            }
        }
    }

    /// <summary>A direction as the x and y part of a slope that runs from 0 to 1 across the picture.</summary>
    private static (float X, float Y, float Start) Slope(ref SceneRandom random)
    {
        float x = random.NextSingle(-1f, 1f),
            y = random.NextSingle(-1f, 1f);
        float length = MathF.Max(MathF.Abs(x) + MathF.Abs(y), 0.1f);
        x /= length;
        y /= length;
        return (x, y, 0.5f - ((x + y) / 2f));
    }

    private static void PaintGradient(ref SceneRandom random, Span<Vector128<float>> canvas, int size)
    {
        Vector128<float> from = MutedColor(ref random);
        Vector128<float> to = random.NextBool() ? MutedColor(ref random) : Near(ref random, from, 0.2f);
        (float slopeX, float slopeY, float start) = Slope(ref random);
        Vector128<float> difference = to - from;
        for (int y = 0; y < size; y++)
        {
            Span<Vector128<float>> row = canvas.Slice(y * size, size);
            float first = start + (slopeY * (y + 0.5f) / size);
            for (int x = 0; x < row.Length; x++)
                row[x] = from + (difference * Math.Clamp(first + (slopeX * (x + 0.5f) / size), 0f, 1f));
        }
    }

    /// <summary>A wall and a floor: two soft fields with a blurred border at some height.</summary>
    private static void PaintHorizon(ref SceneRandom random, Span<Vector128<float>> canvas, int size)
    {
        PaintField(ref random, canvas, size, 3);
        Vector128<float> ground = MutedColor(ref random);
        Vector128<float> farther = Near(ref random, ground, 0.08f);
        float height = random.NextSingle(0.35f, 0.8f);
        float softness = random.NextSingle(0.01f, 0.15f);
        float tilt = random.NextSingle(-0.08f, 0.08f);
        for (int y = 0; y < size; y++)
        {
            Span<Vector128<float>> row = canvas.Slice(y * size, size);
            float v = (y + 0.5f) / size;
            Vector128<float> floor = farther + ((ground - farther) * v);
            for (int x = 0; x < row.Length; x++)
            {
                float edge = height + (tilt * (((x + 0.5f) / size) - 0.5f));
                float t = Smooth(Math.Clamp(((v - edge) / softness) + 0.5f, 0f, 1f));
                row[x] += (floor - row[x]) * t;
            }
        }
    }

    private static void AddStripes(ref SceneRandom random, Span<Vector128<float>> canvas, int size)
    {
        (float slopeX, float slopeY, float start) = Slope(ref random);
        float count = random.NextSingle(4f, 14f);
        Vector128<float> strength = Vector128.Create(random.NextSingle(0.02f, 0.07f)).WithElement(3, 0f);
        for (int y = 0; y < size; y++)
        {
            Span<Vector128<float>> row = canvas.Slice(y * size, size);
            float first = start + (slopeY * (y + 0.5f) / size);
            for (int x = 0; x < row.Length; x++)
            {
                float t = (first + (slopeX * (x + 0.5f) / size)) * count;
                float wave = MathF.Abs(t - MathF.Floor(t) - 0.5f) * 4f;
                row[x] += strength * (wave - 1f);
            }
        }
    }
}
