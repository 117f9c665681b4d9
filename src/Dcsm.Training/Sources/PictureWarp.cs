using Dcsm.Clip.Preprocessing;
using Dcsm.Numerics.RandomNumbers;

namespace Dcsm.Training.Sources;

/// <summary>Pictures seen from another place. Pixels are squares whose centers lie at halves; what lies outside is black.</summary>
internal static class PictureWarp
{
    /// <summary>A part of the picture, its sides in the same proportion.</summary>
    public static RgbImage Crop(RgbImage image, double least, ref SceneRandom random)
    {
        double share = least + ((1 - least) * random.NextDouble());
        int width = Math.Max(1, (int)Math.Round(image.Width * share)),
            height = Math.Max(1, (int)Math.Round(image.Height * share));
        int left = random.NextInt(image.Width - width + 1),
            top = random.NextInt(image.Height - height + 1);
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
            image.Pixels.Slice(3 * (((top + y) * image.Width) + left), 3 * width).CopyTo(pixels.AsSpan(3 * y * width));
        return new RgbImage(width, height, pixels);
    }

    /// <summary>
    /// Each corner moves inwards by a whole number of pixels, up to a share of half the side, as torchvision's
    /// <c>RandomPerspective</c> has it; bilinear.
    /// </summary>
    public static RgbImage Perspective(RgbImage image, double distortion, ref SceneRandom random)
    {
        int width = image.Width,
            height = image.Height;
        int across = (int)(distortion * (width / 2)) + 1,
            down = (int)(distortion * (height / 2)) + 1;
        (double X, double Y)[] corners = [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)];
        var moved = new (double X, double Y)[4];
        for (int i = 0; i < 4; i++)
        {
            int x = random.NextInt(across),
                y = random.NextInt(down);
            moved[i] = (corners[i].X == 0 ? x : corners[i].X - x, corners[i].Y == 0 ? y : corners[i].Y - y);
        }
        return Project(image, Homography(moved, corners));
    }

    /// <summary>
    /// Turns the picture about its middle, against the clock; the nearest pixel, as torchvision's <c>RandomRotation</c> by default.
    /// </summary>
    public static RgbImage Rotate(RgbImage image, double degrees)
    {
        int width = image.Width,
            height = image.Height;
        double angle = degrees * Math.PI / 180,
            cos = Math.Cos(angle),
            sin = Math.Sin(angle);
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += 3)
            {
                double dx = x + 0.5 - (width / 2.0),
                    dy = y + 0.5 - (height / 2.0);
                int fromX = (int)Math.Floor((cos * dx) - (sin * dy) + (width / 2.0)),
                    fromY = (int)Math.Floor((sin * dx) + (cos * dy) + (height / 2.0));
                if ((uint)fromX < (uint)width && (uint)fromY < (uint)height)
                    image.Pixels.Slice(3 * ((fromY * width) + fromX), 3).CopyTo(pixels.AsSpan(to));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The picture whose point (x, y) shows what is at ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1)).</summary>
    public static RgbImage Project(RgbImage image, ReadOnlySpan<double> coefficients)
    {
        double a = coefficients[0],
            b = coefficients[1],
            c = coefficients[2],
            d = coefficients[3],
            e = coefficients[4],
            f = coefficients[5],
            g = coefficients[6],
            h = coefficients[7];
        int width = image.Width,
            height = image.Height;
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += 3)
            {
                double px = x + 0.5,
                    py = y + 0.5,
                    w = (g * px) + (h * py) + 1;
                double fromX = ((a * px) + (b * py) + c) / w,
                    fromY = ((d * px) + (e * py) + f) / w;
                if (fromX >= 0 && fromX < width && fromY >= 0 && fromY < height)
                    Sample(image, fromX - 0.5, fromY - 0.5, pixels.AsSpan(to, 3));
            }
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>The eight coefficients of the projection that takes four points to four others.</summary>
    public static double[] Homography(ReadOnlySpan<(double X, double Y)> from, ReadOnlySpan<(double X, double Y)> to)
    {
        double[,] system = new double[8, 9];
        for (int i = 0; i < 4; i++)
        {
            (double x, double y) = from[i];
            (double u, double v) = to[i];
            double[] first = [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
                second = [0, 0, 0, x, y, 1, -v * x, -v * y, v];
            for (int column = 0; column < 9; column++)
                (system[2 * i, column], system[(2 * i) + 1, column]) = (first[column], second[column]);
        }
        return Solve(system);
    }

    // Gauss with the largest pivot.
    private static double[] Solve(double[,] system)
    {
        int n = system.GetLength(0);
        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < n; row++)
                pivot = Math.Abs(system[row, column]) > Math.Abs(system[pivot, column]) ? row : pivot;
            for (int k = 0; k <= n; k++)
                (system[column, k], system[pivot, k]) = (system[pivot, k], system[column, k]);
            for (int row = 0; row < n; row++)
            {
                if (row == column)
                    continue;
                double factor = system[row, column] / system[column, column];
                for (int k = column; k <= n; k++)
                    system[row, k] -= factor * system[column, k];
            }
        }
        return [.. Enumerable.Range(0, n).Select(i => system[i, n] / system[i, i])];
    }

    private static void Sample(RgbImage image, double x, double y, Span<byte> to)
    {
        int left = (int)Math.Floor(x),
            top = (int)Math.Floor(y);
        double across = x - left,
            down = y - top;
        int x0 = Math.Max(left, 0),
            x1 = Math.Min(left + 1, image.Width - 1),
            y0 = Math.Max(top, 0),
            y1 = Math.Min(top + 1, image.Height - 1);
        for (int channel = 0; channel < 3; channel++)
        {
            double above = At(x0, y0) + (across * (At(x1, y0) - At(x0, y0))),
                below = At(x0, y1) + (across * (At(x1, y1) - At(x0, y1)));
            to[channel] = (byte)(above + (down * (below - above)) + 0.5);

            double At(int column, int row) => image.Pixels[(3 * ((row * image.Width) + column)) + channel];
        }
    }
}
