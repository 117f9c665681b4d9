using System.Buffers;
using System.Runtime.Intrinsics.X86;
using Dcsm.Clip.Preprocessing;
using FsCheck.Xunit;

namespace Dcsm.Clip.Tests;

public sealed class ResizeTests
{
    [Property(MaxTest = 400)]
    public void Vectors_give_the_bytes_of_the_scalar_code(int seed)
    {
        var random = new Random(seed);
        (int width, int height, int toWidth, int toHeight) = (Size(random), Size(random), Size(random), Size(random));
        ResampleFilter filter = Enum.GetValues<ResampleFilter>()[random.Next(5)];
        PixelWindow window = Window(random, toWidth, toHeight);
        int channels = random.Next(1, 5);
        byte[] pixels = Pixels(random, width * height * channels);
        byte[] expected = PillowResize.Resize(pixels, width, height, channels, toWidth, toHeight, window, filter, vectors: false);
        Assert.Equal(expected, PillowResize.Resize(pixels, width, height, channels, toWidth, toHeight, window, filter));
        if (channels < 3)
            return;
        // Bytes behind the picture are read, and of no matter.
        byte[] more = [.. pixels, .. Pixels(random, random.Next(40))];
        foreach (bool vectors in (bool[])[true, false])
        {
            byte[] quads = new byte[window.Width * window.Height * 4];
            PillowResize.ResizeToQuads(more, width, height, channels, toWidth, toHeight, window, filter, quads, vectors);
            Assert.Equal(expected, channels == 4 ? quads : [.. quads.Where((_, i) => i % 4 < 3)]);
        }
    }

    [Theory]
    [InlineData(640, 480, 299, 224)]
    [InlineData(224, 224, 224, 224)]
    [InlineData(3, 500, 224, 37333)]
    [InlineData(500, 3, 37333, 224)]
    [InlineData(600, 600, 20, 5)]
    [InlineData(2, 600, 2, 5)]
    [InlineData(1, 600, 1, 5)]
    [InlineData(1, 1, 300, 300)]
    public void Vectors_give_the_bytes_of_the_scalar_code_at_the_edges(int width, int height, int toWidth, int toHeight)
    {
        var random = new Random(7);
        var window = new PixelWindow(
            Math.Max(0, toWidth - 224),
            Math.Max(0, toHeight - 224),
            Math.Min(224, toWidth),
            Math.Min(224, toHeight)
        );
        foreach (ResampleFilter filter in Enum.GetValues<ResampleFilter>())
        {
            for (int channels = 3; channels <= 4; channels++)
            {
                byte[] pixels = Pixels(random, width * height * channels);
                Assert.Equal(
                    PillowResize.Resize(pixels, width, height, channels, toWidth, toHeight, window, filter, vectors: false),
                    PillowResize.Resize(pixels, width, height, channels, toWidth, toHeight, window, filter)
                );
            }
        }
    }

    [Fact]
    public void Vectors_are_what_is_tested_where_there_are_any() =>
        Assert.Equal(
            Avx2.IsSupported,
            VectorResize.Takes(
                3,
                ResizeWeights.For(600, 100, 0, 100, ResampleFilter.Lanczos),
                ResizeWeights.For(5, 500, 0, 500, ResampleFilter.Bicubic)
            )
        );

    [Property(MaxTest = 200)]
    public void Split_weights_are_the_weights(int seed)
    {
        var random = new Random(seed);
        (int size, int toSize) = (Size(random), Size(random));
        var weights = ResizeWeights.For(size, toSize, 0, toSize, Enum.GetValues<ResampleFilter>()[random.Next(5)]);
        Assert.NotNull(weights.Taps);
        for (int place = 0; place < toSize; place++)
        {
            for (int i = 0; i < weights.Groups * 4; i++)
            {
                int at = (((place * weights.Groups) + (i / 4)) * 8) + (i % 4);
                int expected = i < weights.Count[place] ? weights.Factors[(place * weights.Stride) + i] : 0;
                Assert.Equal(expected, (weights.Taps[at] << ResizeWeights.LowBits) + weights.Taps[at + 4]);
            }
        }
    }

    [Fact]
    public void Many_threads_and_sizes_share_the_weights()
    {
        byte[] pixels = Pixels(new Random(1), 40 * 30 * 3);
        byte[][] Resized() =>
            [
                .. Enumerable
                    .Range(1, 150)
                    .Select(size =>
                        PillowResize.Resize(pixels, 40, 30, 3, size, 20, new PixelWindow(0, 0, size, 20), ResampleFilter.Bicubic)
                    ),
            ];
        byte[][] expected = Resized();
        Parallel.For(0, 8, _ => Assert.Equal(expected, Resized()));
    }

    [Theory]
    [InlineData(Transparency.OnWhite)]
    [InlineData(Transparency.Dropped)]
    public void A_file_gives_the_values_of_its_decoded_picture(Transparency transparency)
    {
        var preprocessor = ClipPreprocessor.Load(Goldens.Path("preprocess"));
        foreach (string path in Directory.GetFiles(Goldens.Path("preprocess", "files")))
        {
            DirtyThePool();
            (float[]? expected, float[]? actual, float[]? ofImage) = (
                new float[3 * 224 * 224],
                new float[3 * 224 * 224],
                new float[3 * 224 * 224]
            );
            var image = RgbImage.Load(path, transparency);
            preprocessor.Normalize(preprocessor.Crop(image).Pixels, expected);
            preprocessor.Preprocess(image, ofImage);
            DirtyThePool();
            preprocessor.PreprocessFile(path, actual, transparency);
            Assert.True(expected.AsSpan().SequenceEqual(ofImage), path);
            Assert.True(expected.AsSpan().SequenceEqual(actual), path);
        }
    }

    [Fact]
    public void What_a_small_picture_leaves_free_has_the_value_of_black()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["preprocessor_config.json"], """{"do_resize":false,"crop_size":250}""");
        var preprocessor = ClipPreprocessor.Load(folder.Path);
        (float[]? expected, float[]? actual) = (new float[3 * 250 * 250], new float[3 * 250 * 250]);
        foreach (string name in (string[])["png_225x224.png", "png_3x500.png", "png_500x3.png", "png_1x1.png"])
        {
            string path = Goldens.Path("preprocess", "files", name);
            preprocessor.Normalize(preprocessor.Crop(RgbImage.Load(path)).Pixels, expected);
            preprocessor.PreprocessFile(path, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), name);
            Assert.Equal(-preprocessor.Mean[2] / preprocessor.Std[2], actual[^1]);
        }
    }

    [Fact]
    public void Damaged_files_are_named()
    {
        using var folder = new TemporaryFolder();
        var preprocessor = new ClipPreprocessor(32);
        float[] pixels = new float[3 * 32 * 32];
        Assert.Contains(
            "none.png",
            Assert.Throws<FileNotFoundException>(() => preprocessor.PreprocessFile(folder["none.png"], pixels)).Message,
            StringComparison.Ordinal
        );
        foreach (string name in (string[])["png_rgb.png", "png_gray16.png", "jpeg_420.jpg", "webp_lossy.webp"])
        {
            byte[] bytes = File.ReadAllBytes(Goldens.Path("preprocess", "files", name));
            File.WriteAllBytes(folder[name], bytes[..(bytes.Length / 2)]);
            Assert.Contains(
                name,
                Assert.Throws<InvalidDataException>(() => preprocessor.PreprocessFile(folder[name], pixels)).Message,
                StringComparison.Ordinal
            );
        }
        Assert.Throws<ArgumentException>(() =>
            preprocessor.PreprocessFile(Goldens.Path("preprocess", "files", "png_rgb.png"), new float[5])
        );
    }

    [Property(MaxTest = 100)]
    public void Every_fourth_byte_is_left_out(byte[] bytes)
    {
        byte[] quads = bytes[..(bytes.Length / 4 * 4)];
        byte[] triples = new byte[quads.Length / 4 * 3];
        PixelBytes.Pack(quads, triples);
        Assert.Equal(quads.Where((_, i) => i % 4 < 3), triples);
        byte[] again = new byte[quads.Length];
        PixelBytes.Spread(triples, again);
        Assert.Equal(quads.Select((value, i) => i % 4 < 3 ? value : (byte)0), again);
    }

    private static int Size(Random random) =>
        random.Next(4) switch
        {
            0 => random.Next(1, 8),
            1 => random.Next(1, 40),
            _ => random.Next(1, 601),
        };

    private static PixelWindow Window(Random random, int width, int height)
    {
        (int left, int top) = (random.Next(width), random.Next(height));
        return new PixelWindow(left, top, random.Next(1, width - left + 1), random.Next(1, height - top + 1));
    }

    // Noise, or black and white only, with which sums leave the range most.
    private static byte[] Pixels(Random random, int length)
    {
        byte[] pixels = new byte[length];
        random.NextBytes(pixels);
        if (random.Next(2) == 0)
        {
            for (int i = 0; i < length; i++)
                pixels[i] = (byte)(pixels[i] < 128 ? 0 : 255);
        }
        return pixels;
    }

    private static void DirtyThePool()
    {
        for (int length = 16; length <= 1 << 23; length *= 2)
        {
            var arrays = Enumerable.Range(0, 3).Select(_ => ArrayPool<byte>.Shared.Rent(length)).ToList();
            foreach (byte[]? array in arrays)
            {
                Array.Fill(array, (byte)0xA5);
                ArrayPool<byte>.Shared.Return(array);
            }
        }
    }
}
