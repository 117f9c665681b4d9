using System.Diagnostics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

public sealed class ImageSourceTests : IDisposable
{
    private static readonly PictureOptions Options = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("png_rgb.png")]
    [InlineData("png_rgb_trns.png")]
    public async Task Pixels_are_those_of_the_file_wherever_they_come_from(string file)
    {
        string path = Goldens.Path("preprocess", "files", file);
        byte[] bytes = await File.ReadAllBytesAsync(path);
        var preprocessor = new ClipPreprocessor(32);
        float[] expected = Prepared(path);
        // Amid other bytes, as a part of a larger message.
        byte[] amid = [1, 2, 3, .. bytes, 4, 5];
        Assert.Equal(expected, Prepared(ImageSource.FromBytes(amid.AsMemory(3, bytes.Length), "a")));
        Assert.Equal(expected, Prepared(ImageSource.FromBytes(bytes, "a")));
        using var stream = new MemoryStream(bytes);
        Assert.Equal(expected, Prepared(ImageSource.FromStream(stream, "a")));
        stream.Position = 0;
        Assert.Equal(expected, Prepared(await ImageSource.FromStreamAsync(stream, "a", bytes.Length)));
        Assert.Equal(expected, Prepared(ImageSource.FromImage(RgbImage.Load(path), "a")));
        Assert.Equal(RgbImage.Load(path).Pixels, RgbImage.Load(ImageSource.FromBytes(bytes, "a"), Options).Pixels);

        float[] Prepared(ImageSource source)
        {
            float[] pixels = new float[3 * 32 * 32];
            preprocessor.Preprocess(source, pixels, Options);
            return pixels;
        }
    }

    [Fact]
    public async Task Errors_call_it_by_the_callers_name()
    {
        string path = _folder.Write("secret.png", "no picture");
        foreach (
            ImageSource source in new[]
            {
                ImageSource.FromFile(path, "upload"),
                ImageSource.FromBytes("no picture"u8.ToArray(), "upload"),
                ImageSource.FromFile(_folder["none.png"], "upload"),
            }
        )
        {
            Exception error = Assert.ThrowsAny<Exception>(() => RgbImage.Load(source, Options));
            Assert.StartsWith("upload: ", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(_folder.Path, error.ToString().Split("\n   at ")[0], StringComparison.Ordinal);
        }
        using var stream = new MemoryStream(new byte[1000]);
        InvalidDataException tooLong = Assert.Throws<InvalidDataException>(() => ImageSource.FromStream(stream, "upload", 999));
        Assert.Equal("upload: the picture is longer than 999 bytes.", tooLong.Message);
        stream.Position = 0;
        await Assert.ThrowsAsync<InvalidDataException>(() => ImageSource.FromStreamAsync(stream, "upload", 999));
    }

    [Fact]
    public void Sources_of_the_same_file_are_equal_and_others_are_not()
    {
        ImageSource file = "a.png";
        Assert.Equal(file, ImageSource.FromFile("a.png"));
        Assert.Equal(file.GetHashCode(), ImageSource.FromFile("a.png").GetHashCode());
        Assert.NotEqual(file, ImageSource.FromFile("a.png", "b"));
        Assert.NotEqual(ImageSource.FromBytes(new byte[1], "a"), ImageSource.FromBytes(new byte[1], "a"));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_told_and_the_others_are_encoded()
    {
        using var clip = ClipModel.Load(Repository.Path("data/clip-small"));
        string[] good = [Repository.Path("data/samples/color.png"), Repository.Path("data/samples/size.png")];
        var told = new List<ImageSource>();
        var bad = ImageSource.FromBytes(new byte[10], "bad");
        ImageEncoding found = Assert.Single(
            clip.EncodeImageBatches(
                [
                    [good[0], bad, good[1]],
                ],
                (source, error) =>
                {
                    Assert.IsType<InvalidDataException>(error);
                    lock (told)
                        told.Add(source);
                }
            )
        );
        Assert.Equal([bad], told);
        ImageEncoding expected = clip.EncodeImages(good);
        Assert.Equal(expected.Pooled[0].ToArray(), found.Pooled[0].ToArray());
        Assert.Equal(expected.Pooled[1].ToArray(), found.Pooled[2].ToArray());
    }

    [Fact]
    public void Encoding_of_texts_stops_when_told()
    {
        using var clip = ClipModel.Load(Repository.Path("data/clip-small"));
        string[] texts = [.. Enumerable.Range(0, 100_000).Select(i => $"a red car number {i}")];
        int tokens = clip.Config.Text.ContextLength;
        clip.EncodeTexts(["a"], tokens);
        long start = Stopwatch.GetTimestamp();
        clip.EncodeTexts([.. texts.Take(1000)], tokens);
        TimeSpan tenth = 10 * Stopwatch.GetElapsedTime(start);

        long told = 0;
        using var stop = new CancellationTokenSource();
        var other = new Thread(() =>
        {
            Thread.Sleep(300);
            told = Stopwatch.GetTimestamp();
            stop.Cancel();
        });
        other.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => clip.EncodeTexts(texts, tokens, stop.Token));
        TimeSpan since = Stopwatch.GetElapsedTime(told);
        other.Join();
        Assert.InRange(since, TimeSpan.Zero, tenth);
    }
}
