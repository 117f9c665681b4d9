using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

// What is held of pictures is the process's: such tests don't run side by side.
[Collection(nameof(PictureMemory))]
public sealed class PictureMemoryTests : IDisposable
{
    private const int Side = 4000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pictures_wait_for_one_another_by_all_that_is_held_of_them()
    {
        var first = new DecodedPicture(Side, Side, 4, heldByDecoder: 8);
        using var second = new DecodedPicture(Side, Side, 4, heldByDecoder: 8);
        Task<DecodedPicture> third = Task.Run(() => new DecodedPicture(Side, Side, 4, heldByDecoder: 8));
        Assert.NotSame(third, await Task.WhenAny(third, Task.Delay(300)));
        first.Dispose();
        (await third.WaitAsync(TimeSpan.FromSeconds(60))).Dispose();
    }

    // A file of 16 kB for each of which a decoder puts 16 million pixels together before it gives the first one.
    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 4)]
    public void What_is_put_together_from_passes_is_reckoned_with(bool isInterlaced, int bytesOfPixel)
    {
        File.WriteAllBytes(_folder["a.png"], Png(Side, Side, isInterlaced, (_, _) => 0));
        using var decoder = new ImageDecoder(_folder["a.png"], new PictureOptions());
        using DecodedPicture picture = decoder.Decode();
        Assert.InRange(picture.Held - ((long)Side * Side * bytesOfPixel), 0, 100);
    }

    // Wide enough that it is decoded in strips where it is interlaced.
    [Fact]
    public void A_huge_interlaced_picture_has_the_pixels_of_a_plain_one()
    {
        const int Width = 5003,
            Height = 3517;
        Assert.True((long)Width * Height * 8 > 2 * (64 << 20));
        File.WriteAllBytes(_folder["plain.png"], Png(Width, Height, false, Gray));
        byte[] interlaced = Png(Width, Height, true, Gray);
        File.WriteAllBytes(_folder["interlaced.png"], interlaced);
        File.WriteAllBytes(_folder["cut.png"], interlaced[..(interlaced.Length / 2)]);
        Assert.True(RgbImage.Load(_folder["plain.png"]).Pixels.SequenceEqual(RgbImage.Load(_folder["interlaced.png"]).Pixels));
        Assert.Throws<InvalidDataException>(() => RgbImage.Load(_folder["cut.png"]));
        var cut = RgbImage.Load(_folder["cut.png"], new PictureOptions { AllowTruncated = true });
        // The first passes are of the whole picture.
        foreach (int row in new[] { 0, Height / 4, Height - 8 })
            Assert.NotEqual(0, cut.Pixels[row / 8 * 8 * Width * 3]);

        static byte Gray(int x, int y) => (byte)(1 + ((x * 7) ^ (y * 13)) % 255);
    }

    private static byte[] Png(int width, int height, bool isInterlaced, Func<int, int, byte> gray)
    {
        (int Left, int Right, int Top, int Down)[] passes = isInterlaced
            ? [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
            : [(0, 1, 0, 1)];
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach ((int left, int right, int top, int down) in passes)
            {
                byte[] row = new byte[1 + ((width - left + right - 1) / right)];
                for (int y = top; y < height; y += down)
                {
                    for (int i = 1; i < row.Length; i++)
                        row[i] = gray(left + ((i - 1) * right), y);
                    zlib.Write(row);
                }
            }
        }

        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[12]) = (8, (byte)(isInterlaced ? 1 : 0));
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> name, byte[] data)
    {
        byte[] body = [.. name, .. data];
        byte[] length = new byte[4],
            sum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc32.HashToUInt32(body));
        return [.. length, .. body, .. sum];
    }
}
