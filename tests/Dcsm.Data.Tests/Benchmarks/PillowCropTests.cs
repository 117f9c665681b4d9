using Dcsm.Data.Benchmarks;
using FsCheck.Xunit;

namespace Dcsm.Data.Tests.Benchmarks;

public sealed class PillowCropTests
{
    [Fact]
    public void What_lies_outside_is_black()
    {
        byte[] picture = [.. Enumerable.Repeat((byte)200, 96 * 64 * 3)];
        byte[] cropped = PillowCrop.Apply(picture, 96, 64, new CropBox(4, 4, 200, 40), out int width, out int height);
        Assert.Equal((200, 40), (width, height));
        Assert.All(Enumerable.Range(0, 40 * 200), i => Assert.Equal(i % 200 < 92 ? 200 : 0, cropped[i * 3]));
    }

    [Theory]
    [InlineData(0.5, 1.0, 0, 2)]
    [InlineData(1.5, 1.0, 2, 2)]
    [InlineData(4.5, 60.5, 4, 65)]
    [InlineData(-0.5, 2, 0, 2)]
    [InlineData(-2.5, 5, -2, 2)]
    public void Edges_are_rounded_by_themselves(double x, double width, int left, int right)
    {
        var box = new CropBox(x, 0, width, 1);
        if (left == right)
        {
            Assert.Throws<ArgumentException>(() => PillowCrop.Edges(box));
            return;
        }

        Assert.Equal((left, 0, right, 1), PillowCrop.Edges(box));
    }

    [Theory]
    [InlineData(0, 0, 0, 5)]
    [InlineData(0, 0, 5, -1)]
    [InlineData(double.NaN, 0, 5, 5)]
    [InlineData(0, 0, double.PositiveInfinity, 5)]
    [InlineData(0, 0, 1e9, 1e9)]
    [InlineData(1e18, 0, 1e17, 1)]
    public void Boxes_without_pixels_or_with_too_many_are_refused(double x, double y, double width, double height) =>
        Assert.Throws<ArgumentException>(() => PillowCrop.Edges(new CropBox(x, y, width, height)));

    [Property]
    public bool Every_pixel_is_that_of_the_picture_or_black(byte w, byte h, sbyte x, sbyte y, byte boxWidth, byte boxHeight)
    {
        (int width, int height) = ((w % 20) + 1, (h % 20) + 1);
        byte[] picture = new byte[width * height * 3];
        for (int i = 0; i < picture.Length; i++)
            picture[i] = (byte)((i % 251) + 1);
        var box = new CropBox(x / 4, y / 4, (boxWidth % 50) + 1, (boxHeight % 50) + 1);
        byte[] cropped = PillowCrop.Apply(picture, width, height, box, out int cw, out int ch);
        for (int row = 0; row < ch; row++)
        {
            for (int column = 0; column < cw * 3; column++)
            {
                (int px, int py) = ((column / 3) + (x / 4), row + (y / 4));
                byte expected =
                    px >= 0 && px < width && py >= 0 && py < height ? picture[(((py * width) + px) * 3) + (column % 3)] : (byte)0;
                if (cropped[(row * cw * 3) + column] != expected)
                    return false;
            }
        }

        return cropped.Length == cw * ch * 3;
    }
}
