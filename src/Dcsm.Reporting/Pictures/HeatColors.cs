namespace Dcsm.Reporting.Pictures;

/// <summary>
/// A color map whose lightness grows evenly with the value (violet, red, orange, pale yellow), laid out in OKLab
/// (Ottosson 2020), so that equal steps of the value look equally large and it still reads in gray and for color-blind eyes.
/// </summary>
internal static class HeatColors
{
    // Lightness, chroma, hue in degrees; evenly spaced over 0 to 1.
    private static readonly (double Lightness, double Chroma, double Hue)[] Anchors =
    [
        (0.18, 0.07, 285),
        (0.335, 0.15, 305),
        (0.49, 0.19, 350),
        (0.645, 0.19, 390),
        (0.80, 0.155, 430),
        (0.955, 0.09, 465),
    ];

    private static readonly (byte Red, byte Green, byte Blue)[] Colors = [.. Enumerable.Range(0, 256).Select(i => Compute(i / 255.0))];

    /// <summary>The color of a value; values outside 0 to 1 (and NaN) are clamped.</summary>
    public static (byte Red, byte Green, byte Blue) Of(double value) => Colors[(int)Math.Round(255 * (value > 0 ? Math.Min(value, 1) : 0))];

    private static (byte, byte, byte) Compute(double value)
    {
        double place = value * (Anchors.Length - 1);
        int below = Math.Min((int)place, Anchors.Length - 2);
        double t = place - below;
        (double l0, double c0, double h0) = Anchors[below];
        (double l1, double c1, double h1) = Anchors[below + 1];
        double lightness = l0 + t * (l1 - l0),
            hue = (h0 + t * (h1 - h0)) * Math.PI / 180;
        // Outside sRGB: less chroma keeps lightness and hue.
        for (double chroma = c0 + t * (c1 - c0); ; chroma *= 0.97)
        {
            (double r, double g, double b) = ToLinearSrgb(lightness, chroma * Math.Cos(hue), chroma * Math.Sin(hue));
            if (chroma < 1e-4 || (Inside(r) && Inside(g) && Inside(b)))
                return (ToByte(r), ToByte(g), ToByte(b));
        }
    }

    private static bool Inside(double channel) => channel is >= -1e-6 and <= 1 + 1e-6;

    private static (double, double, double) ToLinearSrgb(double lightness, double a, double b)
    {
        double l = Cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = Cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = Cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return (
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        );
    }

    private static double Cube(double value) => value * value * value;

    private static byte ToByte(double linear)
    {
        linear = Math.Clamp(linear, 0, 1);
        double encoded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * Math.Pow(linear, 1 / 2.4) - 0.055;
        return (byte)Math.Round(255 * encoded);
    }
}
