using Dcsm.Clip.Preprocessing;
using FsCheck.Xunit;
using SkiaSharp;

namespace Dcsm.Clip.Tests.Preprocessing;

/// <summary>PNGs come by rows, to the bit as Skia decodes them as a whole, and are refused where libpng refuses them.</summary>
public class PngReaderTests
{
    private static readonly (int Type, int Depth)[] Kinds =
    [
        .. new[] { 1, 2, 4, 8, 16 }.Select(depth => (0, depth)),
        .. new[] { 1, 2, 4, 8 }.Select(depth => (3, depth)),
        .. new[] { 2, 4, 6 }.SelectMany(type => new[] { (type, 8), (type, 16) }),
    ];

    private static readonly TestPng Small = new(40, 30, 8, 2);

    [Property(MaxTest = 400)]
    public void Pixels_are_those_of_Skia(int seed)
    {
        var random = new Random(seed);
        (int type, int depth) = Kinds[random.Next(Kinds.Length)];
        var png = new TestPng(1 + random.Next(70), 1 + random.Next(70), depth, type, random.Next(4) == 0);
        int filter = random.Next(6);
        int[] noise = [.. Enumerable.Range(0, 997).Select(_ => random.Next(1 << depth))];
        bool isNoise = random.Next(2) == 0;
        byte[] file = png.File(
            (x, y, channel) => isNoise ? noise[((x * 7) + (y * 131) + (channel * 31)) % 997] : ((x + y + channel) << depth) / 150,
            y => filter < 5 ? filter : noise[y] % 5,
            [.. ChunksBefore(random, type, depth)]
        );
        var options = new PictureOptions { Transparency = (Transparency)random.Next(2) };
        byte[] expected = Whole(file, options.Transparency);
        if ((type, depth) == (0, 16))
            expected = ClippedGray(png, (x, y) => isNoise ? noise[((x * 7) + (y * 131)) % 997] : ((x + y) << depth) / 150);
        var source = ImageSource.FromBytes(InPieces(file, random), "a");
        var image = RgbImage.Load(source, options);
        Assert.Equal(expected, image.Pixels.ToArray());
        using (var decoder = new ImageDecoder(source, options))
            Assert.Equal(!png.IsInterlaced, decoder.ComesInRows);
        float[] inRows = new float[3 * 24 * 24],
            whole = new float[3 * 24 * 24];
        var preprocessor = new ClipPreprocessor(24);
        preprocessor.Preprocess(source, inRows, options);
        preprocessor.Preprocess(image, whole);
        Assert.Equal(whole, inRows);
    }

    [Fact]
    public void A_picture_of_more_rows_than_fit_a_band_is_cut_where_it_should_be()
    {
        var source = ImageSource.FromBytes(new TestPng(3000, 1100, 8, 2).File((x, y, c) => (x * (c + 1)) ^ y, y => y % 5), "a");
        float[] inRows = new float[3 * 48 * 48],
            whole = new float[3 * 48 * 48];
        var preprocessor = new ClipPreprocessor(48);
        preprocessor.Preprocess(source, inRows, new PictureOptions());
        preprocessor.Preprocess(RgbImage.Load(source, new PictureOptions()), whole);
        Assert.Equal(whole, inRows);
    }

    public static TheoryData<string> Damages => [.. Damaged.Keys];

    // As Skia says of them: read, refused, or, where that is allowed, taken as far as they go.
    [Theory]
    [MemberData(nameof(Damages))]
    public void What_is_damaged_is_refused_as_by_Skia(string damage)
    {
        byte[] file = Damaged[damage];
        (SKCodecResult? result, byte[] pixels) = Skia(file, Transparency.OnWhite);
        List<string> warnings = [];
        var lenient = new PictureOptions { AllowTruncated = true, Warn = warnings.Add };
        foreach (PictureOptions options in new[] { new PictureOptions(), lenient })
        {
            if (result == SKCodecResult.Success || (options.AllowTruncated && result == SKCodecResult.IncompleteInput))
            {
                Assert.Equal(pixels, RgbImage.Load(ImageSource.FromBytes(file, "a"), options).Pixels.ToArray());
                Assert.Equal(result == SKCodecResult.IncompleteInput ? 1 : 0, warnings.Count);
                Preprocess(file, options);
            }
            else
            {
                Refused(() => RgbImage.Load(ImageSource.FromBytes(file, "a"), options));
                Refused(() => Preprocess(file, options));
            }
        }

        static void Refused(Action read) =>
            Assert.StartsWith("a: ", Assert.Throws<InvalidDataException>(read).Message, StringComparison.Ordinal);

        static void Preprocess(byte[] file, PictureOptions options) =>
            new ClipPreprocessor(8).Preprocess(ImageSource.FromBytes(file, "a"), new float[3 * 64], options);
    }

    // Seeds, not chance: where a wrong checksum of the pixels is met depends on how far each library unpacks at a time.
    [Fact]
    public void Damaged_rows_and_packed_data_are_refused_or_read_as_by_Skia()
    {
        (int read, int refused) = (0, 0);
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            (int type, int depth) = Kinds.Where(kind => kind != (0, 16)).ElementAt(random.Next(Kinds.Length - 1));
            var png = new TestPng(1 + random.Next(40), 1 + random.Next(40), depth, type, random.Next(4) == 0);
            byte[] rows = png.Rows((x, y, channel) => (x * y) + random.Next(3), y => y % 5);
            bool areRows = random.Next(2) == 0;
            byte[] data = Damage(areRows ? rows : TestPng.Pack(rows), random);
            byte[] file =
            [
                .. TestPng.Signature,
                .. png.Header,
                .. ChunksBefore(random, type, depth).SelectMany(chunk => chunk),
                .. TestPng.Chunk("IDAT", areRows ? TestPng.Pack(data) : data),
                .. TestPng.End,
            ];
            var source = ImageSource.FromBytes(file, "a");
            (SKCodecResult? result, byte[] pixels) = Skia(file, Transparency.OnWhite);
            if (result == SKCodecResult.Success)
            {
                Assert.True(RgbImage.Load(source, new PictureOptions()).Pixels.SequenceEqual(pixels), $"seed {seed}");
                read++;
            }
            else
            {
                Assert.Throws<InvalidDataException>(() => RgbImage.Load(source, new PictureOptions()));
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");

        static byte[] Damage(byte[] data, Random random)
        {
            int at = random.Next(Math.Max(1, data.Length - 4));
            switch (random.Next(4))
            {
                case 0:
                    return data[..at];
                case 1:
                    return [.. data[..at], (byte)random.Next(256), .. data[at..]];
                default:
                    data[at] ^= (byte)(1 << random.Next(8));
                    return data;
            }
        }
    }

    [Fact]
    public void What_is_wrong_is_said_by_row_and_byte()
    {
        Assert.Contains("row 7 has the filter 9", Error("a filter that is none"), StringComparison.Ordinal);
        Assert.Contains("the checksum of the chunk at byte 33 is wrong", Error("a wrong checksum"), StringComparison.Ordinal);
        Assert.Contains("it ends in row 29 of 30", Error("too few rows"), StringComparison.Ordinal);
        Assert.Contains("it has no palette", Error("no palette"), StringComparison.Ordinal);

        static string Error(string damage) =>
            Assert
                .Throws<InvalidDataException>(() => RgbImage.Load(ImageSource.FromBytes(Damaged[damage], "a"), new PictureOptions()))
                .Message;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_cancels_stops_a_picture_between_two_rows(bool isInterlaced)
    {
        byte[] file = new TestPng(40, 30, 8, 2, isInterlaced).File((x, y, c) => x);
        using var decoder = new ImageDecoder(ImageSource.FromBytes(file, "a"), new PictureOptions());
        Assert.Throws<OperationCanceledException>(() => decoder.Decode(new CancellationToken(true)));
    }

    private static readonly Dictionary<string, byte[]> Damaged = AllDamages();

    private static Dictionary<string, byte[]> AllDamages()
    {
        byte[] rows = Small.Rows((x, y, c) => (x * 3) + (y * y * c), y => y % 5);
        byte[] packed = TestPng.Pack(rows),
            badSum = [.. packed[..^1], (byte)(packed[^1] ^ 1)],
            badHead = [packed[0], (byte)(packed[1] ^ 1), .. packed[2..]],
            badFilter = [.. rows];
        badFilter[7 * rows.Length / 30] = 9;
        byte[] half = packed[..(packed.Length / 2)],
            rest = packed[half.Length..],
            text = TestPng.Chunk("tEXt", [65, 0, 66]);
        byte[] interlaced = TestPng.Pack((Small with { IsInterlaced = true }).Rows((x, y, c) => (x * 3) + (y * y * c) + 1));
        TestPng indexed = new(4, 2, 8, 3);
        byte[] indices = Data(TestPng.Pack([0, 0, 1, 2, 3, 0, 4, 5, 200, 255])),
            colors = TestPng.Chunk("PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        return new()
        {
            ["nothing"] = File(Small, Data(packed), TestPng.End),
            ["no end"] = File(Small, Data(packed)),
            ["no checksum"] = File(Small, Data(packed)[..^4]),
            ["no checksum of the pixels, the file ends"] = File(Small, Data(packed)[..^8]),
            ["no checksum of the pixels"] = File(Small, Data(packed[..^4]), TestPng.End),
            ["a wrong checksum of the pixels"] = File(Small, Data(badSum), TestPng.End),
            ["a wrong checksum of the pixels by itself"] = File(Small, Data(badSum[..^4]), Data(badSum[^4..]), TestPng.End),
            ["a wrong checksum"] = File(Small, Data(packed, false), TestPng.End),
            ["a wrong checksum of the first half"] = File(Small, Data(half, false), Data(rest), TestPng.End),
            ["a wrong checksum behind the pixels"] = File(Small, Data(packed), Data([1], false), TestPng.End),
            ["text behind the pixels"] = File(Small, Data(packed), text, TestPng.End),
            ["damaged text behind the pixels"] = File(Small, Data(packed), TestPng.Chunk("tEXt", [65, 0, 66], false), TestPng.End),
            ["a damaged chunk behind the pixels"] = File(Small, Data(packed), TestPng.Chunk("ABCD", [1], false), TestPng.End),
            ["a second header"] = File(Small, Data(packed), Small.Header, TestPng.End),
            ["zeros behind the pixels"] = File(Small, Data(packed), new byte[50]),
            ["anything behind the end"] = File(Small, Data(packed), TestPng.End, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            ["more data"] = File(Small, Data(packed), Data([1, 2, 3]), TestPng.End),
            ["more rows"] = File(Small, Data(TestPng.Pack([.. rows, 1, 2])), TestPng.End),
            ["empty pieces"] = File(Small, Data([]), Data(half), Data([]), Data([]), Data(rest), TestPng.End),
            ["cut"] = File(Small, Data(packed)[..(packed.Length / 2)]),
            ["cut data"] = File(Small, Data(half), TestPng.End),
            ["no data"] = File(Small, TestPng.End),
            ["empty data"] = File(Small, Data([]), TestPng.End),
            ["too few rows"] = File(Small, Data(TestPng.Pack(rows[..^1])), TestPng.End),
            ["text between"] = File(Small, Data(half), text, Data(rest), TestPng.End),
            ["an end between"] = File(Small, Data(half), TestPng.End, Data(rest)),
            ["a length beyond the file"] = File(Small, [0x7F, 0xFF, 0xFF, 0xFF, .. Data(half)[4..]]),
            ["a negative length"] = File(Small, [0xFF, 0xFF, 0xFF, 0xFF, .. Data(packed)[4..]]),
            ["a wrong head of the pixels"] = File(Small, Data(badHead), TestPng.End),
            ["damaged pixels"] = File(Small, Data([.. half, 0xFF, 0xFF, 0xFF, 0xFF, .. rest]), TestPng.End),
            ["a filter that is none"] = File(Small, Data(TestPng.Pack(badFilter)), TestPng.End),
            ["interlaced, cut in the first pass"] = File(Small with { IsInterlaced = true }, Data(interlaced)[..40]),
            ["interlaced, cut"] = File(Small with { IsInterlaced = true }, Data(interlaced)[..(interlaced.Length / 2)]),
            ["interlaced, cut in the end"] = File(Small with { IsInterlaced = true }, Data(interlaced)[..^30]),
            ["indices beyond the palette"] = File(indexed, colors, indices, TestPng.End),
            ["indices beyond a palette with alpha"] = File(indexed, colors, TestPng.Chunk("tRNS", [0, 100, 50]), indices, TestPng.End),
            ["alpha before the palette"] = File(indexed, TestPng.Chunk("tRNS", [50]), colors, indices, TestPng.End),
            ["more alpha than colors"] = File(indexed, colors, TestPng.Chunk("tRNS", [1, 2, 3, 4]), indices, TestPng.End),
            ["damaged alpha"] = File(indexed, colors, TestPng.Chunk("tRNS", [1], false), indices, TestPng.End),
            ["alpha twice"] = File(indexed, colors, TestPng.Chunk("tRNS", [1]), TestPng.Chunk("tRNS", [2, 3]), indices, TestPng.End),
            ["two palettes"] = File(indexed, colors, TestPng.Chunk("PLTE", new byte[9]), indices, TestPng.End),
            ["no palette"] = File(indexed, indices, TestPng.End),
            ["half a color"] = File(indexed, TestPng.Chunk("PLTE", [1, 2, 3, 4]), indices, TestPng.End),
            ["a damaged palette"] = File(indexed, TestPng.Chunk("PLTE", [1, 2, 3], false), indices, TestPng.End),
            ["a cut picture with alpha"] = File(
                Small with
                {
                    Type = 6,
                },
                Data(TestPng.Pack((Small with { Type = 6 }).Rows((x, y, c) => x * y * c)))[..300]
            ),
        };

        static byte[] File(TestPng png, params byte[][] chunks) =>
            [.. TestPng.Signature, .. png.Header, .. chunks.SelectMany(chunk => chunk)];

        static byte[] Data(byte[] data, bool isIntact = true) => TestPng.Chunk("IDAT", data, isIntact);
    }

    private static IEnumerable<byte[]> ChunksBefore(Random random, int type, int depth)
    {
        int colors = 1 + random.Next(1 << Math.Min(depth, 8));
        if (random.Next(3) == 0)
            yield return TestPng.Chunk("gAMA", [0, 0, 0x40, 0]);
        if (type == 3)
            yield return TestPng.Chunk("PLTE", [.. Enumerable.Range(0, 3 * colors).Select(_ => (byte)random.Next(256))]);
        if (random.Next(2) == 0)
            yield break;
        int[] hidden = [.. Enumerable.Range(0, type == 2 ? 3 : 1).Select(_ => random.Next(1 << depth))];
        if (type == 3)
            yield return TestPng.Chunk("tRNS", [.. Enumerable.Range(0, 1 + random.Next(colors)).Select(_ => (byte)random.Next(256))]);
        else if (type is 0 or 2)
            yield return TestPng.Chunk("tRNS", [.. hidden.SelectMany(value => new[] { (byte)(value >> 8), (byte)value })]);
    }

    // The data in as many chunks as it happens.
    private static byte[] InPieces(byte[] file, Random random)
    {
        int start = file.AsSpan().IndexOf("IDAT"u8) - 4,
            end = file.Length - 12;
        byte[] data = file[(start + 8)..(end - 4)];
        List<byte> result = [.. file[..start]];
        for (int at = 0, length; at < data.Length; at += length)
        {
            length = Math.Min(data.Length - at, random.Next(1 + data.Length));
            result.AddRange(TestPng.Chunk("IDAT", data[at..(at + length)]));
        }

        return [.. result, .. file[end..]];
    }

    private static byte[] ClippedGray(TestPng png, Func<int, int, int> gray) =>
        [
            .. Enumerable
                .Range(0, png.Width * png.Height)
                .SelectMany(i => Enumerable.Repeat((byte)Math.Min(255, gray(i % png.Width, i / png.Width)), 3)),
        ];

    private static byte[] Whole(byte[] file, Transparency transparency)
    {
        (SKCodecResult? result, byte[] pixels) = Skia(file, transparency);
        Assert.Equal(SKCodecResult.Success, result);
        return pixels;
    }

    private static unsafe (SKCodecResult? Result, byte[] Pixels) Skia(byte[] file, Transparency transparency)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            return (null, []);
        bool isOpaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var info = new SKImageInfo(
            codec.Info.Width,
            codec.Info.Height,
            SKColorType.Rgba8888,
            isOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul,
            null
        );
        byte[] rgba = new byte[info.BytesSize],
            rgb = new byte[info.Width * info.Height * 3];
        SKCodecResult result;
        fixed (byte* pixels = rgba)
            result = codec.GetPixels(info, (nint)pixels);
        if (!isOpaque && transparency == Transparency.OnWhite)
            PixelBytes.LayOnWhite(rgba);
        PixelBytes.Pack(rgba, rgb);
        return (result, rgb);
    }
}
