using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Clip.Tests.Preprocessing;

[Collection(PictureMemoryGroup.Name)]
public sealed class LargePicturesTests
{
    private const int Side = 5000;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task Who_cancels_does_not_wait_for_a_decoder_that_goes_on_and_gives_its_memory_back_later(int pictures)
    {
        PictureDecoders.Add(new SlowDecoder());
        using var model = ClipModel.Load(Goldens.Path("clip-tiny", "b-gelu"), new ClipOptions { BatchSize = 8 });
        using var decoder = new Gate();
        using var stop = new CancellationTokenSource();
        ImageSource[] images =
        [
            .. Enumerable.Range(0, pictures).Select(i => ImageSource.FromBytes(SlowDecoder.File(decoder.Number), $"{i}")),
        ];
        long before = PictureMemory.Taken;
        Task<ImageEncoding> call = Task.Run(() => model.EncodeImages(images, stop.Token));
        Assert.True(await decoder.Entered.WaitAsync(Long));
        Assert.True(PictureMemory.Taken - before >= 4L * Side * Side);
        await stop.CancelAsync();
        // The decoder is not let go on before the call is over.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Long));
        Assert.True(PictureMemory.Taken - before >= 4L * Side * Side);
        decoder.Open.Set();
        Assert.True(SpinWait.SpinUntil(() => PictureMemory.Taken <= before, Long));
    }

    [Fact]
    public async Task Who_cancels_does_not_wait_for_memory()
    {
        using var all = new DecodedPicture(13_000, 13_000, 4);
        using var stop = new CancellationTokenSource();
        long before = PictureMemory.Taken;
        Task<DecodedPicture> second = Task.Run(() => new DecodedPicture(Side, Side, 4, cancellationToken: stop.Token));
        Assert.NotSame(second, await Task.WhenAny(second, Task.Delay(50)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Long));
        Assert.Equal(before, PictureMemory.Taken);
    }

    [Fact]
    public void A_large_picture_that_nobody_cancels_is_the_same_picture_and_its_errors_are_the_same()
    {
        PictureDecoders.Add(new SlowDecoder());
        using var stop = new CancellationTokenSource();
        using var decoder = new Gate();
        decoder.Open.Set();
        var source = ImageSource.FromBytes(SlowDecoder.File(decoder.Number), "large");
        float[] with = new float[3 * 32 * 32],
            without = new float[3 * 32 * 32];
        var preprocessor = new ClipPreprocessor(32);
        preprocessor.Preprocess(source, with, new PictureOptions(), stop.Token);
        preprocessor.Preprocess(source, without, new PictureOptions());
        Assert.Equal(without, with);
        Assert.NotEqual(with[0], with[^1]);
        preprocessor.Preprocess(ImageSource.FromImage(RgbImage.Load(source, new PictureOptions()), "pixels"), with, new(), stop.Token);
        Assert.Equal(without, with);
        var damaged = ImageSource.FromBytes(SlowDecoder.File(-1), "damaged");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() =>
            preprocessor.Preprocess(damaged, with, new PictureOptions(), stop.Token)
        );
        Assert.Equal("damaged: is torn.", error.Message);
    }

    /// <summary>What a <see cref="SlowDecoder"/> waits for.</summary>
    private sealed class Gate : IDisposable
    {
        private static readonly List<Gate> All = [];

        public Gate()
        {
            lock (All)
            {
                Number = All.Count;
                All.Add(this);
            }
        }

        public int Number { get; }

        public SemaphoreSlim Entered { get; } = new(0);

        public ManualResetEventSlim Open { get; } = new();

        public static Gate Of(int number)
        {
            lock (All)
                return All[number];
        }

        public void Dispose() => Open.Set();
    }

    /// <summary>Knows files of one kind, and decodes them when it is let.</summary>
    private sealed class SlowDecoder : IPictureDecoder
    {
        public string Formats => "slow";

        public static byte[] File(int gate) => [.. "SLOW"u8, (byte)gate, .. "picture"u8];

        public (int Width, int Height)? Measure(byte[] file) => file.AsSpan().StartsWith("SLOW"u8) ? (Side, Side) : null;

        public (int Width, int Height) Decode(byte[] file, Span<byte> rgba)
        {
            if (file[4] == 255)
                throw new InvalidDataException("is torn.");
            var gate = Gate.Of(file[4]);
            gate.Entered.Release();
            gate.Open.Wait();
            for (int i = 0; i < rgba.Length; i++)
                rgba[i] = (byte)((i & 3) == 3 ? 255 : i / Side / 500);
            return (Side, Side);
        }
    }
}
