using Dcsm.Data.Pictures;
using SkiaSharp;

namespace Dcsm.Data.Tests.Pictures;

public class PictureFileTests
{
    private static byte[] Pattern(int width, int height)
    {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)((i * 37) + (i / 11));
        return rgb;
    }

    [Theory]
    [InlineData(1, 1, 6)]
    [InlineData(7, 5, 0)]
    [InlineData(33, 64, 1)]
    [InlineData(64, 33, 9)]
    public void Png_keeps_every_byte(int width, int height, int compression)
    {
        using var folder = new TemporaryFolder();
        byte[] rgb = Pattern(width, height);
        PictureFile.WritePng(folder["a.png"], rgb, width, height, compression);
        using var bitmap = SKBitmap.Decode(folder["a.png"]);
        Assert.Equal((width, height), (bitmap.Width, bitmap.Height));
        Assert.Equal(rgb, bitmap.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue }));
        Assert.Equal(["a.png"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Jpeg_is_close_and_replaces_what_was_there()
    {
        using var folder = new TemporaryFolder();
        byte[] rgb = new byte[40 * 30 * 3];
        rgb.AsSpan().Fill(120);
        File.WriteAllText(folder["a.jpg"], "older");
        PictureFile.WriteJpeg(folder["a.jpg"], rgb, 40, 30);
        using var codec = SKCodec.Create(folder["a.jpg"]);
        Assert.Equal(SKEncodedImageFormat.Jpeg, codec.EncodedFormat);
        using var bitmap = SKBitmap.Decode(codec);
        Assert.All(bitmap.Pixels, pixel => Assert.InRange(pixel.Green, 117, 123));
    }

    [Fact]
    public void Wrong_arguments_are_told()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<ArgumentException>(() => PictureFile.WritePng(folder["a.png"], new byte[10], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureFile.WritePng(folder["a.png"], new byte[12], 2, 2, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureFile.WritePng(folder["a.png"], [], 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => PictureFile.WriteJpeg(folder["a.jpg"], new byte[12], 2, 2, 0));
        Assert.Throws<DirectoryNotFoundException>(() => PictureFile.WritePng(folder["no/a.png"], new byte[12], 2, 2));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }
}
