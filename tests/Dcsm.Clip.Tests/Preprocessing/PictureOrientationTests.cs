using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.Clip.Tests.Preprocessing;

public sealed class PictureOrientationTests : IDisposable
{
    private const int W = 31,
        H = 18;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // EXIF 2.32, tag 274: where the stored rows and columns are seen.
    public static TheoryData<int, SKEncodedImageFormat> Files
    {
        get
        {
            var files = new TheoryData<int, SKEncodedImageFormat>();
            for (int orientation = 1; orientation <= 8; orientation++)
            {
                files.Add(orientation, SKEncodedImageFormat.Jpeg);
                files.Add(orientation, SKEncodedImageFormat.Png);
            }
            return files;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_picture_is_turned_as_its_file_says(int orientation, SKEncodedImageFormat format)
    {
        string path = Write(orientation, format);
        var stored = RgbImage.Load(path, new PictureOptions { Orientation = PictureOrientation.Ignored });
        Assert.Equal((W, H), (stored.Width, stored.Height));
        var seen = RgbImage.Load(path);
        Assert.Equal(orientation > 4 ? (H, W) : (W, H), (seen.Width, seen.Height));
        for (int y = 0; y < H; y++)
        {
            for (int x = 0; x < W; x++)
            {
                (int atX, int atY) = orientation switch
                {
                    1 => (x, y),
                    2 => (W - 1 - x, y),
                    3 => (W - 1 - x, H - 1 - y),
                    4 => (x, H - 1 - y),
                    5 => (y, x),
                    6 => (H - 1 - y, x),
                    7 => (H - 1 - y, W - 1 - x),
                    _ => (y, W - 1 - x),
                };
                Assert.Equal(Pixel(stored, x, y), Pixel(seen, atX, atY));
            }
        }

        // The way that does not stop at pixels.
        var preprocessor = new ClipPreprocessor(8);
        float[] direct = new float[3 * 8 * 8],
            expected = new float[3 * 8 * 8];
        preprocessor.PreprocessFile(path, direct);
        preprocessor.Preprocess(seen, expected);
        Assert.Equal(expected, direct);
    }

    [Fact]
    public void The_official_code_does_not_turn() =>
        Assert.Equal(PictureOrientation.Ignored, Dcsm.Clip.Models.ClipOptions.Official.Pictures.Orientation);

    private static (byte, byte, byte) Pixel(RgbImage image, int x, int y)
    {
        int at = 3 * (y * image.Width + x);
        return (image.Pixels[at], image.Pixels[at + 1], image.Pixels[at + 2]);
    }

    [Fact]
    public void A_damaged_EXIF_of_a_PNG_turns_nothing()
    {
        byte[] png = Encoded(SKEncodedImageFormat.Png);
        byte[] exif = ExifPicture.Tiff(6);
        Assert.Equal(H, Width(exif));
        // Byte order, mark, place of the directory, name, type and value of the entry.
        foreach (int at in (int[])[0, 3, 5, 7, 11, 13, 19])
        {
            byte[] damaged = [.. exif];
            damaged[at] ^= 0x7F;
            Assert.Equal(W, Width(damaged));
        }
        for (int length = 0; length < 20; length++)
            Assert.Equal(W, Width(exif[..length]));

        int Width(byte[] tiff)
        {
            File.WriteAllBytes(_folder["a.png"], WithExif(png, tiff));
            return RgbImage.Load(_folder["a.png"]).Width;
        }
    }

    private string Write(int orientation, SKEncodedImageFormat format)
    {
        string path = _folder[$"{orientation}.{format}"];
        byte[] file = Encoded(format);
        File.WriteAllBytes(
            path,
            format == SKEncodedImageFormat.Png ? WithExif(file, ExifPicture.Tiff(orientation)) : ExifPicture.Oriented(file, orientation)
        );
        return path;
    }

    // At the end of the file, where one comes late to it.
    private static byte[] WithExif(byte[] png, byte[] tiff) =>
        [.. png[..^TestPng.End.Length], .. TestPng.Chunk("eXIf", tiff), .. TestPng.End];

    private static byte[] Encoded(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(W, H);
        for (int y = 0; y < H; y++)
        {
            for (int x = 0; x < W; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(8 * x), (byte)(14 * y), (byte)(x * y)));
        }

        using SKData data = bitmap.Encode(format, 95);
        return data.ToArray();
    }
}
