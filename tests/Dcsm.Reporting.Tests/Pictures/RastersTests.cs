using Dcsm.Clip.Preprocessing;
using Dcsm.Evaluation.Tests.Fakes;
using Dcsm.Reporting.Pictures;

namespace Dcsm.Reporting.Tests.Pictures;

public class RastersTests
{
    [Fact]
    public void PNG_keeps_every_pixel()
    {
        using TemporaryFolder folder = new();
        RgbImage picture = Ramp(17, 9);
        File.WriteAllBytes(folder["picture.png"], Rasters.ToPng(picture));
        var read = RgbImage.Load(folder["picture.png"]);
        Assert.Equal((17, 9), (read.Width, read.Height));
        Assert.Equal(picture.Pixels, read.Pixels);
    }

    [Fact]
    public void JPEG_is_close_and_has_a_quality()
    {
        using TemporaryFolder folder = new();
        RgbImage picture = Ramp(64, 64);
        File.WriteAllBytes(folder["picture.jpg"], Rasters.ToJpeg(picture, 95));
        var read = RgbImage.Load(folder["picture.jpg"]);
        Assert.InRange(read.Pixels.ToArray().Zip(picture.Pixels.ToArray(), (a, b) => Math.Abs(a - b)).Average(), 0, 6);
        Assert.True(Rasters.ToJpeg(picture, 20).Length < Rasters.ToJpeg(picture, 95).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => Rasters.ToJpeg(picture, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rasters.ToJpeg(picture, 101));
    }

    [Fact]
    public void A_data_URI_holds_the_file()
    {
        RgbImage picture = Ramp(5, 4);
        Assert.Equal("data:image/png;base64," + Convert.ToBase64String(Rasters.ToPng(picture)), Rasters.ToDataUri(picture));
        Assert.StartsWith("data:image/jpeg;base64,/9j/", Rasters.ToDataUri(picture, jpeg: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_shrunk_chessboard_is_gray()
    {
        byte[] pixels = new byte[3 * 64 * 64];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i / 3 % 64 + i / 3 / 64) % 2 == 0 ? 255 : 0);
        RgbImage small = Rasters.Resize(new RgbImage(64, 64, pixels), 16, 16);
        Assert.Equal((16, 16), (small.Width, small.Height));
        Assert.All(small.Pixels.ToArray(), level => Assert.InRange(level, 107, 147));
    }

    [Fact]
    public void Only_a_huge_picture_is_drawn_smaller()
    {
        RgbImage large = Ramp(4095, 3);
        Assert.Same(large, Rasters.ToDraw(large));
        RgbImage drawn = Rasters.ToDraw(Ramp(6149, 7));
        Assert.Equal((2049, 2), (drawn.Width, drawn.Height));
        // Means of three columns, and of the rows 0 to 2 and 3 to 5.
        foreach (int column in new[] { 0, 700, 2048 })
        {
            Assert.InRange(drawn.Pixel(column, 0).Red - 255 * (3 * column + 1) / 6148, -1, 1);
            Assert.InRange(drawn.Pixel(column, 1).Green - 255 * 4 / 6, -1, 1);
        }
    }

    [Fact]
    public void A_grown_picture_keeps_its_places()
    {
        RgbImage large = Rasters.Resize(Ramp(8, 8), 80, 40);
        Assert.Equal((80, 40), (large.Width, large.Height));
        Assert.True(large.Pixel(75, 20).Red > large.Pixel(40, 20).Red && large.Pixel(40, 20).Red > large.Pixel(5, 20).Red);
        Assert.True(large.Pixel(40, 37).Green > large.Pixel(40, 2).Green);
    }

    [Fact]
    public void The_same_size_is_the_same_picture()
    {
        RgbImage picture = Ramp(6, 6);
        Assert.Same(picture, Rasters.Resize(picture, 6, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rasters.Resize(picture, 0, 6));
    }

    // Red grows to the right, green downwards.
    private static RgbImage Ramp(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            pixels[3 * i] = (byte)(255 * (i % width) / (width - 1));
            pixels[3 * i + 1] = (byte)(255 * (i / width) / (height - 1));
            pixels[3 * i + 2] = 90;
        }

        return new RgbImage(width, height, pixels);
    }
}
