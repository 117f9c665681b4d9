using SkiaSharp;

namespace Dcsm.Benchmarks.Peers;

/// <summary>
/// Preparation of a picture as one writes it first: decode, resize by two passes of Pillow's bicubic (antialiased) in floats,
/// pixel by pixel, crop the middle, normalize.
/// </summary>
internal static class PlainPreprocessing
{
    private static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f];
    private static readonly float[] Deviation = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>[3, size, size]</summary>
    public static float[] Run(string path, int size)
    {
        using var bitmap = SKBitmap.Decode(path);
        int width = bitmap.Width,
            height = bitmap.Height;
        double scale = (double)size / Math.Min(width, height);
        int toWidth = width <= height ? size : (int)(width * scale),
            toHeight = width <= height ? (int)(height * scale) : size;
        float[,,] image = new float[height, width, 3];
        ReadOnlySpan<byte> bytes = bitmap.GetPixelSpan();
        bool blueFirst = bitmap.ColorType == SKColorType.Bgra8888;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * bitmap.RowBytes) + (x * 4);
                for (int c = 0; c < 3; c++)
                    image[y, x, c] = bytes[at + (blueFirst ? 2 - c : c)];
            }
        }

        (int First, float[] Weights)[] horizontal = Weights(width, toWidth),
            vertical = Weights(height, toHeight);
        float[,,] wide = new float[height, toWidth, 3];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < toWidth; x++)
            {
                (int first, float[] weights) = horizontal[x];
                for (int c = 0; c < 3; c++)
                {
                    float sum = 0;
                    for (int k = 0; k < weights.Length; k++)
                        sum += weights[k] * image[y, first + k, c];
                    wide[y, x, c] = Round(sum);
                }
            }
        }

        float[] pixels = new float[3 * size * size];
        int left = (toWidth - size) / 2,
            top = (toHeight - size) / 2;
        for (int y = 0; y < size; y++)
        {
            (int first, float[] weights) = vertical[top + y];
            for (int x = 0; x < size; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    float sum = 0;
                    for (int k = 0; k < weights.Length; k++)
                        sum += weights[k] * wide[first + k, left + x, c];
                    pixels[(((c * size) + y) * size) + x] = ((Round(sum) / 255f) - Mean[c]) / Deviation[c];
                }
            }
        }
        return pixels;
    }

    private static float Round(float value) => Math.Clamp(MathF.Floor(value + 0.5f), 0, 255);

    private static (int First, float[] Weights)[] Weights(int from, int to)
    {
        double scale = (double)from / to,
            stretch = Math.Max(1, scale),
            support = 2 * stretch;
        var all = new (int, float[])[to];
        for (int i = 0; i < to; i++)
        {
            double center = (i + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5)),
                end = Math.Min(from, (int)(center + support + 0.5));
            double[] weights = [.. Enumerable.Range(first, end - first).Select(k => Bicubic((k - center + 0.5) / stretch))];
            double sum = weights.Sum();
            all[i] = (first, [.. weights.Select(weight => (float)(weight / sum))]);
        }
        return all;
    }

    private static double Bicubic(double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * A
            : 0;
    }
}
