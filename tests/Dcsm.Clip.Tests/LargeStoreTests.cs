using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Clip.Tests;

/// <summary>Stores beyond 2 GB, of files that are almost all holes.</summary>
public sealed class LargeStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(TensorType.F32, 700)]
    [InlineData(TensorType.F16, 1300)]
    public void Rows_beyond_two_gigabytes_are_written_and_read(TensorType type, int images)
    {
        var info = new EmbeddingStoreInfo
        {
            ClipName = "clip",
            ClipFingerprint = "sha256:1",
            Precision = ClipPrecision.Float32,
            Preprocessing = "none",
            Transparency = Transparency.OnWhite,
            Tokenizer = TokenizerFlavor.HuggingFace,
            Type = type,
            ImageTokens = 1024,
            TextTokens = 8,
            Dimension = 1024,
            Images = images,
            Captions = 0,
            Pairs = 0,
            Version = "0",
            ImageList = StoreLines.Digest(Enumerable.Repeat("a", images)),
            CaptionList = "sha256:3",
            PairList = "sha256:4",
        };
        Assert.True((long)sizeof(float) * info.ImageTokens * info.Dimension * images > int.MaxValue);
        float[] row = new float[1024 * 1024];
        for (int i = 0; i < row.Length; i++)
            row[i] = i % 251;
        using (
            var rows = TensorRows.Open(
                _folder[StoreFiles.Images],
                StoreTensors.ImageTensors(info),
                StoreTensors.Metadata(info),
                goesOn: false
            )
        )
        {
            rows.Write(0, images - 1, row);
            rows.Write(0, 3, row);
        }
        var line = new StoredImage("a", "0", 1, DateTime.UnixEpoch);
        File.WriteAllBytes(_folder[StoreFiles.ImageIndex], StoreLines.Join(Enumerable.Repeat(line, images), StoreLines.Write).ToArray());
        File.WriteAllBytes(_folder[EmbeddingStoreInfo.FileName], StoreInfoJson.Write(info));

        using var store = TokenEmbeddingStore.Open(_folder.Path);
        ImageEncoding read = store.ReadImages([3, images - 2, images - 1]);
        Assert.True(read.Tokens[0].SequenceEqual(row));
        Assert.True(read.Tokens[1].IndexOfAnyExcept(0f) < 0);
        Assert.True(read.Tokens[2].SequenceEqual(row));
    }

    [Fact]
    public void Rows_go_on_only_in_the_file_that_they_began_in()
    {
        IReadOnlyList<(string, IReadOnlyList<int>)> tensors = [("a", [4, 2]), ("b", [4, 3])];
        var metadata = new Dictionary<string, string> { ["key"] = "value" };
        using (var rows = TensorRows.Open(_folder["x"], tensors, metadata, TensorType.F32, goesOn: false))
        {
            rows.Write(0, 0, [1, 2]);
            Assert.Throws<IOException>(() => TensorRows.Open(_folder["x"], tensors, metadata, TensorType.F32, goesOn: true));
        }
        using (var rows = TensorRows.Open(_folder["x"], tensors, metadata, TensorType.F32, goesOn: true))
            rows.Write(1, 2, [3, 4, 5, 6, 7, 8]);
        using (var file = SafetensorsFile.Open(_folder["x"]))
        {
            Assert.Equal([1, 2, 0, 0, 0, 0, 0, 0], file.ReadFloat32("a"));
            Assert.Equal([0, 0, 0, 0, 0, 0, 3, 4, 5, 6, 7, 8], file.ReadFloat32("b"));
        }
        Assert.Throws<InvalidDataException>(() => TensorRows.Open(_folder["x"], tensors, metadata, TensorType.F16, goesOn: true));
        Assert.Throws<InvalidDataException>(() => TensorRows.Open(_folder["y"], tensors, metadata, TensorType.F32, goesOn: true));
    }
}
