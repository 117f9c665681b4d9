using Dcsm.Clip.Models;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests.Models;

/// <summary>Memory that is mapped or native is not freed while somebody reads it; before, that ended the process.</summary>
public sealed class ClosingTests
{
    private static readonly string Folder = Goldens.Path("clip-tiny", "a-quickgelu");

    [Theory]
    [InlineData(ClipPrecision.Float32)]
    [InlineData(ClipPrecision.Int8)]
    public async Task A_model_in_use_is_closed_when_what_is_encoded_is(ClipPrecision precision)
    {
        float[] pixels = Pixels();
        for (int round = 0; round < 4; round++)
        {
            var model = ClipModel.Load(Folder, new ClipOptions { Precision = precision, Threads = 1 });
            int encoded = 0;
            Task[] users =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            while (true)
                            {
                                model.EncodePixels(pixels, 3);
                                Interlocked.Increment(ref encoded);
                            }
                        })
                    ),
            ];
            SpinWait.SpinUntil(() => Volatile.Read(ref encoded) > 8 || users.Any(user => user.IsCompleted));
            model.Dispose();
            model.Dispose();
            foreach (Task user in users)
                await Assert.ThrowsAsync<ObjectDisposedException>(() => user);
            Assert.Throws<ObjectDisposedException>(() => model.EncodePixels(pixels, 3));
            Assert.Throws<ObjectDisposedException>(() => model.EncodeImageBatches([]));
        }
    }

    [Fact]
    public void Batches_that_are_asked_for_after_the_closing_are_refused()
    {
        string picture = Goldens.Path("preprocess", "files", "png_rgb.png");
        var model = ClipModel.Load(Folder);
        using IEnumerator<ImageEncoding> batches = model
            .EncodeImageBatches([
                [picture],
                [picture],
                [picture],
            ])
            .GetEnumerator();
        Assert.True(batches.MoveNext());
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batches.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => model.Fingerprint);
    }

    [Fact]
    public void Bytes_of_a_closed_file_stay_what_they_were()
    {
        byte[] bytes,
            expected;
        using (var file = SafetensorsFile.Open(Path.Combine(Folder, "inputs.safetensors")))
        {
            bytes = file.Bytes("pixel_values");
            expected = [.. bytes];
            file.Dispose();
            Assert.Throws<ObjectDisposedException>(() => file.Bytes("pixel_values"));
            Assert.Throws<ObjectDisposedException>(() => file.ReadFloat32("pixel_values"));
        }

        Assert.Equal(expected, bytes);
    }

    private static float[] Pixels()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Folder, "inputs.safetensors"));
        return file.ReadFloat32("pixel_values");
    }
}
