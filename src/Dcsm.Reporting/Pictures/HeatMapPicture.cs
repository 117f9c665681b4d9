using Dcsm.Clip.Preprocessing;

namespace Dcsm.Reporting.Pictures;

/// <summary>Draws values of patches over a picture, and maps as matrices.</summary>
internal static class HeatMapPicture
{
    /// <summary>
    /// Values of patches at every pixel of a square picture: bilinear between the patches' centers, level beyond the outermost.
    /// </summary>
    /// <param name="patches">[grid, grid] values, row by row.</param>
    /// <param name="grid">Patches along a side.</param>
    /// <param name="size">Side of the picture in pixels.</param>
    /// <returns>[size, size].</returns>
    public static float[] Upsample(ReadOnlySpan<float> patches, int grid, int size)
    {
        CheckGrid(patches, grid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        float[] values = new float[size * size];
        for (int y = 0; y < size; y++)
        {
            (int above, int below, float down) = Between(y, grid, size);
            for (int x = 0; x < size; x++)
            {
                (int left, int right, float across) = Between(x, grid, size);
                float top = patches[above * grid + left] + across * (patches[above * grid + right] - patches[above * grid + left]);
                float bottom = patches[below * grid + left] + across * (patches[below * grid + right] - patches[below * grid + left]);
                values[y * size + x] = top + down * (bottom - top);
            }
        }

        return values;
    }

    /// <summary>
    /// Lays a heat map over a picture. The picture is taken back to a soft gray-blue ground, so that the colors of its objects are not
    /// mistaken for heat; cold places let it through, warm ones cover it more.
    /// </summary>
    /// <param name="picture">A square picture, any size.</param>
    /// <param name="patches">[grid, grid] values, row by row.</param>
    /// <param name="grid">Patches along a side.</param>
    /// <param name="scale">Which values the colors run over.</param>
    /// <param name="size">Side of the drawing in pixels.</param>
    public static RgbImage Overlay(RgbImage picture, ReadOnlySpan<float> patches, int grid, HeatScale scale, int size)
    {
        ArgumentNullException.ThrowIfNull(picture);
        float[] values = Upsample(patches, grid, size);
        RgbImage ground = Rasters.Resize(picture, size, size);
        byte[] pixels = new byte[3 * size * size];
        for (int i = 0; i < values.Length; i++)
        {
            float place = scale.Place(values[i]);
            (byte Red, byte Green, byte Blue) heat = HeatColors.Of(place);
            float alpha = 0.42f + 0.42f * place;
            ReadOnlySpan<byte> rgb = ground.Pixels.Slice(3 * i, 3);
            float gray = 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2];
            pixels[3 * i] = Mix(0.75f * gray + 0.25f * rgb[0], heat.Red, alpha);
            pixels[3 * i + 1] = Mix(0.75f * gray + 0.25f * rgb[1], heat.Green, alpha);
            pixels[3 * i + 2] = Mix(0.75f * gray + 0.25f * rgb[2], heat.Blue, alpha);
        }

        return new RgbImage(size, size, pixels);
    }

    /// <summary>Draws patches as plain squares without a picture below: what a functional row is.</summary>
    /// <param name="patches">[grid, grid] values, row by row.</param>
    /// <param name="grid">Patches along a side.</param>
    /// <param name="scale">Which values the colors run over.</param>
    /// <param name="size">Side of the drawing in pixels.</param>
    public static RgbImage Squares(ReadOnlySpan<float> patches, int grid, HeatScale scale, int size)
    {
        CheckGrid(patches, grid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        byte[] pixels = new byte[3 * size * size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                (byte Red, byte Green, byte Blue) heat = HeatColors.Of(scale.Place(patches[y * grid / size * grid + x * grid / size]));
                Set(pixels, y * size + x, heat);
            }
        }

        return new RgbImage(size, size, pixels);
    }

    /// <summary>Draws a whole map as a matrix: a row per image token (CLS first), a column per text token.</summary>
    /// <param name="map">[imageTokens, textTokens].</param>
    /// <param name="imageTokens">Rows.</param>
    /// <param name="textTokens">Columns.</param>
    /// <param name="scale">Which values the colors run over.</param>
    /// <param name="cellWidth">Width of a cell in pixels.</param>
    /// <param name="cellHeight">Height of a cell in pixels.</param>
    public static RgbImage Matrix(
        ReadOnlySpan<float> map,
        int imageTokens,
        int textTokens,
        HeatScale scale,
        int cellWidth = 12,
        int cellHeight = 4
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(textTokens);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cellWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cellHeight);
        if (map.Length != imageTokens * textTokens)
        {
            throw new ArgumentException(
                $"A map of {imageTokens} × {textTokens} has {imageTokens * textTokens} values, not {map.Length}.",
                nameof(map)
            );
        }

        int width = textTokens * cellWidth,
            height = imageTokens * cellHeight;
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                Set(pixels, y * width + x, HeatColors.Of(scale.Place(map[y / cellHeight * textTokens + x / cellWidth])));
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The color map from cold (left) to warm (right), for a legend.</summary>
    public static RgbImage Legend(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
            Set(pixels, i, HeatColors.Of(i % width / (width - 1.0)));
        return new RgbImage(width, height, pixels);
    }

    // The two patches whose centers lie on both sides of a pixel's center, and how far it is towards the second.
    private static (int First, int Second, float Part) Between(int pixel, int grid, int size)
    {
        float place = Math.Clamp((pixel + 0.5f) * grid / size - 0.5f, 0, grid - 1);
        int first = Math.Min((int)place, grid - 1);
        return (first, Math.Min(first + 1, grid - 1), place - first);
    }

    private static void CheckGrid(ReadOnlySpan<float> patches, int grid)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grid);
        if (patches.Length != grid * grid)
            throw new ArgumentException($"A grid of {grid} × {grid} has {grid * grid} patches, not {patches.Length}.", nameof(patches));
    }

    private static byte Mix(float below, byte above, float alpha) => (byte)Math.Clamp(below + alpha * (above - below) + 0.5f, 0, 255);

    private static void Set(byte[] pixels, int pixel, (byte Red, byte Green, byte Blue) color) =>
        (pixels[3 * pixel], pixels[3 * pixel + 1], pixels[3 * pixel + 2]) = color;
}
