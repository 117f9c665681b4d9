using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Data.Scenes.Rendering;

/// <summary>
/// Draws scenes. Managed code only, with nothing but whole-number and plain float arithmetic, so that a scene gives the
/// same bytes on every machine; backgrounds that are pictures are scaled by a library, and are not part of that. Safe to
/// share between threads.
/// </summary>
public sealed class SceneRenderer
{
    private readonly ObjectLibrary _library;
    private readonly SceneBackgrounds _backgrounds;
    private readonly Lazy<byte[]>[] _pictures;

    /// <summary>Prepares to draw square pictures.</summary>
    /// <param name="library">The objects that scenes refer to.</param>
    /// <param name="imageSize">Side of the pictures in pixels, 8 … 4096.</param>
    /// <param name="backgrounds">What objects are drawn on; null for generated backgrounds.</param>
    /// <exception cref="ArgumentOutOfRangeException">The side is outside of that range.</exception>
    public SceneRenderer(ObjectLibrary library, int imageSize, SceneBackgrounds? backgrounds = null)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(imageSize, 4096);
        _library = library;
        _backgrounds = backgrounds ?? SceneBackgrounds.Generated;
        _pictures = _backgrounds.Scaled(imageSize);
        ImageSize = imageSize;
    }

    /// <summary>Side of the pictures in pixels.</summary>
    public int ImageSize { get; }

    /// <summary>Bytes of a picture: side × side × 3.</summary>
    public int ByteCount => ImageSize * ImageSize * 3;

    /// <summary>Draws a scene.</summary>
    /// <param name="scene">What to draw. An object may reach over the picture's edge; it is cut off there.</param>
    /// <param name="rgb">[side, side, 3], row by row, red, green, blue.</param>
    /// <exception cref="ArgumentException">
    /// The span has another length, or an object has an impossible index, tint, place or size.
    /// </exception>
    public void Render(Scene scene, Span<byte> rgb)
    {
        ArgumentNullException.ThrowIfNull(scene);
        if (rgb.Length != ByteCount)
        {
            throw new ArgumentException(
                $"{rgb.Length} bytes were given for a picture of {ImageSize} × {ImageSize} × 3 = {ByteCount}.",
                nameof(rgb)
            );
        }

        foreach (PlacedObject placed in scene.Objects)
            Check(placed);

        int pixels = ImageSize * ImageSize;
        float[] buffer = ArrayPool<float>.Shared.Rent(pixels * 4);
        int[] columns = ArrayPool<int>.Shared.Rent(ImageSize * 2);
        try
        {
            Span<Vector128<float>> canvas = MemoryMarshal.Cast<float, Vector128<float>>(buffer.AsSpan(0, pixels * 4));
            var random = new SceneRandom(scene.BackgroundSeed);
            _backgrounds.Paint(ref random, canvas, ImageSize, _pictures);
            foreach (PlacedObject placed in scene.Objects)
                Paint(placed, canvas, columns);
            SceneBackground.Finish(ref random, canvas, rgb);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
            ArrayPool<int>.Shared.Return(columns);
        }
    }

    /// <summary>Draws a scene into an array of its own.</summary>
    /// <returns>[side, side, 3].</returns>
    public byte[] Render(Scene scene)
    {
        byte[] rgb = new byte[ByteCount];
        Render(scene, rgb);
        return rgb;
    }

    private void Check(PlacedObject placed)
    {
        if ((uint)placed.Object >= (uint)_library.Objects.Count)
            throw new ArgumentException($"Object {placed.Object} was asked of a library of {_library.Objects.Count}.");
        if (placed.Color < SceneColors.None || placed.Color >= SceneColors.Count)
            throw new ArgumentException($"There is no tint {placed.Color}; tints are 0 … {SceneColors.Count - 1}, −1 is none.");
        // Beyond these bounds nothing sensible can be seen, and the fixed-point positions would overflow.
        if (!(placed.Size is > 0 and <= 16) || !(MathF.Abs(placed.CenterX) <= 16) || !(MathF.Abs(placed.CenterY) <= 16))
        {
            throw new ArgumentException(
                $"Place ({placed.CenterX}, {placed.CenterY}) and size {placed.Size} are fractions of the picture's side; the "
                    + $"size must be positive."
            );
        }
    }

    private void Paint(PlacedObject placed, Span<Vector128<float>> canvas, int[] columns)
    {
        ObjectTexture texture = _library.Objects[placed.Object].Texture;
        int longer = Math.Max(texture.Width, texture.Height);
        float target = placed.Size * ImageSize;

        // The coarsest level that still has a texel for each pixel: bilinear sampling then misses nothing.
        int index = 0;
        while (index + 1 < texture.Levels.Length && longer >> (index + 1) >= target)
            index++;
        ObjectTexture.Level level = texture.Levels[index];

        // Texels a pixel, and where the visible box begins, in pixels.
        float step = longer / target / (1 << index);
        float left = (placed.CenterX * ImageSize) - (target * texture.Width / longer / 2);
        float top = (placed.CenterY * ImageSize) - (target * texture.Height / longer / 2);
        Span<int> offsets = columns.AsSpan(0, ImageSize);
        Span<int> weights = columns.AsSpan(ImageSize, ImageSize);
        (int firstX, int lastX) = Locate(left, step, level.Width, texture.Width / (float)(1 << index), placed.Mirrored, offsets, weights);

        bool tinted = placed.Color >= 0;
        Vector128<float> color = Vector128<float>.Zero;
        if (tinted)
        {
            (byte red, byte green, byte blue) = SceneColors.Rgb(placed.Color);
            color = Vector128.Create(red, green, blue, 0f) * (0.88f / 255f);
        }

        // 16 bits of weights and 8 of value: a sampled byte of 255 is 1.
        const float One = 1f / (255f * 65536f);
        Vector128<float> keep = tinted ? Vector128.Create(0.12f * One, 0.12f * One, 0.12f * One, One) : Vector128.Create(One);

        for (int y = 0; y < ImageSize; y++)
        {
            int position = (int)MathF.Floor((((y + 0.5f - top) * step) - 0.5f) * 256f);
            int row = (position >> 8) + 1;
            if (row < 0 || row > level.Height)
                continue;
            ushort lowerWeight = (ushort)(position & 255);
            ushort upperWeight = (ushort)(256 - lowerWeight);
            var upper = Vector128.Create(upperWeight);
            var lower = Vector128.Create(lowerWeight);
            ref byte upperTexels = ref level.Rgba[row * level.Stride * 4];
            ref byte lowerTexels = ref level.Rgba[(row + 1) * level.Stride * 4];
            ref byte upperLight = ref level.Luminance[row * level.Stride];
            ref byte lowerLight = ref level.Luminance[(row + 1) * level.Stride];
            Span<Vector128<float>> pixels = canvas.Slice(y * ImageSize, ImageSize);
            for (int x = firstX; x <= lastX; x++)
            {
                int column = offsets[x];
                nuint texels = (nuint)(column * 4);
                ulong above = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref upperTexels, texels));
                ulong below = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref lowerTexels, texels));
                if ((above | below) == 0)
                    continue;
                Vector128<ushort> pair =
                    (Vector128.WidenLower(Vector128.CreateScalarUnsafe(above).AsByte()) * upper)
                    + (Vector128.WidenLower(Vector128.CreateScalarUnsafe(below).AsByte()) * lower);
                uint rightWeight = (uint)weights[x];
                Vector128<uint> sum =
                    (Vector128.WidenLower(pair) * Vector128.Create(256 - rightWeight))
                    + (Vector128.WidenUpper(pair) * Vector128.Create(rightWeight));
                Vector128<float> source = Vector128.ConvertToSingle(sum.AsInt32()) * keep;
                float alpha = source.GetElement(3);
                if (tinted)
                {
                    nuint at = (nuint)column;
                    int leftLight = (Unsafe.Add(ref upperLight, at) * upperWeight) + (Unsafe.Add(ref lowerLight, at) * lowerWeight);
                    int rightLight =
                        (Unsafe.Add(ref upperLight, at + 1) * upperWeight) + (Unsafe.Add(ref lowerLight, at + 1) * lowerWeight);
                    float light = ((leftLight * (256 - (int)rightWeight)) + (rightLight * (int)rightWeight)) * One;
                    source += color * ((0.35f * alpha) + (0.65f * light));
                }

                pixels[x] = (pixels[x] * (1f - alpha)) + source;
            }
        }
    }

    /// <summary>For each pixel column, the left one of the two texels to mix and the right one's weight of 256.</summary>
    private (int First, int Last) Locate(
        float left,
        float step,
        int texels,
        float visible,
        bool mirrored,
        Span<int> offsets,
        Span<int> weights
    )
    {
        int first = ImageSize,
            last = -1;
        for (int x = 0; x < ImageSize; x++)
        {
            float place = (x + 0.5f - left) * step;
            if (mirrored)
                place = visible - place;
            int position = (int)MathF.Floor((place - 0.5f) * 256f);
            int column = (position >> 8) + 1;
            if (column < 0 || column > texels)
                continue;
            offsets[x] = column;
            weights[x] = position & 255;
            first = Math.Min(first, x);
            last = x;
        }

        return (first, last);
    }
}
