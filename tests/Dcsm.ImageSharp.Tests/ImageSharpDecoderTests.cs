using Dcsm.Clip.Preprocessing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Tiff;
using SixLabors.ImageSharp.Formats.Tiff.Constants;
using SixLabors.ImageSharp.PixelFormats;

namespace Dcsm.ImageSharp.Tests;

public sealed class ImageSharpDecoderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ImageSharpDecoderTests() => ImageSharpDecoder.Register();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TiffCompression.None)]
    [InlineData(TiffCompression.Lzw)]
    [InlineData(TiffCompression.Deflate)]
    [InlineData(TiffCompression.PackBits)]
    public void A_TIFF_of_colors_gives_its_pixels(TiffCompression compression)
    {
        using Image<Rgb24> picture = Picture(37, 21);
        picture.Save(_folder["a.tif"], new TiffEncoder { BitsPerPixel = TiffBitsPerPixel.Bit24, Compression = compression });
        Assert.Equal(picture.ToRgbImage().Pixels, RgbImage.Load(_folder["a.tif"]).Pixels);
    }

    // As Pillow: gray of 16 bits is clipped, colors of 16 bits keep their high byte.
    [Fact]
    public void Deep_samples_are_what_Pillow_makes_of_them()
    {
        Assert.Equal([5, 5, 5, 255, 255, 255, 255, 255, 255], Read(Tiff(3, 1, 16, 1, [5, 0, 200, 1, 255, 255])));
        Assert.Equal([5, 6, 7, 1, 2, 3], Read(Tiff(2, 1, 16, 3, [0x80, 5, 0x7F, 6, 0, 7, 1, 1, 2, 2, 3, 3])));
        Assert.Equal([250, 250, 250, 0, 0, 0], Read(Tiff(2, 1, 8, 1, [5, 255], photometric: 0)));
    }

    [Fact]
    public void Transparent_parts_are_laid_on_white_or_seen()
    {
        byte[] tiff = Tiff(2, 1, 8, 4, [100, 50, 20, 0, 1, 2, 3, 255], extra: 2);
        Assert.Equal([255, 255, 255, 1, 2, 3], Read(tiff));
        Assert.Equal([100, 50, 20, 1, 2, 3], RgbImage.Load(_folder["a.tif"], Transparency.Dropped).Pixels.ToArray());
    }

    // Pillow turns TIFF when it is opened.
    [Fact]
    public void A_TIFF_is_turned_as_it_says()
    {
        Assert.Equal([50, 50, 50, 100, 100, 100], Read(Tiff(2, 1, 8, 1, [100, 50], orientation: 3)));
        File.WriteAllBytes(_folder["b.tif"], Tiff(2, 3, 8, 1, [1, 2, 3, 4, 5, 6], orientation: 6));
        var turned = RgbImage.Load(_folder["b.tif"]);
        Assert.Equal((3, 2), (turned.Width, turned.Height));
        Assert.Equal([5, 3, 1, 6, 4, 2], turned.Pixels.ToArray().Where((_, i) => i % 3 == 0));
    }

    [Theory]
    [InlineData(2, 0x20, new byte[] { 1, 2, 3, 4, 5, 6 }, new byte[] { 3, 2, 1, 6, 5, 4 })]
    [InlineData(10, 0x20, new byte[] { 0x81, 1, 2, 3 }, new byte[] { 3, 2, 1, 3, 2, 1 })]
    [InlineData(10, 0x20, new byte[] { 0x01, 1, 2, 3, 4, 5, 6 }, new byte[] { 3, 2, 1, 6, 5, 4 })]
    public void A_TGA_gives_its_pixels_and_is_refused_when_cut(byte kind, byte descriptor, byte[] data, byte[] expected)
    {
        byte[] tga = [0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 24, descriptor, .. data];
        Assert.Equal(expected, Read(tga));
        Assert.Contains("a.tif: it is cut short", Refused(tga[..^1]), StringComparison.Ordinal);
    }

    // ImageSharp takes the two bytes for a number with a sign.
    [Theory]
    [InlineData(0xFF, 0xFF, 1, 0)]
    [InlineData(2, 0, 0, 0x80)]
    [InlineData(0, 0, 1, 0)]
    public void A_TGA_without_size_is_refused(byte width, byte highWidth, byte height, byte highHeight)
    {
        byte[] tga = [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, width, highWidth, height, highHeight, 24, 0x20, .. new byte[1 << 18]];
        Assert.Contains("a.tif: ", Refused(tga), StringComparison.Ordinal);
    }

    [Fact]
    public void A_TIFF_that_is_cut_short_or_of_another_kind_is_refused_by_name()
    {
        // The tags are in front, so that all of them are there.
        byte[] tiff = Tiff(20, 10, 8, 1, new byte[200]);
        Assert.Equal(600, Read(tiff).Length);
        Assert.Contains("a.tif: it is cut short", Refused(tiff[..^1]), StringComparison.Ordinal);
        Assert.Contains("a.tif: the picture is damaged", Refused(tiff[..60]), StringComparison.Ordinal);
        Assert.Contains("a.tif: the picture is damaged, or of a kind", Refused(Tiff(1, 1, 8, 4, new byte[4], photometric: 5)));
    }

    [Fact]
    public void The_pixel_limit_holds_before_anything_is_decoded()
    {
        File.WriteAllBytes(_folder["a.tif"], Tiff(60_000, 60_000, 8, 1, [0]));
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["a.tif"]));
        Assert.Contains("60000 × 60000 pixels are too many", error.Message, StringComparison.Ordinal);
        File.WriteAllBytes(_folder["a.tif"], Tiff(20, 10, 8, 1, new byte[200]));
        Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["a.tif"], new PictureOptions { MaxPixels = 199 }));
    }

    [Fact]
    public void What_is_damaged_ends_in_one_kind_of_error()
    {
        using Image<Rgb24> picture = Picture(16, 16);
        picture.Save(_folder["a.tif"], new TiffEncoder { Compression = TiffCompression.Lzw });
        byte[] whole = File.ReadAllBytes(_folder["a.tif"]);
        var random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. whole];
            for (int changed = 0; changed < 4; changed++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(_folder["a.tif"], damaged);
            try
            {
                RgbImage.Load(_folder["a.tif"], new PictureOptions { MaxPixels = 100_000 });
            }
            catch (InvalidDataException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 299);
    }

    [Fact]
    public void A_picture_in_memory_is_prepared_like_one_of_a_file()
    {
        using Image<Rgb24> picture = Picture(40, 30);
        picture.SaveAsPng(_folder["a.png"]);
        (float[] expected, float[] actual) = (new float[3 * 16 * 16], new float[3 * 16 * 16]);
        var preprocessor = new ClipPreprocessor(16);
        preprocessor.PreprocessFile(_folder["a.png"], expected);
        preprocessor.Preprocess(picture.ToRgbImage(), actual);
        Assert.Equal(expected, actual);
    }

    private static Image<Rgb24> Picture(int width, int height)
    {
        var picture = new Image<Rgb24>(width, height);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                picture[x, y] = new Rgb24((byte)(x * 6), (byte)(y * 8), (byte)(x * y));
        }

        return picture;
    }

    private byte[] Read(byte[] file)
    {
        File.WriteAllBytes(_folder["a.tif"], file);
        return RgbImage.Load(_folder["a.tif"]).Pixels.ToArray();
    }

    private string Refused(byte[] file) => Assert.Throws<InvalidDataException>(() => Read(file)).Message;

    // One strip, behind the tags.
    private static byte[] Tiff(
        int width,
        int height,
        ushort bits,
        ushort samples,
        byte[] strip,
        int? photometric = null,
        int extra = -1,
        int orientation = 1
    )
    {
        const int Head = 8;
        List<(ushort Tag, ushort Type, int Count, int Value)> tags =
        [
            (256, 4, 1, width),
            (257, 4, 1, height),
            (258, 3, samples, bits),
            (259, 3, 1, 1),
            (262, 3, 1, photometric ?? (samples > 2 ? 2 : 1)),
            (273, 4, 1, 0),
            (274, 3, 1, orientation),
            (277, 3, 1, samples),
            (278, 4, 1, height),
            (279, 4, 1, strip.Length),
        ];
        if (extra >= 0)
            tags.Add((338, 3, 1, extra));
        int depths = Head + 2 + (12 * tags.Count) + 4;
        tags[5] = (273, 4, 1, depths + (2 * samples));
        if (samples > 1)
            tags[2] = (258, 3, samples, depths);
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(Head);
        writer.Write((ushort)tags.Count);
        foreach ((ushort tag, ushort type, int count, int value) in tags)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(count);
            writer.Write(value);
        }

        writer.Write(0);
        for (int i = 0; i < samples; i++)
            writer.Write(bits);
        writer.Write(strip);
        return file.ToArray();
    }
}
