using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pictures;

public class HeatColorsTests
{
    [Fact]
    public void Lightness_grows_evenly_with_the_value()
    {
        for (int i = 0; i <= 255; i++)
            Assert.Equal(0.18 + 0.775 * i / 255, Lightness(HeatColors.Of(i / 255.0)), 0.006);
    }

    [Fact]
    public void Neighboring_colors_are_close_and_far_ones_are_not()
    {
        (byte Red, byte Green, byte Blue) previous = HeatColors.Of(0);
        for (int i = 1; i <= 255; i++)
        {
            (byte red, byte green, byte blue) = HeatColors.Of(i / 255.0);
            Assert.InRange(Math.Abs(red - previous.Red) + Math.Abs(green - previous.Green) + Math.Abs(blue - previous.Blue), 1, 24);
            previous = (red, green, blue);
        }

        Assert.True(previous.Red - HeatColors.Of(0).Red > 150);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(1.5, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    public void Values_outside_are_clamped(double value, double expected) => Assert.Equal(HeatColors.Of(expected), HeatColors.Of(value));

    // OKLab's L (Ottosson 2020).
    private static double Lightness((byte Red, byte Green, byte Blue) color)
    {
        double r = Linear(color.Red),
            g = Linear(color.Green),
            b = Linear(color.Blue);
        double l = Math.Cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        double m = Math.Cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        double s = Math.Cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
    }

    private static double Linear(byte channel)
    {
        double encoded = channel / 255.0;
        return encoded <= 0.04045 ? encoded / 12.92 : Math.Pow((encoded + 0.055) / 1.055, 2.4);
    }
}
