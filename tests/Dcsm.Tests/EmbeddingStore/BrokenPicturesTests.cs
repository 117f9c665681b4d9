using System.Collections.Concurrent;
using System.Text;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Preprocessing;
using Dcsm.IO.Progress;

namespace Dcsm.Tests.EmbeddingStore;

/// <summary>Stores of lists with broken pictures: each is decoded once; the others get the bits of a list without them.</summary>
public sealed class BrokenPicturesTests : IDisposable
{
    private const int Pictures = 150;
    private static readonly int[] Broken = [0, 5, 6, 63, 64, 100, 148, 149];
    private static readonly string[] Captions = ["a cat above a dog", "no cat"];

    private readonly TinyClip _clip = new();
    private readonly TemporaryFolder _directory = new();
    private readonly ConcurrentDictionary<string, string> _told = new(StringComparer.Ordinal);
    private readonly EmbeddingStoreInput _all;
    private readonly EmbeddingStoreInput _good;

    public BrokenPicturesTests()
    {
        PictureDecoders.Add(new CountedPictures());
        ImageToEncode[] images =
        [
            .. Enumerable
                .Range(0, Pictures)
                .Select(i => new ImageToEncode(
                    $"{i}",
                    _directory.Write($"{i}.counted", $"counted {(Broken.Contains(i) ? "broken" : "whole")} {i} {Guid.NewGuid()}")
                )),
        ];
        ImageToEncode[] good = [.. images.Where((_, i) => !Broken.Contains(i))];
        _all = new EmbeddingStoreInput
        {
            Images = images,
            Captions = Captions,
            Pairs = [new StoredPair(2, 149, 0), new StoredPair(3, 147, 1), new StoredPair(4, 5, 1), new StoredPair(5, 1, 0)],
        };
        _good = new EmbeddingStoreInput
        {
            Images = good,
            Captions = Captions,
            Pairs = [new StoredPair(3, good.Length - 1, 1), new StoredPair(5, 0, 0)],
        };
    }

    public void Dispose()
    {
        _clip.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Each_is_decoded_once_and_the_store_is_that_of_the_others()
    {
        Assert.True(Write("store", _all));
        Assert.All(_all.Images, image => Assert.Equal(1, CountedPictures.Decoded(image)));
        Assert.Equal(Broken.Select(i => _all.Images[i].Path).Order(), _told.Keys.Order());
        Assert.All(_told, one => Assert.StartsWith(one.Key, one.Value, StringComparison.Ordinal));
        Assert.True(Write("good", _good));
        Dictionary<string, string> expected = _directory.Digests("good");
        Assert.Equal(6, expected.Count);
        Assert.Equal(expected, _directory.Digests("store"));

        // A store that is there is no reason to decode any but those that it lacks.
        _told.Clear();
        Assert.False(Write("store", _all));
        Assert.Equal(Broken.Length, _told.Count);
        Assert.All(_all.Images, image => Assert.Equal(2, CountedPictures.Decoded(image))); // the others for the store without them
        Assert.Equal(expected, _directory.Digests("store"));
        File.Copy(_all.Images[1].Path, _all.Images[5].Path, overwrite: true);
        Assert.Contains(
            "142 pictures, not 150",
            Assert.Throws<InvalidDataException>(() => Write("store", _all)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_run_that_is_stopped_anywhere_goes_on_to_the_same_bytes()
    {
        Write("good", _good);
        Dictionary<string, string> expected = _directory.Digests("good");
        int stops = 0;
        for (bool ended = false; !ended; stops++)
        {
            using var stop = new StopAtReport(stops);
            try
            {
                ended = Write("stopped", _all, stop, stop.Token);
            }
            catch (OperationCanceledException)
            {
                _told.Clear();
                Assert.True(Write("stopped", _all));
                Assert.Equal(Broken.Length, _told.Count);
            }

            Assert.Equal(expected, _directory.Digests("stopped"));
            Directory.Delete(_directory["stopped"], recursive: true);
        }

        Assert.InRange(stops, 6, 20);
    }

    [Theory]
    [InlineData]
    [InlineData("images.jsonl")]
    public void A_run_that_is_stopped_among_its_last_renamings_goes_on(params string[] unfinished)
    {
        Write("good", _good);
        Dictionary<string, string> expected = _directory.Digests("good");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => Write("store", _all, null, stop.Token));
        byte[] list = File.ReadAllBytes(_directory["store/embeddings.json.partial"]);
        Directory.Delete(_directory["store"], recursive: true);
        Write("store", _all);
        File.Delete(_directory["store/embeddings.json"]);
        File.WriteAllBytes(_directory["store/embeddings.json.partial"], list);
        foreach (string file in unfinished)
            File.Move(_directory[$"store/{file}"], _directory[$"store/{file}.partial"]);
        _told.Clear();
        Assert.True(Write("store", _all));
        Assert.Equal(Broken.Length, _told.Count);
        Assert.Equal(expected, _directory.Digests("store"));
    }

    [Fact]
    public void Where_none_is_left_nothing_is()
    {
        EmbeddingStoreInput broken = new() { Images = [_all.Images[5], _all.Images[6]] };
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => Write("none", broken));
        Assert.StartsWith("no picture is left, such as " + _directory.Path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory["none"]));

        Assert.True(Write("captions", broken with { Captions = Captions }));
        using var store = TokenEmbeddingStore.Open(_directory["captions"]);
        Assert.Equal((0, 2), (store.Info.Images, store.Info.Captions));
        Assert.Equal(3, Directory.GetFiles(_directory["captions"]).Length);
    }

    private bool Write(
        string name,
        EmbeddingStoreInput input,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellationToken = default
    ) =>
        TokenEmbeddingStore.Write(
            _directory[name],
            _clip.Model,
            input,
            new EmbeddingStoreOptions { SaveEvery = TimeSpan.Zero, Failed = (image, error) => _told[image.Name] = error.Message },
            progress,
            cancellationToken
        );

    /// <summary>Pictures of a format of the test's own, which are counted as they are decoded.</summary>
    private sealed class CountedPictures : IPictureDecoder
    {
        private const int Side = 8;
        private static readonly ConcurrentDictionary<string, int> Times = new(StringComparer.Ordinal);

        public string Formats => "counted";

        public static int Decoded(ImageToEncode image) => Times.GetValueOrDefault(File.ReadAllText(image.Path));

        public (int Width, int Height)? Measure(byte[] file) => file.AsSpan().StartsWith("counted"u8) ? (Side, Side) : null;

        public (int Width, int Height) Decode(byte[] file, Span<byte> rgba)
        {
            string text = Encoding.UTF8.GetString(file);
            Times.AddOrUpdate(text, 1, (_, times) => times + 1);
            string[] words = text.Split(' ');
            if (words[1] == "broken")
                throw new InvalidDataException("broken on purpose");
            rgba.Fill((byte)int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture));
            return (Side, Side);
        }
    }
}
