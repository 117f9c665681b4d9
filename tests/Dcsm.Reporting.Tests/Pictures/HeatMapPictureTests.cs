using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Pictures;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Reporting.Tests.Pictures;

public class HeatMapPictureTests
{
    private static readonly HeatScale Unit = new(0, 1);

    // The hottest patch lies at the upper right, the coldest at the lower left.
    private static readonly float[] Corner = [0.5f, 0.5f, 1, 0.5f, 0.5f, 0.5f, 0, 0.5f, 0.5f];

    [Fact]
    public void Values_run_between_the_centers_of_patches_and_are_level_beyond() =>
        Assert.Equal(
            [0, 0.25f, 0.75f, 1, 0, 0.25f, 0.75f, 1, 0, 0.25f, 0.75f, 1, 0, 0.25f, 0.75f, 1],
            HeatMapPicture.Upsample([0, 1, 0, 1], 2, 4)
        );

    [Fact]
    public void At_the_size_of_the_grid_values_stay() => Assert.Equal(Corner, HeatMapPicture.Upsample(Corner, 3, 3));

    [Fact]
    public void One_patch_is_level_everywhere() => Assert.Equal(Enumerable.Repeat(0.3f, 25), HeatMapPicture.Upsample([0.3f], 1, 5));

    [Property]
    public Property Values_between_patches_stay_between_their_values() =>
        Prop.ForAll(
            Gen.Choose(-100, 100)
                .Select(i => i / 100f)
                .ArrayOf(9)
                .SelectMany(patches => Gen.Choose(1, 20).Select(size => (patches, size)))
                .ToArbitrary(),
            x => HeatMapPicture.Upsample(x.patches, 3, x.size).All(v => v >= x.patches.Min() - 1e-6f && v <= x.patches.Max() + 1e-6f)
        );

    [Fact]
    public void An_overlay_is_warmest_where_the_value_is_highest()
    {
        RgbImage drawn = HeatMapPicture.Overlay(SampleMaps.Plain(20), Corner, 3, Unit, 60);
        Assert.Equal((60, 60), (drawn.Width, drawn.Height));
        Assert.True(Light(drawn.Pixel(50, 10)) > Light(drawn.Pixel(10, 10)) + 20);
        Assert.True(Light(drawn.Pixel(10, 10)) > Light(drawn.Pixel(10, 50)) + 20);
    }

    [Fact]
    public void An_overlay_lets_the_picture_through_where_it_is_cold()
    {
        byte[] halves = new byte[3 * 30 * 30];
        for (int i = 0; i < halves.Length; i++)
            halves[i] = (byte)(i / 3 % 30 < 15 ? 0 : 255);
        RgbImage picture = new(30, 30, halves);
        float[] patches = [0, 0, 1, 1];
        RgbImage drawn = HeatMapPicture.Overlay(picture, patches, 2, Unit, 30);
        int cold = Light(drawn.Pixel(28, 1)) - Light(drawn.Pixel(1, 1)),
            warm = Light(drawn.Pixel(28, 28)) - Light(drawn.Pixel(1, 28));
        Assert.True(cold > 2 * warm && warm > 20);
    }

    [Fact]
    public void Squares_have_the_colors_of_their_values()
    {
        RgbImage drawn = HeatMapPicture.Squares(Corner, 3, Unit, 30);
        Assert.Equal((30, 30), (drawn.Width, drawn.Height));
        for (int i = 0; i < 900; i++)
            Assert.Equal(HeatColors.Of(Corner[i / 30 / 10 * 3 + i % 30 / 10]), drawn.Pixel(i % 30, i / 30));
        Assert.NotEqual(drawn.Pixel(25, 5), drawn.Pixel(5, 25));
    }

    [Fact]
    public void A_matrix_has_a_row_an_image_token_and_a_column_a_text_token()
    {
        float[] map = [0, 0.2f, 0.4f, 0.6f, 0.8f, 1];
        RgbImage drawn = HeatMapPicture.Matrix(map, imageTokens: 2, textTokens: 3, Unit, cellWidth: 5, cellHeight: 4);
        Assert.Equal((15, 8), (drawn.Width, drawn.Height));
        for (int row = 0; row < 2; row++)
        {
            for (int column = 0; column < 3; column++)
                Assert.Equal(HeatColors.Of(map[3 * row + column]), drawn.Pixel(5 * column + 4, 4 * row + 3));
        }
    }

    [Fact]
    public void A_legend_runs_from_cold_to_warm()
    {
        RgbImage drawn = HeatMapPicture.Legend(64, 3);
        Assert.Equal((64, 3), (drawn.Width, drawn.Height));
        Assert.Equal(HeatColors.Of(0), drawn.Pixel(0, 2));
        Assert.Equal(HeatColors.Of(1), drawn.Pixel(63, 0));
    }

    [Fact]
    public void Values_that_do_not_fill_the_grid_are_refused()
    {
        Assert.Throws<ArgumentException>(() => HeatMapPicture.Upsample([1, 2, 3], 2, 8));
        Assert.Throws<ArgumentException>(() => HeatMapPicture.Squares([1, 2, 3], 2, Unit, 8));
        Assert.Throws<ArgumentException>(() => HeatMapPicture.Overlay(SampleMaps.Plain(8), [1, 2, 3], 2, Unit, 8));
        Assert.Throws<ArgumentException>(() => HeatMapPicture.Matrix([1, 2, 3], 2, 2, Unit));
    }

    [Fact]
    public void A_scale_runs_from_the_smallest_to_the_largest()
    {
        var scale = HeatScale.Of([0.5f, -0.5f, 0.25f]);
        Assert.Equal(new HeatScale(-0.5f, 0.5f), scale);
        Assert.Equal([0, 0, 0.75f, 1, 1], ((float[])[-2, -0.5f, 0.25f, 0.5f, 3]).Select(scale.Place));
        Assert.Equal(0.5f, HeatScale.Of([0.3f, 0.3f]).Place(0.3f));
        Assert.Throws<ArgumentException>(() => HeatScale.Of([]));
        Assert.Throws<ArgumentException>(() => HeatScale.Of([0, float.NaN]));
    }

    private static int Light((byte Red, byte Green, byte Blue) color) => (2 * color.Red + 4 * color.Green + color.Blue) / 7;
}
