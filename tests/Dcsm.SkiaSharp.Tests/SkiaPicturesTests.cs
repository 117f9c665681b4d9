using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.SkiaSharp.Tests;

public class SkiaPicturesTests
{
    [Theory]
    [InlineData("data/samples/color.png")]
    [InlineData("data/verify/test_image1.jpg")]
    [InlineData("data/verify/test_image2.jpg")]
    public void A_bitmap_has_the_pixels_of_its_file(string file)
    {
        string path = Repository.Path(file);
        byte[] expected = RgbImage.Load(path).Pixels.ToArray();
        using var bitmap = SKBitmap.Decode(path);
        Assert.Equal(expected, bitmap.ToRgbImage().Pixels);
        using var image = SKImage.FromEncodedData(path);
        Assert.Equal(expected, image.ToRgbImage().Pixels);
        using SKBitmap other = bitmap.Copy(SKColorType.Bgra8888);
        Assert.Equal(expected, other.ToRgbImage().Pixels);
    }

    [Fact]
    public void Transparency_is_laid_on_white_as_of_a_file()
    {
        using var folder = new TemporaryFolder();
        using var bitmap = new SKBitmap(new SKImageInfo(16, 8, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (int i = 0; i < 16 * 8; i++)
            bitmap.SetPixel(i % 16, i / 16, new SKColor((byte)(2 * i), (byte)(255 - i), 77, (byte)(i * 2)));
        using (FileStream file = File.Create(folder["a.png"]))
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        Assert.Equal(RgbImage.Load(folder["a.png"]).Pixels, bitmap.ToRgbImage().Pixels);
        Assert.Equal(RgbImage.Load(folder["a.png"], Transparency.Dropped).Pixels, bitmap.ToRgbImage(Transparency.Dropped).Pixels);
    }

    [Fact]
    public void A_picture_without_pixels_is_refused()
    {
        using var empty = new SKBitmap();
        Assert.Contains("no pixels", Assert.Throws<ArgumentException>(() => empty.ToRgbImage()).Message, StringComparison.Ordinal);
    }
}
