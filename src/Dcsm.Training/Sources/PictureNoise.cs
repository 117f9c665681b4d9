using Dcsm.Clip.Preprocessing;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Sources;

/// <summary>Noise over pictures.</summary>
internal static class PictureNoise
{
    /// <summary>Some values become 255, then some become 0; each value of each channel by itself.</summary>
    public static RgbImage SaltAndPepper(RgbImage image, double salt, double pepper, ref SceneRandom random)
    {
        byte[] pixels = [.. image.Pixels];
        Strew(pixels, salt, 255, ref random);
        Strew(pixels, pepper, 0, ref random);
        return new RgbImage(image.Width, image.Height, pixels);
    }

    // The gaps between independent hits are geometric: one number a hit instead of one a value.
    private static void Strew(byte[] values, double share, byte value, ref SceneRandom random)
    {
        if (share == 0)
            return;
        double scale = 1 / Math.Log(1 - share);
        for (double at = Gap(ref random); at < values.Length; at += 1 + Gap(ref random))
            values[(int)at] = value;

        double Gap(ref SceneRandom random) => Math.Floor(Math.Log(1 - random.NextDouble()) * scale);
    }
}
