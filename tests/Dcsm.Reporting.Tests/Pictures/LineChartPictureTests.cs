using Dcsm.Clip.Preprocessing;
using Dcsm.Reporting.Pictures;
using FsCheck.Xunit;

namespace Dcsm.Reporting.Tests.Pictures;

public class LineChartPictureTests
{
    [Fact]
    public void Charts_stand_side_by_side_and_their_lines_are_drawn()
    {
        var rising = new LineChart("a", "step", [new("up", [(0, 0), (10, 1)])], "0%");
        RgbImage one = LineChartPicture.Draw([rising], PictureFont.BuiltIn),
            two = LineChartPicture.Draw([rising, rising], PictureFont.BuiltIn);
        Assert.Equal((2 * one.Width, one.Height), (two.Width, two.Height));
        // The first color, from the lower left to the upper right of the plot.
        (int X, int Y)[] line = [.. Pixels(one, 0x00, 0x72, 0xB2)];
        Assert.True(line.Length > 300);
        Assert.True(line.MinBy(p => p.X).Y > line.MaxBy(p => p.X).Y + 300);
        Assert.Empty(Pixels(one, 0xD5, 0x5E, 0x00));
    }

    [Fact]
    public void Several_lines_have_several_colors_and_a_legend()
    {
        var chart = new LineChart("a", "step", [new("x", [(1, 1), (100, 10)]), new("y", [(1, 5), (100, 2)], Dots: true)], "0")
        {
            LogarithmicX = true,
            LogarithmicY = true,
            Mark = (10, "here"),
        };
        RgbImage drawn = LineChartPicture.Draw([chart], PictureFont.BuiltIn);
        Assert.NotEmpty(Pixels(drawn, 0x00, 0x72, 0xB2));
        Assert.NotEmpty(Pixels(drawn, 0xD5, 0x5E, 0x00));
        Assert.True(drawn.Height > LineChartPicture.Draw([chart with { Series = [chart.Series[0]] }], PictureFont.BuiltIn).Height);
    }

    [Fact]
    public void What_is_not_finite_is_left_out_and_nothing_at_all_is_an_empty_chart()
    {
        var chart = new LineChart("a", "step", [new("x", [(1, double.NaN), (2, double.PositiveInfinity)]), new("y", [])], "0");
        Assert.Equal(920, LineChartPicture.Draw([chart], PictureFont.BuiltIn).Width);
        Assert.Equal(920, LineChartPicture.Draw([chart with { LogarithmicX = true }], PictureFont.BuiltIn).Width);
        Assert.Throws<ArgumentException>(() => LineChartPicture.Draw([], PictureFont.BuiltIn));
    }

    [Property(MaxTest = 200)]
    public void Every_value_lies_on_its_axis_and_ticks_are_few(double a, double b, bool tight)
    {
        if (!double.IsFinite(a) || !double.IsFinite(b) || Math.Abs(a) > 1e12 || Math.Abs(b) > 1e12)
            return;
        var axis = new ChartAxis([a, b], logarithmic: false, tight);
        Assert.InRange(axis.Place(a), -1e-6, 1 + 1e-6);
        Assert.InRange(axis.Place(b), -1e-6, 1 + 1e-6);
        Assert.InRange(axis.Ticks.Count, 1, 12);
        Assert.All(axis.Ticks, tick => Assert.InRange(axis.Place(tick), -1e-6, 1 + 1e-6));
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.91, 0.97)]
    [InlineData(0.999, 1)]
    [InlineData(1, 1)]
    [InlineData(0, 1)]
    public void An_axis_of_shares_ends_at_all_of_them(double a, double b)
    {
        var axis = new ChartAxis([a, b], logarithmic: false, tight: false, most: 1);
        Assert.True(axis.Place(1) >= 1 - 1e-9);
        Assert.All(axis.Ticks, tick => Assert.InRange(tick, -1e-9, 1 + 1e-9));
        Assert.InRange(axis.Place(a), -1e-9, 1 + 1e-9);
        Assert.True(new ChartAxis([1, 1], logarithmic: false, tight: false).Ticks[^1] > 1);
    }

    [Fact]
    public void An_axis_of_steps_has_ticks_at_whole_ones()
    {
        Assert.Equal([3.0], new ChartAxis([3, 3], logarithmic: false, tight: true).Ticks);
        Assert.Equal([1.0, 2, 3], new ChartAxis([1, 2, 3], logarithmic: false, tight: true).Ticks);
        Assert.Equal([0.5], new ChartAxis([0.25, 0.75], logarithmic: false, tight: true).Ticks.Where(tick => tick == 0.5));
    }

    [Fact]
    public void A_logarithmic_axis_has_powers_of_ten()
    {
        var axis = new ChartAxis([3, 4000], logarithmic: true, tight: true);
        Assert.Equal([1.0, 10, 100, 1000, 10000], axis.Ticks.Select(tick => Math.Round(tick, 6)));
        Assert.Equal(0.5, axis.Place(100), 9);
    }

    private static IEnumerable<(int X, int Y)> Pixels(RgbImage image, byte red, byte green, byte blue)
    {
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            if (image.Pixels[3 * i] == red && image.Pixels[(3 * i) + 1] == green && image.Pixels[(3 * i) + 2] == blue)
                yield return (i % image.Width, i / image.Width);
        }
    }
}
