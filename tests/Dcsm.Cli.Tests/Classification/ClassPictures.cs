namespace Dcsm.Cli.Tests.Classification;

/// <summary>Class folders of pictures that a pixel of their color tells apart.</summary>
internal static class ClassPictures
{
    /// <summary>Writes gray pictures of the scenes' kind: a class a shade, noise on top.</summary>
    public static string Write(TemporaryFolder folder, string name, int each, double noise = 20, params string[] classes)
    {
        var random = new Random(5);
        for (int c = 0; c < classes.Length; c++)
        {
            string own = Path.Combine(folder[name], classes[c]);
            Directory.CreateDirectory(own);
            for (int i = 0; i < each; i++)
            {
                byte[] pixels = new byte[3 * 32 * 32];
                for (int p = 0; p < pixels.Length; p++)
                {
                    double shade = p % 3 == c % 3 ? 200 : 40 + (c * 10);
                    pixels[p] = (byte)Math.Clamp(shade + (noise * ((2 * random.NextDouble()) - 1)), 0, 255);
                }

                File.WriteAllBytes(Path.Combine(own, $"{i}.ppm"), [.. "P6\n32 32\n255\n"u8, .. pixels]);
            }
        }

        return folder[name];
    }
}
