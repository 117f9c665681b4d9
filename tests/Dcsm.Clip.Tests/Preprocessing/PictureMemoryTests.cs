using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

[Collection(PictureMemoryGroup.Name)]
public sealed class PictureMemoryTests : IDisposable
{
    private const int Side = 4000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pictures_wait_for_one_another_by_all_that_is_held_of_them()
    {
        var first = new DecodedPicture(Side, Side, 4, heldByDecoder: 8L * Side * Side);
        using var second = new DecodedPicture(Side, Side, 4, heldByDecoder: 8L * Side * Side);
        Task<DecodedPicture> third = Task.Run(() => new DecodedPicture(Side, Side, 4, heldByDecoder: 8L * Side * Side));
        Assert.NotSame(third, await Task.WhenAny(third, Task.Delay(300)));
        first.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
    }

    // A file of 16 kB of which no more is held than its pixels and some rows; in rows not even those.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_a_PNG_no_more_is_held_than_its_pixels(bool isInterlaced)
    {
        File.WriteAllBytes(_folder["a.png"], new TestPng(Side, Side, 8, 0, isInterlaced).File((_, _, _) => 0));
        using var decoder = new ImageDecoder(_folder["a.png"], new PictureOptions());
        using (DecodedPicture picture = decoder.Decode())
            Assert.InRange(picture.Held - ((long)Side * Side * 3), 0, 10 * Side);
        Assert.Equal(!isInterlaced, decoder.ComesInRows);
        Assert.InRange(decoder.HeldByDecoder, Side, 10 * Side);
    }

    [Fact]
    public void A_huge_interlaced_picture_has_the_pixels_of_a_plain_one()
    {
        const int Width = 5003,
            Height = 3517;
        File.WriteAllBytes(_folder["plain.png"], new TestPng(Width, Height, 8, 0).File(Gray));
        byte[] interlaced = new TestPng(Width, Height, 8, 0, true).File(Gray);
        File.WriteAllBytes(_folder["interlaced.png"], interlaced);
        File.WriteAllBytes(_folder["cut.png"], interlaced[..(interlaced.Length / 2)]);
        Assert.True(RgbImage.Load(_folder["plain.png"]).Pixels.SequenceEqual(RgbImage.Load(_folder["interlaced.png"]).Pixels));
        Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["cut.png"]));
        var cut = RgbImage.Load(_folder["cut.png"], new PictureOptions { AllowTruncated = true });
        // The first passes are of the whole picture.
        foreach (int row in new[] { 0, Height / 4, Height - 8 })
            Assert.NotEqual(0, cut.Pixels[row / 8 * 8 * Width * 3]);

        static int Gray(int x, int y, int channel) => 1 + (((x * 7) ^ (y * 13)) % 255);
    }
}
