using System.Globalization;
using System.Text;
using System.Text.Json;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Data.Columns;
using Dcsm.IO.Safetensors;
using Parquet;
using Parquet.Schema;

namespace Dcsm.Cli.Tests.Outputs;

/// <summary>Scores and embeddings as Parquet, NumPy's arrays and safetensors: what CSV and the store have.</summary>
[Collection(TinyModelsGroup.Name)]
public sealed class ColumnFilesTest(TinyModels models) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scores_are_those_of_the_CSV()
    {
        string picture = Path.GetFileName(models.Picture);
        File.Copy(models.Picture, _folder[picture]);
        string broken = _folder.Write("broken.png", "no picture");
        ParquetColumn[] columns = [new("text", ParquetKind.Text), new("file_name", ParquetKind.Text), new("note", ParquetKind.Text)];
        using (FileStream stream = File.Create(_folder["pairs.parquet"]))
        {
            ParquetTable.Write(
                stream,
                columns,
                [
                    ["a red apple", picture, "n1"],
                    ["a cat", "broken.png", null],
                    ["no cat, \"犬\"", picture, "n3"],
                ]
            );
        }

        string[] score =
        [
            "score",
            "--pairs",
            _folder["pairs.parquet"],
            "--skip-broken",
            "--cosine",
            "--clip",
            models.Clip,
            "--head",
            models.Head,
        ];
        foreach (string ending in new[] { "csv", "parquet", "npy", "safetensors" })
            Cli.Run([.. score, "--out", _folder[$"scores.{ending}"]]).Succeeds();
        string[][] csv = [.. File.ReadAllLines(_folder["scores.csv"])[1..].Select(line => line.Split(','))];
        Assert.Equal(3, csv.Length);
        float[] scores = [.. csv[..2].Select(row => float.Parse(row[^5], CultureInfo.InvariantCulture))];

        (IReadOnlyList<string> texts, IEnumerable<string?[]> rows) = ParquetTable.ReadTexts(_folder["scores.parquet"]);
        Assert.Equal(["image", "caption", "error", "note"], texts);
        string?[][] read = [.. rows];
        Assert.Equal([picture, picture, "broken.png"], read.Select(row => row[0]));
        Assert.Equal(["a red apple", "no cat, \"犬\"", "a cat"], read.Select(row => row[1]));
        Assert.StartsWith(broken, read[2][2], StringComparison.Ordinal);
        Assert.Null(read[0][2]);
        byte[] npy = File.ReadAllBytes(_folder["scores.npy"]);
        string header = "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".PadRight(127) + "\n";
        Assert.Equal(Encoding.Latin1.GetBytes(header), npy[..128]);
        float[] array = [BitConverter.ToSingle(npy, 128), BitConverter.ToSingle(npy, 132)];
        using var tensors = SafetensorsFile.Open(_folder["scores.safetensors"]);
        Assert.Equal(["cosine", "score"], tensors.Names.Order(StringComparer.Ordinal).Where(name => name is "cosine" or "score"));
        Assert.Equal(array, tensors.ReadFloat32("score"));
        Assert.Equal(scores, array);
        Cli.Run([.. score, "--out", _folder["scores.txt"]]).FailsWith("the ending must be .json, .csv, .parquet, .npy or .safetensors");
    }

    [Fact]
    public async Task Pooled_embeddings_are_those_of_the_store()
    {
        string captions = _folder.Write("captions.txt", "a cat\na red apple\nno dog\n");
        string[] pictures = [.. Directory.GetFiles(Path.Combine(models.Scenes, "images")).Take(5)];
        Cli.Run(["encode", .. pictures, "--captions", captions, "--clip", models.Clip, "--head", models.Head, "--out", _folder["store"]])
            .Succeeds();
        using var store = TokenEmbeddingStore.Open(_folder["store"]);
        float[] expected = store.ReadPooledImages(0, 5).Values.ToArray();
        foreach (string ending in new[] { "parquet", "npy", "safetensors" })
            Cli.Run("export", _folder["store"], "--out", _folder[$"pooled.{ending}"]).Succeeds();
        using var tensors = SafetensorsFile.Open(_folder["pooled.safetensors"]);
        Assert.Equal([5, store.Info.Dimension], tensors.Get("pooled").Shape);
        Assert.Equal(expected, tensors.ReadFloat32("pooled"));
        byte[] npy = await File.ReadAllBytesAsync(_folder["pooled.npy"]);
        Assert.Contains($"'shape': (5, {store.Info.Dimension})", Encoding.Latin1.GetString(npy, 0, 128), StringComparison.Ordinal);
        Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => BitConverter.ToSingle(npy, 128 + (4 * i))));
        await using ParquetReader reader = await ParquetReader.CreateAsync(_folder["pooled.parquet"]);
        DataField field = reader.Schema.GetDataFields()[1];
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        float[] read = new float[expected.Length];
        int[] levels = new int[expected.Length],
            there = new int[expected.Length];
        await group.ReadRawAsync<float>(field, read.AsMemory(), there.AsMemory(), levels.AsMemory(), CancellationToken.None);
        Assert.Equal(expected, read);
        Assert.Equal(5, levels.Count(level => level == 0));

        Cli.Run("export", _folder["store"], "--captions", "--out", _folder["captions.npy"]).Succeeds();
        Assert.Equal(128 + (3 * 4 * store.Info.Dimension), new FileInfo(_folder["captions.npy"]).Length);
        Cli.Run("export", _folder["store"], "--out", _folder["pooled.txt"]).FailsWith("the ending must be .parquet, .npy or .safetensors");
    }

    [Fact]
    public void An_estimate_tells_what_is_written_and_writes_nothing()
    {
        string[] encode =
        [
            "encode",
            Path.Combine(models.Scenes, "images"),
            "--clip",
            models.Clip,
            "--head",
            models.Head,
            "--out",
            _folder["store"],
        ];
        JsonElement estimate = Cli.Run([.. encode, "--estimate", "--json"]).Succeeds().Json();
        Assert.False(Directory.Exists(_folder["store"]));
        Assert.True(estimate.GetProperty("imagesPerSecond").GetDouble() > 0);
        Assert.Contains("bytes a picture", Cli.Run([.. encode, "--estimate"]).Succeeds().Out, StringComparison.Ordinal);
        Cli.Run(encode).Succeeds();
        long bytes = new FileInfo(_folder["store/images.safetensors"]).Length;
        Assert.InRange(bytes - estimate.GetProperty("bytes").GetInt64(), 8, 1000);
    }

    [Fact]
    public void A_device_that_a_build_has_not_is_refused_in_a_line()
    {
        string[] score = ["score", models.Picture, "-c", "a cat", "--clip", models.Clip, "--head", models.Head, "--csv", "-q"];
        string plain = Cli.Run(score).Succeeds().Out;
        Assert.Equal(plain, Cli.Run([.. score, "--device", "cpu"]).Succeeds().Out);
        Assert.Equal(plain, Cli.Run([.. score, "--device", "auto"]).Succeeds().Out);
        CliResult cuda = Cli.Run([.. score, "--device", "cuda:1"]);
        cuda.FailsWith("--device cuda:1", "-p:DcsmOnnx=cuda");
        Assert.DoesNotContain("--skip-broken", cuda.Error, StringComparison.Ordinal);
        Cli.Run([.. score, "--device", "gpu"]).FailsWith("--device 'gpu' is none of auto, cpu, cuda, cuda:N");
    }
}
