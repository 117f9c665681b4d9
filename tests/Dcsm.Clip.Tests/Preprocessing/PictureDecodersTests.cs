using System.Text;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

public sealed class PictureDecodersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // As Pillow reads them and converts them to RGB.
    [Theory]
    [InlineData("P5\n3 1\n255\n", new byte[] { 0, 100, 255 }, new byte[] { 0, 100, 255 })]
    [InlineData("P5 # size\n3 # of what\n1\n100\n", new byte[] { 0, 50, 100 }, new byte[] { 0, 128, 255 })]
    [InlineData("P5\n2 1\n15\n", new byte[] { 7, 200 }, new byte[] { 119, 255 })]
    [InlineData("P5\n3 1\n65535\n", new byte[] { 0, 7, 0, 200, 1, 0 }, new byte[] { 7, 200, 255 })]
    [InlineData("P5\n2 1\n1023\n", new byte[] { 0, 2, 3, 255 }, new byte[] { 128, 255 })] // 2 of 1023 is 128 of 65535
    [InlineData("P2\n3 1 255\n0 100\n# a remark\n255", new byte[0], new byte[] { 0, 100, 255 })]
    [InlineData("P1\n5 1\n0110 1", new byte[0], new byte[] { 255, 0, 0, 255, 0 })]
    [InlineData(
        "P4\n9 2\n",
        new byte[] { 0x60, 0x80, 0xFF, 0 },
        new byte[] { 255, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255 }
    )]
    public void Gray_of_Netpbm_is_read(string head, byte[] data, byte[] gray) =>
        Assert.Equal(
            gray.SelectMany(value => (byte[])[value, value, value]),
            Read([.. Encoding.ASCII.GetBytes(head), .. data]).Pixels.ToArray()
        );

    [Theory]
    [InlineData("P6\n1 2\n255\n", new byte[] { 1, 2, 3, 4, 5, 6 }, new byte[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData("P6\n1 1\n65535\n", new byte[] { 1, 129, 255, 255, 0, 128 }, new byte[] { 1, 255, 0 })] // 385 of 65535 is 1.498 of 255
    [InlineData("P3\n1 1\n10\n1 5 10\n", new byte[0], new byte[] { 26, 128, 255 })] // 25.5 and 127.5 go to even
    public void Colors_of_Netpbm_are_read(string head, byte[] data, byte[] colors) =>
        Assert.Equal(colors, Read([.. Encoding.ASCII.GetBytes(head), .. data]).Pixels.ToArray());

    [Theory]
    [InlineData("P5\n3 1\n255\nab", "cut short")]
    [InlineData("P6\n3 1\n255\n", "cut short")]
    [InlineData("P2\n3 1\n255\n1 2", "cut short")]
    [InlineData("P4\n9 1\na", "cut short")]
    [InlineData("P5\n3", "cut short")]
    [InlineData("P5\n0 1\n255\n", "is 0")]
    [InlineData("P5\n3 1\n70000\n", "at most 65535")]
    [InlineData("P2\n1 1\n9\n10\n", "at most 9")]
    [InlineData("P1\n1 1\n2\n", "neither 0 nor 1")]
    [InlineData("P5\n100000 100000\n255\n", "too many")]
    [InlineData("P7\nWIDTH 1\n", "not a picture that can be decoded (JPEG, PNG, WebP, GIF, BMP, PNM, QOI")]
    [InlineData("qoif\0\0\0\u0001\0\0\0\u0002\u0004\0", "cut short")]
    public void What_is_damaged_is_refused_by_name(string text, string said)
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Read(Encoding.Latin1.GetBytes(text)));
        Assert.StartsWith(_folder["a.bin"] + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    // Each way of writing a pixel: red, a run of two, a difference, a luma, one seen before, one with alpha.
    [Fact]
    public void A_picture_in_QOI_is_read()
    {
        byte[] qoi =
        [
            .. "qoif"u8,
            .. (byte[])[0, 0, 0, 4, 0, 0, 0, 2, 4, 0],
            .. (byte[])[0xFE, 200, 10, 20],
            0xC1,
            0x40 | (3 << 4) | (2 << 2) | 1,
            .. (byte[])[0x80 | (32 + 5), (8 + 2) << 4 | (8 - 3)],
            (byte)(((200 * 3) + (10 * 5) + (20 * 7) + (255 * 11)) % 64),
            .. (byte[])[0xFF, 9, 9, 9, 0],
            0xC0,
            .. (byte[])[0, 0, 0, 0, 0, 0, 0, 1],
        ];
        byte[] expected = [200, 10, 20, 200, 10, 20, 200, 10, 20, 201, 10, 19, 208, 15, 21, 200, 10, 20, 255, 255, 255, 255, 255, 255];
        Assert.Equal(expected, Read(qoi).Pixels);
        Assert.Equal([9, 9, 9], RgbImage.Load(_folder["a.bin"], Transparency.Dropped).Pixels[^3..].ToArray());
        Assert.Equal((4, 2), (Read(qoi).Width, Read(qoi).Height));
    }

    private RgbImage Read(byte[] file)
    {
        File.WriteAllBytes(_folder["a.bin"], file);
        return RgbImage.Load(_folder["a.bin"]);
    }
}
