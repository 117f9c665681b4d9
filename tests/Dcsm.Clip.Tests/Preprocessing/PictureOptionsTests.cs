using Dcsm.Clip.Preprocessing;
using SkiaSharp;

namespace Dcsm.Clip.Tests.Preprocessing;

[Collection(PictureMemoryGroup.Name)]
public sealed class PictureOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Without its last scan it looks whole, only coarser.
    [Fact]
    public void A_progressive_JPEG_that_is_cut_short_is_refused_or_taken_with_a_warning()
    {
        (byte[] jpeg, int lastScan) = ProgressiveJpeg();
        File.WriteAllBytes(_folder["whole.jpg"], jpeg);
        Assert.All(RgbImage.Load(_folder["whole.jpg"]).Pixels.ToArray(), value => Assert.Equal(128, value));
        foreach (int length in (int[])[lastScan, jpeg.Length - 3, jpeg.Length - 2, jpeg.Length - 1])
        {
            File.WriteAllBytes(_folder["cut.jpg"], jpeg[..length]);
            InvalidDataException error = Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["cut.jpg"]));
            Assert.Contains("cut.jpg: the picture is damaged or cut short", error.Message, StringComparison.Ordinal);
            List<string> warnings = [];
            var options = new PictureOptions { AllowTruncated = true, Warn = warnings.Add };
            Assert.All(RgbImage.Load(_folder["cut.jpg"], options).Pixels.ToArray(), value => Assert.Equal(128, value));
            Assert.Equal($"{_folder["cut.jpg"]}: the picture is cut short; it is taken as far as it goes.", Assert.Single(warnings));
        }
    }

    [Fact]
    public void A_picture_cut_in_its_rows_is_black_from_there_where_that_is_allowed()
    {
        byte[] png = Encoded(64, 400, SKEncodedImageFormat.Png);
        File.WriteAllBytes(_folder["cut.png"], png[..(png.Length / 2)]);
        Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["cut.png"]));
        List<string> warnings = [];
        var picture = RgbImage.Load(_folder["cut.png"], new PictureOptions { AllowTruncated = true, Warn = warnings.Add });
        Assert.Single(warnings);
        Assert.Equal(Value(0, 0), picture.Pixels[0]);
        Assert.All(picture.Pixels[^600..].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_caller_may_lower_the_pixel_limit()
    {
        File.WriteAllBytes(_folder["a.png"], Encoded(20, 30, SKEncodedImageFormat.Png));
        Assert.Equal(20, RgbImage.Load(_folder["a.png"], new PictureOptions { MaxPixels = 600 }).Width);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            new ClipPreprocessor(8).PreprocessFile(_folder["a.png"], new float[192], new PictureOptions { MaxPixels = 599 })
        );
        Assert.Contains("a.png: 20 × 30 pixels are too many; at most 599", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PictureOptions { MaxPixels = PictureOptions.MostPixels + 1 });
    }

    [Fact]
    public async Task Huge_pictures_are_not_held_side_by_side()
    {
        (int now, int most) = (0, 0);
        Task[] tasks =
        [
            .. Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            using var picture = new DecodedPicture(13_000, 13_000, 4); // 676 MB, never touched
                            int held = Interlocked.Increment(ref now);
                            InterlockedMax(ref most, held);
                            Thread.Sleep(5);
                            Interlocked.Decrement(ref now);
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(1, most);
        // Two of them are not more than may be.
        using var first = new DecodedPicture(6000, 10_000, 4);
        using var second = new DecodedPicture(6000, 10_000, 4);
        Assert.Equal(240_000_000, second.Pixels.Length);
    }

    [Fact]
    public void What_is_no_picture_says_what_it_is()
    {
        _folder.Write("a.jpg", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["a.jpg"]));
        Assert.Contains("a.jpg: is a Git LFS pointer", error.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (int seen = most; value > seen; seen = most)
            Interlocked.CompareExchange(ref most, value, seen);
    }

    private static byte Value(int x, int y) => (byte)(1 + (((x * 7) + (y * 31) + (x * y)) % 250));

    private static byte[] Encoded(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
                bitmap.SetPixel(x, y, new SKColor(Value(x, y), Value(y, x), 200));
        }

        using SKData data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    // Gray, 8 × 8, one block: a scan of its mean, one of the rest. Each table has one code, '0', for nothing.
    private static (byte[] Jpeg, int LastScan) ProgressiveJpeg()
    {
        byte[] head =
        [
            .. (byte[])[0xFF, 0xD8],
            .. Segment(0xDB, [0, .. Enumerable.Repeat((byte)16, 64)]),
            .. Segment(0xC2, [8, 0, 8, 0, 8, 1, 1, 0x11, 0]),
            .. Segment(0xC4, [0x00, 1, .. new byte[15], 0]),
            .. Segment(0xDA, [1, 1, 0, 0, 0, 0]),
            0x7F,
            .. Segment(0xC4, [0x10, 1, .. new byte[15], 0]),
        ];
        return ([.. head, .. Segment(0xDA, [1, 1, 0, 1, 63, 0]), 0x7F, 0xFF, 0xD9], head.Length);

        static byte[] Segment(byte marker, byte[] content) => [0xFF, marker, 0, (byte)(content.Length + 2), .. content];
    }
}
