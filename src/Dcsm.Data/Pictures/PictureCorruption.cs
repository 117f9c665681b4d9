using Dcsm.Numerics.RandomNumbers;
using SkiaSharp;

namespace Dcsm.Data.Pictures;

/// <summary>
/// Changes that shift pictures away from those that a model was trained on, in five strengths (after Hendrycks and Dietterich 2019). The
/// same seed and picture give the same copy.
/// </summary>
public static class PictureCorruption
{
    /// <summary>The strongest.</summary>
    public const int Strongest = 5;

    /// <summary>The one that needs transparent parts.</summary>
    public const string Background = "background";

    private const byte Gray = 127;

    private static readonly Dictionary<string, double[]> Amounts = new(StringComparer.Ordinal)
    {
        ["noise"] = [8, 16, 28, 42, 60], // standard deviation, of 255
        ["blur"] = [0.005, 0.01, 0.02, 0.03, 0.045], // standard deviation, of the longer side
        ["jpeg"] = [40, 25, 15, 8, 3], // quality
        ["brightness"] = [0.2, 0.35, 0.5, 0.65, 0.8], // part of the way to black or white
        ["contrast"] = [0.3, 0.45, 0.6, 0.75, 0.88], // part of the way to the mean
        ["rotation"] = [10, 20, 35, 60, 90], // degrees, either way
        ["crop"] = [0.1, 0.2, 0.3, 0.4, 0.5], // part of each side that is cut off
        ["occlusion"] = [0.2, 0.3, 0.4, 0.5, 0.6], // side of a gray square, of the shorter side
        [Background] = [0, 4, 8, 16, 32], // blocks of other colors on a plain one
    };

    /// <summary>The kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Amounts.Keys];

    /// <summary>Changes a picture.</summary>
    /// <param name="rgb">[height, width, 3]; not changed.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="kind">One of <see cref="Kinds"/>, but <see cref="Background"/>.</param>
    /// <param name="strength">1 to <see cref="Strongest"/>.</param>
    /// <param name="seed">What is random is drawn from it.</param>
    /// <returns>The picture, [height, width, 3]; a crop is smaller.</returns>
    /// <exception cref="ArgumentException">The kind is not known, or needs transparent parts.</exception>
    public static (byte[] Rgb, int Width, int Height) Apply(
        ReadOnlySpan<byte> rgb,
        int width,
        int height,
        string kind,
        int strength,
        ulong seed
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(strength, Strongest);
        if (!Amounts.TryGetValue(kind, out double[]? amounts) || kind == Background)
            throw new ArgumentException($"'{kind}' changes no picture by itself.", nameof(kind));
        if (rgb.Length != (long)width * height * 3)
            throw new ArgumentException($"{rgb.Length} bytes were given for a picture of {width} × {height} × 3.", nameof(rgb));
        double amount = amounts[strength - 1];
        var random = new SceneRandom(seed, (ulong)Array.IndexOf([.. Kinds], kind), (ulong)strength);
        byte[] changed = rgb.ToArray();
        switch (kind)
        {
            case "noise":
                for (int i = 0; i < changed.Length; i++)
                    changed[i] = Clamp(changed[i] + (amount * random.Normal()));
                return (changed, width, height);
            case "brightness":
                double goal = random.NextBool() ? 255 : 0;
                return (Toward(changed, goal, amount), width, height);
            case "contrast":
                return (Toward(changed, changed.Average(value => (double)value), amount), width, height);
            case "occlusion":
                Cover(changed, width, height, (int)Math.Round(amount * Math.Min(width, height)), ref random);
                return (changed, width, height);
            case "crop":
                return Crop(changed, width, height, amount, ref random);
            case "jpeg":
                return (Draw(changed, width, height, bitmap => Recompress(bitmap, (int)amount)), width, height);
            case "blur":
                return (Filtered(changed, width, height, amount * Math.Max(width, height)), width, height);
            default:
                return (Rotated(changed, width, height, random.NextBool() ? amount : -amount), width, height);
        }
    }

    /// <summary>Lays a cut-out on another background.</summary>
    /// <param name="file">The content of a picture file with transparent parts.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="strength">1 to <see cref="Strongest"/>: a plain color, then more and more blocks of others.</param>
    /// <param name="seed">The colors and blocks are drawn from it.</param>
    /// <exception cref="InvalidDataException">It is not readable, or has no transparent parts.</exception>
    public static (byte[] Rgb, int Width, int Height) OnBackground(byte[] file, string name, int strength, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(strength, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(strength, Strongest);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        using SKBitmap? cutout = codec is null ? null : SKBitmap.Decode(codec);
        if (cutout is null)
            throw new InvalidDataException($"{name}: is not a picture that can be laid on a background");
        if (cutout.AlphaType == SKAlphaType.Opaque || !cutout.Pixels.Any(pixel => pixel.Alpha < 255))
            throw new InvalidDataException($"{name}: has no transparent parts; another background is for cut-outs");
        var random = new SceneRandom(seed, (ulong)(Kinds.Count - 1), (ulong)strength);
        using var canvas = new SKBitmap(new SKImageInfo(cutout.Width, cutout.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var drawing = new SKCanvas(canvas);
        drawing.Clear(Color(ref random));
        for (int i = 0; i < Amounts[Background][strength - 1]; i++)
        {
            using var paint = new SKPaint { Color = Color(ref random) };
            float x = random.NextSingle(-0.2f, 1) * cutout.Width,
                y = random.NextSingle(-0.2f, 1) * cutout.Height;
            drawing.DrawRect(x, y, random.NextSingle(0.1f, 0.5f) * cutout.Width, random.NextSingle(0.1f, 0.5f) * cutout.Height, paint);
        }

        using var picture = SKImage.FromBitmap(cutout);
        drawing.DrawImage(picture, 0, 0, SKSamplingOptions.Default);
        drawing.Flush();
        return (Rgb(canvas), cutout.Width, cutout.Height);
    }

    private static byte Clamp(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);

    private static byte[] Toward(byte[] rgb, double goal, double part)
    {
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = Clamp(rgb[i] + (part * (goal - rgb[i])));
        return rgb;
    }

    private static void Cover(byte[] rgb, int width, int height, int side, ref SceneRandom random)
    {
        (int left, int top) = (random.NextInt(width - side + 1), random.NextInt(height - side + 1));
        for (int y = top; y < top + side; y++)
            rgb.AsSpan(3 * ((y * width) + left), 3 * side).Fill(Gray);
    }

    private static (byte[] Rgb, int Width, int Height) Crop(byte[] rgb, int width, int height, double part, ref SceneRandom random)
    {
        int newWidth = Math.Max(1, (int)Math.Round(width * (1 - part))),
            newHeight = Math.Max(1, (int)Math.Round(height * (1 - part)));
        (int left, int top) = (random.NextInt(width - newWidth + 1), random.NextInt(height - newHeight + 1));
        byte[] cropped = new byte[3 * newWidth * newHeight];
        for (int y = 0; y < newHeight; y++)
            rgb.AsSpan(3 * (((top + y) * width) + left), 3 * newWidth).CopyTo(cropped.AsSpan(3 * y * newWidth));
        return (cropped, newWidth, newHeight);
    }

    private static byte[] Filtered(byte[] rgb, int width, int height, double deviation) =>
        Redrawn(
            rgb,
            width,
            height,
            (canvas, picture) =>
            {
                // Repeated at the edge, which would be darkened otherwise.
                using var blur = SKImageFilter.CreateBlur((float)deviation, (float)deviation, SKShaderTileMode.Clamp);
                using var paint = new SKPaint { ImageFilter = blur };
                canvas.DrawImage(picture, 0, 0, SKSamplingOptions.Default, paint);
            }
        );

    private static byte[] Rotated(byte[] rgb, int width, int height, double degrees) =>
        Redrawn(
            rgb,
            width,
            height,
            (canvas, picture) =>
            {
                canvas.RotateDegrees((float)degrees, width / 2f, height / 2f);
                canvas.DrawImage(picture, 0, 0, new SKSamplingOptions(SKFilterMode.Linear));
            }
        );

    private static SKBitmap Recompress(SKBitmap bitmap, int quality)
    {
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, quality);
        return SKBitmap.Decode(data);
    }

    private static byte[] Redrawn(byte[] rgb, int width, int height, Action<SKCanvas, SKImage> draw) =>
        Draw(
            rgb,
            width,
            height,
            bitmap =>
            {
                var result = new SKBitmap(bitmap.Info);
                using var canvas = new SKCanvas(result);
                using var picture = SKImage.FromBitmap(bitmap);
                canvas.Clear(new SKColor(Gray, Gray, Gray));
                draw(canvas, picture);
                canvas.Flush();
                return result;
            }
        );

    private static byte[] Draw(byte[] rgb, int width, int height, Func<SKBitmap, SKBitmap> change)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < width * height; i++)
        {
            rgb.AsSpan(3 * i, 3).CopyTo(pixels[(4 * i)..]);
            pixels[(4 * i) + 3] = 255;
        }

        using SKBitmap changed = change(bitmap);
        return Rgb(changed);
    }

    private static byte[] Rgb(SKBitmap bitmap)
    {
        byte[] rgb = new byte[3 * bitmap.Width * bitmap.Height];
        SKColor[] pixels = bitmap.Pixels;
        for (int i = 0; i < pixels.Length; i++)
            (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = (pixels[i].Red, pixels[i].Green, pixels[i].Blue);
        return rgb;
    }

    private static SKColor Color(ref SceneRandom random) =>
        new((byte)random.NextInt(256), (byte)random.NextInt(256), (byte)random.NextInt(256));
}
