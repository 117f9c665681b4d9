using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

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
        File.WriteAllBytes(_folder["a.png"], Png(isInterlaced));
        long before = PictureMemory.Taken;
        using var decoder = new ImageDecoder(_folder["a.png"], new PictureOptions());
        using (DecodedPicture picture = decoder.Decode())
            Assert.InRange(PictureMemory.Taken - before, 0, ((long)Side * Side * bytesOfPixel) + 100);
        using DecodedPicture again = decoder.Decode();
        Assert.True(!isInterlaced || PictureMemory.Taken >= (long)Side * Side * bytesOfPixel);
    }

    // Gray, all zero.
    private static byte[] Png(bool isInterlaced)
    {
        (int Start, int Step, int RowStart, int RowStep)[] passes = isInterlaced
            ? [(0, 8, 0, 8), (4, 8, 0, 8), (0, 4, 4, 8), (2, 4, 0, 4), (0, 2, 2, 4), (1, 2, 0, 2), (0, 1, 1, 2)]
            : [(0, 1, 0, 1)];
        long length = passes.Sum(pass => (long)Count(pass.RowStart, pass.RowStep) * (1 + Count(pass.Start, pass.Step)));
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(new byte[length]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Side);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Side);
        (header[8], header[12]) = (8, (byte)(isInterlaced ? 1 : 0));
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];

        static int Count(int start, int step) => (Side - start + step - 1) / step;
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
