using System.Runtime.Intrinsics;
using Dcsm.Numerics.RandomNumbers;
using SkiaSharp;

namespace Dcsm.Data.Scenes.Rendering;

/// <summary>What scenes are drawn on: generated backgrounds, plain ones, or pictures of one's own.</summary>
public sealed class SceneBackgrounds
{
    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg", ".webp", ".bmp"];
    private readonly bool _plain;

    private SceneBackgrounds(bool plain, IReadOnlyList<string> files) => (_plain, Files) = (plain, files);

    /// <summary>Soft fields, gradients, horizons, stripes and grain in muted colors.</summary>
    public static SceneBackgrounds Generated { get; } = new(false, []);

    /// <summary>One muted color a picture.</summary>
    public static SceneBackgrounds Plain { get; } = new(true, []);

    /// <summary>The pictures of one's own; empty for the others.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>"generated", "plain" or "pictures".</summary>
    public string Name =>
        Files.Count > 0 ? "pictures"
        : _plain ? "plain"
        : "generated";

    /// <summary>Takes the pictures of a folder; each is scaled to cover the scene, and mirrored half of the time.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">It holds no picture.</exception>
    public static SceneBackgrounds Load(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
            throw new DirectoryNotFoundException($"{directory}: there is no such folder of backgrounds");
        string[] files =
        [
            .. Directory
                .EnumerateFiles(directory)
                .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? new SceneBackgrounds(false, files)
            : throw new InvalidDataException($"{directory}: holds no picture ({string.Join(", ", Extensions)}) to be a background");
    }

    /// <summary>
    /// Holds pictures out by a hash of their names, so that no background is both trained and validated on. What is not made of
    /// two pictures at least stays whole.
    /// </summary>
    /// <param name="seed">Another seed gives another split.</param>
    /// <param name="share">The share of the pictures to hold out; one at least.</param>
    public (SceneBackgrounds Seen, SceneBackgrounds Unseen) Split(ulong seed, double share = 0.2)
    {
        if (Files.Count < 2)
            return (this, this);
        string[] order =
        [
            .. Files
                .OrderBy(file => StableHash.Of(seed, "background", Path.GetFileName(file)))
                .ThenBy(file => file, StringComparer.Ordinal),
        ];
        int count = Math.Clamp((int)Math.Round(order.Length * share, MidpointRounding.AwayFromZero), 1, order.Length - 1);
        return (new SceneBackgrounds(false, order[count..]), new SceneBackgrounds(false, order[..count]));
    }

    /// <summary>Room for the pictures, scaled, once each was asked for.</summary>
    internal Lazy<byte[]>[] Scaled(int size) => [.. Files.Select(file => new Lazy<byte[]>(() => Decode(file, size)))];

    internal void Paint(ref SceneRandom random, Span<Vector128<float>> canvas, int size, Lazy<byte[]>[] scaled)
    {
        if (scaled.Length > 0)
            PaintPicture(ref random, canvas, size, scaled);
        else if (_plain)
            canvas.Fill(SceneBackground.MutedColor(ref random));
        else
            SceneBackground.Paint(ref random, canvas, size);
    }

    private static void PaintPicture(ref SceneRandom random, Span<Vector128<float>> canvas, int size, Lazy<byte[]>[] scaled)
    {
        byte[] rgba = scaled[random.NextInt(scaled.Length)].Value;
        bool mirrored = random.NextBool();
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int at = ((y * size) + (mirrored ? size - 1 - x : x)) * 4;
                canvas[(y * size) + x] = Vector128.Create(rgba[at], rgba[at + 1], rgba[at + 2], 0f) * (1f / 255f);
            }
        }
    }

    /// <summary>[size, size, 4]: the middle of a picture.</summary>
    private static byte[] Decode(string path, int size)
    {
        using SKBitmap picture = SKBitmap.Decode(path) ?? throw new InvalidDataException($"{path}: not a picture that can be read");
        float scale = (float)size / Math.Min(picture.Width, picture.Height);
        byte[] rgba = new byte[size * size * 4];
        using var bitmap = new SKBitmap(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Premul));
        using (var canvas = new SKCanvas(bitmap))
        using (var image = SKImage.FromBitmap(picture))
        {
            canvas.Clear(SKColors.White);
            float width = picture.Width * scale,
                height = picture.Height * scale;
            canvas.DrawImage(
                image,
                SKRect.Create((size - width) / 2, (size - height) / 2, width, height),
                new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear)
            );
        }

        bitmap.GetPixelSpan().CopyTo(rgba);
        return rgba;
    }
}
