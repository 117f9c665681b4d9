using Dcsm.Clip.Preprocessing;
using FsCheck.Xunit;
using SkiaSharp;

namespace Dcsm.Clip.Tests.Preprocessing;

/// <summary>A JPEG is resized while it is decoded: the same values as of the whole picture.</summary>
public class PicturesInRowsTests
{
    private static readonly ClipPreprocessor Preprocessor = new(48);

    [Property(MaxTest = 60)]
    public void Row_by_row_is_what_the_whole_picture_is(int seed)
    {
        var random = new Random(seed);
        (int width, int height) = (1 + random.Next(900), 1 + random.Next(900));
        bool gray = random.Next(4) == 0;
        var subsampling = (SKJpegEncoderDownsample)random.Next(3);
        byte[] file = Jpeg(width, height, random.Next(), gray, subsampling);
        var options = new PictureOptions();
        using (var decoder = new ImageDecoder(ImageSource.FromBytes(file, "a"), options))
            Assert.True(decoder.ComesInRows);
        Assert.Equal(Whole(file), Prepared(file, options));
    }

    [Fact]
    public void A_picture_of_more_rows_than_fit_a_band_is_cut_where_it_should_be()
    {
        byte[] file = Jpeg(3000, 1100, 1, false, SKJpegEncoderDownsample.Downsample420);
        Assert.Equal(Whole(file), Prepared(file, new PictureOptions()));
    }

    [Fact]
    public void A_file_that_ends_early_is_refused_by_its_name()
    {
        byte[] file = Jpeg(800, 900, 2, false, SKJpegEncoderDownsample.Downsample444);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Prepared(file[..(file.Length / 2)], new PictureOptions()));
        Assert.StartsWith("a: the picture is damaged or cut short", error.Message, StringComparison.Ordinal);
        var warned = new List<string>();
        Prepared(file[..(file.Length / 2)], new PictureOptions { AllowTruncated = true, Warn = warned.Add });
        Assert.Single(warned);
    }

    // What is cropped away is not decoded, but must be there.
    [Fact]
    public void A_file_that_ends_below_what_is_cropped_is_cut_short()
    {
        byte[] jpeg = Jpeg(300, 900, 3, false, SKJpegEncoderDownsample.Downsample444);
        byte[] png = new TestPng(50, 90, 8, 2).File((x, y, channel) => x * y * (channel + 5));
        foreach (byte[] file in new[] { jpeg, png })
        {
            Prepared(file, new PictureOptions());
            Assert.Throws<InvalidDataException>(() => Prepared(file[..(file.Length * 15 / 16)], new PictureOptions()));
        }
    }

    private static float[] Prepared(byte[] file, PictureOptions options)
    {
        float[] pixels = new float[3 * 48 * 48];
        Preprocessor.Preprocess(ImageSource.FromBytes(file, "a"), pixels, options);
        return pixels;
    }

    private static float[] Whole(byte[] file)
    {
        float[] pixels = new float[3 * 48 * 48];
        Preprocessor.Preprocess(RgbImage.Load(ImageSource.FromBytes(file, "a"), new PictureOptions()), pixels);
        return pixels;
    }

    private static byte[] Jpeg(int width, int height, int seed, bool gray, SKJpegEncoderDownsample subsampling)
    {
        var random = new Random(seed);
        using var bitmap = new SKBitmap(
            new SKImageInfo(width, height, gray ? SKColorType.Gray8 : SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)((i / 97) + random.Next(60));
        using SKPixmap map = bitmap.PeekPixels();
        using SKData data = map.Encode(new SKJpegEncoderOptions(random.Next(30, 100), subsampling, SKJpegEncoderAlphaOption.Ignore))!;
        return data.ToArray();
    }
}
