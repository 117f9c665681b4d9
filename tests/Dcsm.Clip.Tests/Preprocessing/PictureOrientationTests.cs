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
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_picture_is_turned_as_its_file_says(int orientation)
    {
        string path = Write(orientation);
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

    private string Write(int orientation)
    {
        using var bitmap = new SKBitmap(W, H);
        for (int y = 0; y < H; y++)
        {
            for (int x = 0; x < W; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(8 * x), (byte)(14 * y), (byte)(x * y)));
        }

        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        string path = _folder[$"{orientation}.jpg"];
        File.WriteAllBytes(path, ExifPicture.Oriented(data.ToArray(), orientation));
        return path;
    }
}
